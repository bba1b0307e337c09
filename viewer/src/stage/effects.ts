// Techniques and sounds as short effects: a telegraph while it is being wound up, a flash when it lands.
import { seenAt } from "../data/knowledge";
import type { KnownEvent } from "../data/perception";
import type { Technique } from "../data/types";
import { valueAt } from "../data/world";
import { bodyRadius } from "./bodies";
import { inkOf } from "./ink";
import type { Scene, Sighted } from "./scene";

const LASTS: Record<string, number> = {
  push: 0.7, cut: 0.7, strike: 0.8, miss: 0.5, deflect: 0.6, skid: 0.6, impact: 0.7, fall: 0.8, pin: 0.6, leap: 0.5, taunt: 1.6,
  shout: 1.6, bid: 1.4, ward: 0.8, mark: 0.8, debris: 1.2, hit_by_debris: 0.8, missile_hit: 0.7, missile_miss: 0.6,
  missile_stopped: 0.7, contact: 1.6, sight: 1.1, out: 1.4, brace: 0.5, dodge: 0.5, hear: 1.4, told: 1, feel: 1.6, exhausted: 1,
  falter: 1.2, stage: 1.8, tear: 0.8, throw: 0.3, stumble: 0.7, anticipate: 0.7, learn_stage: 1.6, down: 0.6,
};
const LONGEST = 1.8;

/** Cones and lines of what is being wound up, filling as it comes. */
export function drawTelegraphs(s: Scene, all: Sighted[]): void {
  const { ctx, camera, k, scenario } = s;
  const at = new Map(all.map((one) => [one.body.index, one]));
  ctx.save();
  for (const one of all) {
    const phase = one.body.states.phase;
    if (one.certainty !== "seen" || !phase || valueAt(phase, s.tick) !== 1) continue;
    const craft = scenario.techniques[valueAt(one.body.states.technique!, s.tick)];
    if (!craft) continue;
    const began = phase.frames[lastBefore(phase.frames, s.tick)] ?? s.tick;
    const part = craft.windup > 0 ? Math.min(1, (s.time - began * k.dt) / craft.windup) : 1;
    const target = at.get(valueAt(one.body.states.against!, s.tick));
    const ink = inkOf(one.body.side, s.mood);
    const x = camera.sx(one.x);
    const y = camera.sy(one.y);
    const aim = target ? Math.atan2(target.y - one.y, target.x - one.x) : 0;
    const reach = Math.max(craft.reach * camera.scale, 18);
    ctx.strokeStyle = ctx.fillStyle = ink.fill;
    if (target && craft.cone > 0) cone(ctx, x, y, aim, craft.cone, reach, part);
    else if (target) beam(ctx, x, y, aim, craft, reach, part, camera.scale);
    ctx.globalAlpha = 0.9;
    ctx.lineWidth = 2.4;
    ctx.beginPath();
    ctx.arc(x, y, bodyRadius(camera.scale) + 7, -Math.PI / 2, -Math.PI / 2 + Math.PI * 2 * part);
    ctx.stroke();
  }
  ctx.restore();
}

function lastBefore(frames: Int32Array, tick: number): number {
  let k = frames.length - 1;
  while (k > 0 && frames[k]! > tick) k--;
  return k;
}

function cone(ctx: CanvasRenderingContext2D, x: number, y: number, aim: number, angle: number, reach: number, part: number): void {
  for (const [r, alpha] of [[reach, 0.13], [reach * part, 0.22]] as const) {
    ctx.globalAlpha = alpha;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.arc(x, y, r, aim - angle / 2, aim + angle / 2);
    ctx.closePath();
    ctx.fill();
  }
  ctx.globalAlpha = 0.5;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.arc(x, y, reach, aim - angle / 2, aim + angle / 2);
  ctx.stroke();
}

function beam(
  ctx: CanvasRenderingContext2D, x: number, y: number, aim: number, craft: Technique, reach: number, part: number, scale: number,
): void {
  const width = Math.max(craft.width * scale * 2, 4);
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(aim);
  ctx.globalAlpha = 0.14;
  ctx.fillRect(0, -width / 2, reach, width);
  ctx.globalAlpha = 0.3;
  ctx.fillRect(0, -width / 2, reach * part, width);
  ctx.globalAlpha = 0.55;
  ctx.setLineDash([4, 4]);
  ctx.lineWidth = 1;
  ctx.strokeRect(0, -width / 2, reach, width);
  ctx.restore();
}

/** Everything that has just happened. */
export function drawEffects(s: Scene): void {
  const { ctx, k } = s;
  ctx.save();
  ctx.lineCap = "round";
  const events = k.events;
  let n = firstFrom(events, s.time - LONGEST);
  for (; n < events.length && events[n]!.time <= s.time; n++) {
    const e = events[n]!;
    const lasts = LASTS[e.kind];
    if (lasts === undefined) continue;
    const part = (s.time - e.time) / lasts;
    if (part <= 1) flash(s, e, part);
  }
  missiles(s);
  ctx.restore();
}

function firstFrom(events: KnownEvent[], time: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeOf(s: Scene, entity: number): { x: number; y: number; side: number } | null {
  const body = s.k.bodies.find((b) => b.index === entity);
  if (!body) return null;
  const at = seenAt(s.k, body, s.time, { x: 0, y: 0, z: 0 });
  return at && { x: s.camera.sx(at.x), y: s.camera.sy(at.y), side: body.side };
}

function flash(s: Scene, e: KnownEvent, part: number): void {
  const { ctx, camera } = s;
  const actor = placeOf(s, e.actor);
  const target = placeOf(s, e.target);
  const here = actor ?? (Number.isFinite(e.x) && e.actor < 0 && e.target < 0 ? { x: camera.sx(e.x), y: camera.sy(e.y), side: 4 } : null);
  const r = bodyRadius(camera.scale);
  const colour = inkOf((actor ?? target)?.side ?? 4, s.mood).fill;
  const bright = s.mood === "dark" ? "#fff3d0" : "#fffdf4";
  const ease = 1 - (1 - part) ** 2;
  ctx.globalAlpha = 1 - part;
  ctx.strokeStyle = ctx.fillStyle = colour;
  switch (e.kind) {
    case "push":
      if (actor && target) wave(ctx, actor, target, ease, r);
      break;
    case "cut": case "missile_hit":
      if (target) slash(ctx, target, r, bright, colour);
      break;
    case "strike":
      if (actor && target) streak(ctx, actor, target, colour);
      if (target) star(ctx, target.x, target.y, r * (1 + ease), bright, colour, 8);
      break;
    case "impact": case "hit_by_debris": case "stumble":
      if (here) star(ctx, here.x, here.y, r * (0.8 + ease * 0.7), bright, "#c2571a", 6);
      break;
    case "miss": case "missile_miss": case "dodge":
      if (here) {
        ctx.lineWidth = 2;
        ctx.beginPath();
        ctx.arc(here.x, here.y, r + 4 + ease * 5, -0.8, 0.8);
        ctx.stroke();
      }
      break;
    case "deflect": case "brace": case "missile_stopped":
      if (here) shield(ctx, here.x, here.y, r + 6, bright, colour);
      break;
    case "pin":
      if (target) ring(ctx, target.x, target.y, r + 14 * (1 - ease) + 4, 3);
      break;
    case "fall": case "skid": case "leap": case "down":
      if (here) dust(ctx, here.x, here.y, r, ease, s.mood === "dark" ? "#cfc6b4" : "#8f8069", e.tick);
      break;
    case "shout": case "taunt": case "bid":
      if (here) sound(s, here.x, here.y, part, colour, e.kind === "shout" ? 60 : 34);
      break;
    case "debris":
      debris(s, e, part);
      break;
    case "contact": case "out":
      if (here) {
        ctx.lineWidth = 4;
        ring(ctx, here.x, here.y, r + ease * 42, 4 * (1 - part) + 1);
        star(ctx, here.x, here.y, r * (1.3 + ease), bright, colour, 12);
      }
      break;
    case "stage": case "learn_stage":
      if (target) {
        ctx.strokeStyle = "#c78a1b";
        ring(ctx, target.x, target.y, r + ease * 60, 3);
        ring(ctx, target.x, target.y, r + ease * 36, 2);
      }
      break;
    case "sight": case "anticipate":
      if (actor) word(ctx, actor.x, actor.y - r - 10 - ease * 5, "!", s);
      if (actor && target && e.kind === "sight") glance(ctx, actor, target);
      break;
    case "hear":
      if (actor) word(ctx, actor.x, actor.y - r - 10 - ease * 4, "♪", s);
      break;
    case "falter":
      if (actor) word(ctx, actor.x, actor.y - r - 10 - ease * 4, "…", s);
      break;
    case "exhausted":
      if (actor) word(ctx, actor.x, actor.y - r - 10 - ease * 4, "⌛", s);
      break;
    case "feel":
      if (actor) {
        ctx.strokeStyle = "#8c3c96";
        ring(ctx, actor.x, actor.y, r + 26 * (1 - ease), 2);
      }
      break;
    case "told":
      if (actor) word(ctx, actor.x, actor.y - r - 10 - ease * 4, "”", s);
      break;
    case "ward": case "mark":
      if (actor) ring(ctx, actor.x, actor.y, r + ease * 16, 2);
      break;
    default: break;
  }
  ctx.globalAlpha = 1;
}

interface P { x: number; y: number }

function ring(ctx: CanvasRenderingContext2D, x: number, y: number, r: number, width: number): void {
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.arc(x, y, Math.max(r, 0.5), 0, 7);
  ctx.stroke();
}

/** Gusts that run from one to the other. */
function wave(ctx: CanvasRenderingContext2D, a: P, b: P, ease: number, r: number): void {
  const aim = Math.atan2(b.y - a.y, b.x - a.x);
  const d = Math.max(Math.hypot(b.x - a.x, b.y - a.y), r * 2.5);
  for (let n = 0; n < 4; n++) {
    const reach = d * Math.min(1.15, ease * 1.25) - n * 7;
    if (reach < r) continue;
    ctx.lineWidth = 3.4 - n * 0.7;
    ctx.beginPath();
    ctx.arc(a.x, a.y, reach, aim - 0.42 + n * 0.05, aim + 0.42 - n * 0.05);
    ctx.stroke();
  }
}

function slash(ctx: CanvasRenderingContext2D, at: P, r: number, bright: string, colour: string): void {
  for (const [width, ink] of [[5, colour], [2, bright]] as const) {
    ctx.strokeStyle = ink;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(at.x - r * 1.5, at.y + r * 1.1);
    ctx.quadraticCurveTo(at.x + r * 0.2, at.y - r * 0.4, at.x + r * 1.5, at.y - r * 1.2);
    ctx.stroke();
  }
}

function streak(ctx: CanvasRenderingContext2D, a: P, b: P, colour: string): void {
  const line = ctx.createLinearGradient(a.x, a.y, b.x, b.y);
  line.addColorStop(0, "rgba(255,255,255,0)");
  line.addColorStop(1, colour);
  ctx.strokeStyle = line;
  ctx.lineWidth = 6;
  ctx.beginPath();
  ctx.moveTo(a.x, a.y);
  ctx.lineTo(b.x, b.y);
  ctx.stroke();
}

function star(ctx: CanvasRenderingContext2D, x: number, y: number, r: number, fill: string, line: string, points: number): void {
  ctx.beginPath();
  for (let n = 0; n < points * 2; n++) {
    const a = (n / points) * Math.PI + 0.2;
    const d = n % 2 ? r * 0.5 : r * 1.3;
    ctx.lineTo(x + Math.cos(a) * d, y + Math.sin(a) * d);
  }
  ctx.closePath();
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.lineWidth = 1.8;
  ctx.strokeStyle = line;
  ctx.stroke();
}

function shield(ctx: CanvasRenderingContext2D, x: number, y: number, r: number, bright: string, colour: string): void {
  for (const [width, ink] of [[6, colour], [2.4, bright]] as const) {
    ctx.strokeStyle = ink;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.arc(x, y, r, -2.2, -0.9);
    ctx.stroke();
  }
}

function dust(ctx: CanvasRenderingContext2D, x: number, y: number, r: number, ease: number, colour: string, seed: number): void {
  ctx.fillStyle = colour;
  ctx.globalAlpha *= 0.6;
  for (let n = 0; n < 7; n++) {
    const a = n * 0.9 + seed;
    const d = r * (0.7 + ease * (0.8 + (n % 3) * 0.25));
    ctx.beginPath();
    ctx.arc(x + Math.cos(a) * d, y + Math.sin(a) * d * 0.8, r * 0.3 * (1.2 - ease), 0, 7);
    ctx.fill();
  }
}

function sound(s: Scene, x: number, y: number, part: number, colour: string, metres: number): void {
  const { ctx, camera } = s;
  ctx.strokeStyle = colour;
  for (let n = 0; n < 3; n++) {
    const p = s.calm ? (n + 1) / 3 : part * 1.3 - n * 0.16;
    if (p <= 0 || p > 1) continue;
    ctx.globalAlpha = (1 - p) * 0.8;
    ring(ctx, x, y, bodyRadius(camera.scale) + p * metres * camera.scale, 2);
  }
}

function debris(s: Scene, e: KnownEvent, part: number): void {
  const { ctx, camera } = s;
  const x = camera.sx(e.x);
  const y = camera.sy(e.y);
  const reach = Math.max((e.value ?? 1) * camera.scale, 6);
  ctx.fillStyle = s.mood === "dark" ? "#b08a78" : "#8a4d34";
  ctx.strokeStyle = s.mood === "dark" ? "#1c120e" : "#4c2414";
  ctx.lineWidth = 1;
  for (let n = 0; n < 6; n++) {
    const a = n * 1.05 + e.tick;
    const d = reach * (0.3 + part * 0.8) * (0.6 + (n % 3) * 0.25);
    ctx.save();
    ctx.translate(x + Math.cos(a) * d, y + Math.sin(a) * d);
    ctx.rotate(a * 3 + part * 4);
    ctx.fillRect(-3, -2, 6, 4);
    ctx.strokeRect(-3, -2, 6, 4);
    ctx.restore();
  }
}

function word(ctx: CanvasRenderingContext2D, x: number, y: number, text: string, s: Scene): void {
  ctx.font = "700 15px system-ui, sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 4;
  ctx.lineJoin = "round";
  ctx.strokeStyle = s.mood === "dark" ? "#14171d" : "#fffdf8";
  ctx.fillStyle = s.mood === "dark" ? "#ffe2a0" : "#7a4a00";
  ctx.strokeText(text, x, y);
  ctx.fillText(text, x, y);
}

function glance(ctx: CanvasRenderingContext2D, a: P, b: P): void {
  ctx.globalAlpha *= 0.5;
  ctx.setLineDash([2, 6]);
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(a.x, a.y);
  ctx.lineTo(b.x, b.y);
  ctx.stroke();
  ctx.setLineDash([]);
}

const ARRIVALS = new Set(["missile_hit", "missile_miss", "missile_stopped"]);

/** What has been thrown and has not come down. */
function missiles(s: Scene): void {
  const { ctx, camera, k } = s;
  for (let n = firstFrom(k.events, s.time - 3); n < k.events.length; n++) {
    const e = k.events[n]!;
    if (e.time > s.time) break;
    if (e.kind !== "throw" || e.actor < 0) continue;
    const end = k.events.find((o, m) => m > n && ARRIVALS.has(o.kind) && (o.actor === e.actor || o.target === e.actor));
    const target = placeOf(s, e.target);
    const until = Math.min(end?.time ?? e.time + 0.8, e.time + 3);
    if (!target || s.time > until) continue;
    const part = (s.time - e.time) / Math.max(until - e.time, 0.05);
    const from = { x: camera.sx(e.x), y: camera.sy(e.y) };
    ctx.save();
    ctx.translate(from.x + (target.x - from.x) * part, from.y + (target.y - from.y) * part - Math.sin(part * Math.PI) * 8);
    ctx.rotate(Math.atan2(target.y - from.y, target.x - from.x));
    ctx.fillStyle = s.mood === "dark" ? "#f4efe2" : "#2a2722";
    ctx.beginPath();
    ctx.moveTo(8, 0);
    ctx.lineTo(-4, 3);
    ctx.lineTo(-1.5, 0);
    ctx.lineTo(-4, -3);
    ctx.fill();
    ctx.restore();
  }
}

/** Sounds that reach these eyes' ears, as directions. */
export function drawHearings(s: Scene): void {
  const { ctx, camera, k } = s;
  ctx.save();
  for (const h of k.hearings) {
    const age = s.time - h.tick * k.dt;
    if (age < 0 || age > 1.6) continue;
    const listener = placeOf(s, h.person);
    if (!listener) continue;
    const body = k.bodies.find((b) => b.index === h.entity);
    const aim = Math.atan2(camera.sy(h.y) - listener.y, camera.sx(h.x) - listener.x);
    ctx.strokeStyle = body ? inkOf(body.side, s.mood).fill : "#888";
    const r = bodyRadius(camera.scale);
    for (let n = 0; n < 3; n++) {
      ctx.globalAlpha = Math.max(0, 0.9 - age / 1.6) * (1 - n * 0.25);
      ctx.lineWidth = 3 - n * 0.6;
      ctx.beginPath();
      ctx.arc(listener.x, listener.y, r + 11 + n * 7, aim - 0.24 - n * 0.05, aim + 0.24 + n * 0.05);
      ctx.stroke();
    }
  }
  ctx.restore();
}
