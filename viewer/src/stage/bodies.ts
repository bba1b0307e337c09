// People and payloads: shape and colour say the side, the rest of the drawing what state they are in.
import { valueAt } from "../data/world";
import { seenAt } from "../data/knowledge";
import { inkOf, shapeOf } from "./ink";
import { levelAt, type Scene, type Sighted } from "./scene";

/** How long a trail stays [s]: longer in a long world; in how many bands, of how many lines each. */
const TRAIL = { least: 14, most: 150, share: 1 / 25 };
const BANDS = 5;
const POINTS = 5;

/** Radius of a person on screen. */
export function bodyRadius(scale: number): number {
  return Math.max(7.5, Math.min(14, scale * 0.5));
}

/** Where people have run of late, in bands that fade with age: few strokes, so that a hundred runners are no burden. */
export function drawTrails(s: Scene): void {
  const { ctx, camera, k } = s;
  ctx.save();
  ctx.lineCap = ctx.lineJoin = "round";
  const at = { x: 0, y: 0, z: 0 };
  const view = camera.view();
  const trail = Math.max(TRAIL.least, Math.min(TRAIL.most, k.ticks * k.dt * TRAIL.share));
  for (const body of k.bodies) {
    if (body.payload) continue;
    ctx.strokeStyle = inkOf(body.side, s.mood).fill;
    for (let band = BANDS - 1; band >= 0; band--) {
      const oldest = (trail * (band + 1)) / BANDS;
      const youngest = (trail * band) / BANDS;
      let open = false;
      let near = false;
      ctx.beginPath();
      for (let n = 0; n <= POINTS; n++) {
        const t = s.time - oldest + ((oldest - youngest) * n) / POINTS;
        const here = t < 0 ? null : seenAt(k, body, t, at);
        if (here) {
          near ||= here.x > view.x0 && here.x < view.x1 && here.y > view.y0 && here.y < view.y1;
          if (open) ctx.lineTo(camera.sx(here.x), camera.sy(here.y));
          else ctx.moveTo(camera.sx(here.x), camera.sy(here.y));
        }
        open = here !== null;
      }
      if (!near) continue;
      const fresh = 1 - (band + 0.5) / BANDS;
      ctx.globalAlpha = 0.5 * fresh;
      ctx.lineWidth = 1 + 3 * fresh;
      ctx.stroke();
    }
  }
  ctx.restore();
}

/** Lines between those who carry and what they carry, and between holders and held. */
export function drawTies(s: Scene, all: Sighted[]): void {
  const { ctx, camera, scenario } = s;
  const seen = new Map(all.filter((a) => a.certainty === "seen").map((a) => [a.body.index, a]));
  const people = scenario.people.length;
  ctx.save();
  for (const one of seen.values()) {
    const carries = one.body.states.carries ? valueAt(one.body.states.carries, s.tick) : -1;
    const load = carries >= 0 ? seen.get(people + carries) : undefined;
    if (load) tie(s, one, load, s.mood === "dark" ? "rgba(235,220,190,0.8)" : "rgba(70,52,30,0.75)", []);
    const holder = one.body.states.held_by ? valueAt(one.body.states.held_by, s.tick) : -1;
    const by = holder >= 0 ? seen.get(holder) : undefined;
    if (by) {
      ctx.lineDashOffset = s.calm ? 0 : -s.time * 14;
      tie(s, by, one, inkOf(by.body.side, s.mood).fill, [5, 4]);
      ctx.beginPath();
      ctx.arc(camera.sx(one.x), camera.sy(one.y), bodyRadius(camera.scale) + 5, 0, 7);
      ctx.stroke();
    }
  }
  ctx.restore();
}

function tie(s: Scene, a: Sighted, b: Sighted, colour: string, dash: number[]): void {
  const { ctx, camera } = s;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(camera.sx(a.x), camera.sy(a.y));
  ctx.lineTo(camera.sx(b.x), camera.sy(b.y));
  ctx.stroke();
}

export function drawBody(s: Scene, one: Sighted): void {
  if (one.body.payload) drawPayload(s, one);
  else drawPerson(s, one);
}

function heading(s: Scene, one: Sighted): number | null {
  const before = seenAt(s.k, one.body, s.time - 0.25, { x: 0, y: 0, z: 0 });
  const after = seenAt(s.k, one.body, s.time + 0.25, { x: 0, y: 0, z: 0 });
  if (!before || !after) return null;
  const dx = after.x - before.x;
  const dy = after.y - before.y;
  return Math.hypot(dx, dy) < 0.12 ? null : Math.atan2(dy, dx);
}

function drawPerson(s: Scene, one: Sighted): void {
  const { ctx, camera } = s;
  const ink = inkOf(one.body.side, s.mood);
  const ghost = one.certainty === "believed";
  const r = bodyRadius(camera.scale);
  const x = camera.sx(one.x);
  const y = camera.sy(one.y);
  ctx.save();
  ctx.translate(x, y);
  if (ghost) {
    drawGhost(s, one, r);
    ctx.restore();
    return;
  }
  if (one.body.index === s.follow) halo(s, r, ink.soft);
  const up = one.mode === "air" ? 5 : one.mode === "climb" || one.mode === "hang" ? 2 : 0;
  ctx.fillStyle = s.mood === "dark" ? "rgba(0,0,0,0.5)" : "rgba(30,26,20,0.32)";
  ctx.beginPath();
  ctx.ellipse(1.5 + up * 0.9, 2.5 + up, r * 1.02, r * 0.85, 0, 0, 7);
  ctx.fill();
  ctx.translate(-up * 0.3, -up);
  const out = one.mode === "out";
  const lying = one.mode === "down" || out;
  const facing = lying ? null : heading(s, one);
  if (facing !== null) {
    ctx.fillStyle = ink.line;
    ctx.beginPath();
    ctx.moveTo(Math.cos(facing) * (r + 5.5), Math.sin(facing) * (r + 5.5));
    ctx.lineTo(Math.cos(facing + 0.62) * r, Math.sin(facing + 0.62) * r);
    ctx.lineTo(Math.cos(facing - 0.62) * r, Math.sin(facing - 0.62) * r);
    ctx.fill();
  }
  ctx.save();
  if (lying) ctx.scale(1.25, 0.62);
  if (one.mode === "skid") ctx.rotate(0.35);
  ctx.beginPath();
  shapeOf(ctx, one.body.side, r);
  ctx.fillStyle = out ? (s.mood === "dark" ? "#3a3d45" : "#c9c4ba") : ink.fill;
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = s.mood === "dark" ? "#f3efe6" : "#fffdf8";
  ctx.stroke();
  ctx.lineWidth = 0.9;
  ctx.strokeStyle = ink.line;
  ctx.stroke();
  ctx.restore();
  if (one.body.own) reserve(s, one, r);
  if (out) cross(ctx, r, ink.line);
  else initial(s, one, r, lying);
  badge(s, one, r);
  ctx.restore();
}

function halo(s: Scene, r: number, colour: string): void {
  const { ctx } = s;
  const glow = ctx.createRadialGradient(0, 0, r, 0, 0, r * 2.6);
  glow.addColorStop(0, colour);
  glow.addColorStop(1, "rgba(255,255,255,0)");
  ctx.fillStyle = glow;
  ctx.beginPath();
  ctx.arc(0, 0, r * 2.6, 0, 7);
  ctx.fill();
}

/** The running reserve as an arc around the body: short and red is spent. */
function reserve(s: Scene, one: Sighted, r: number): void {
  const left = levelAt(s.k, one.body.levels.reserve, s.time);
  if (left >= 0.985) return;
  const { ctx } = s;
  ctx.lineWidth = 2.6;
  ctx.lineCap = "round";
  ctx.strokeStyle = s.mood === "dark" ? "rgba(255,255,255,0.22)" : "rgba(255,255,255,0.75)";
  ctx.beginPath();
  ctx.arc(0, 0, r + 3.6, -Math.PI / 2, Math.PI * 1.5);
  ctx.stroke();
  ctx.strokeStyle = left < 0.25 ? (s.mood === "dark" ? "#ff7d6b" : "#b3261e") : s.mood === "dark" ? "#f4efe2" : "#3d3a33";
  ctx.beginPath();
  ctx.arc(0, 0, r + 3.6, -Math.PI / 2, -Math.PI / 2 + Math.PI * 2 * Math.max(left, 0.01));
  ctx.stroke();
}

function cross(ctx: CanvasRenderingContext2D, r: number, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2.2;
  ctx.beginPath();
  ctx.moveTo(-r * 0.5, -r * 0.4);
  ctx.lineTo(r * 0.5, r * 0.4);
  ctx.moveTo(r * 0.5, -r * 0.4);
  ctx.lineTo(-r * 0.5, r * 0.4);
  ctx.stroke();
}

/** First letter, or the number of one of a group. */
function initial(s: Scene, one: Sighted, r: number, lying: boolean): void {
  if (r < 7.5) return;
  const { ctx } = s;
  const number = /(\d+)$/.exec(one.body.title)?.[1];
  const text = number ?? Array.from(one.body.title.replace(/^(the|a|an) /i, ""))[0]?.toUpperCase() ?? "";
  ctx.fillStyle = s.mood === "dark" ? inkOf(one.body.side, s.mood).line : "#fffdf8";
  ctx.font = `700 ${r * (lying ? 0.85 : 1.1)}px var(--font), system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, 0, r * 0.06);
}

/** Small signs of a state, above the body. */
function badge(s: Scene, one: Sighted, r: number): void {
  const { ctx } = s;
  const sign = { climb: "▲", hang: "⌃", air: "", skid: "≋", down: "", out: "" }[one.mode] ?? "";
  const wound = levelAt(s.k, one.body.levels.wound, s.time);
  const text = sign || (wound > 0.05 ? "✚" : "");
  if (!text) return;
  ctx.font = `700 ${Math.max(9, r * 0.8)}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.lineWidth = 3;
  ctx.strokeStyle = s.mood === "dark" ? "#14171d" : "#fffdf8";
  ctx.fillStyle = sign ? (s.mood === "dark" ? "#f4efe2" : "#3d3a33") : s.mood === "dark" ? "#ff7d6b" : "#b3261e";
  ctx.strokeText(text, r + 4, -r);
  ctx.fillText(text, r + 4, -r);
}

/** Somebody out of sight, where it was last known; the ring grows as the knowledge ages. */
function drawGhost(s: Scene, one: Sighted, radius: number): void {
  const { ctx, camera } = s;
  const r = Math.max(radius, 10);
  const ink = inkOf(one.body.side, s.mood);
  const fade = Math.max(0.35, 1 - one.age / 60);
  const reach = Math.min(one.age * 4, 60) * camera.scale;
  ctx.globalAlpha = 0.16 * fade;
  ctx.fillStyle = ink.fill;
  ctx.beginPath();
  ctx.arc(0, 0, r + Math.min(reach, 90), 0, 7);
  ctx.fill();
  ctx.globalAlpha = fade;
  ctx.setLineDash([3.5, 3]);
  ctx.beginPath();
  if (one.body.payload) ctx.ellipse(0, 0, r * 1.1, r * 1.35, 0, 0, 7);
  else shapeOf(ctx, one.body.side, r);
  ctx.fillStyle = s.mood === "dark" ? "rgba(20,23,29,0.6)" : "rgba(255,253,248,0.66)";
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = ink.fill;
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.fillStyle = s.mood === "dark" ? ink.fill : ink.line;
  ctx.font = `600 10.5px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(one.age < 1 ? "?" : `${one.age.toFixed(0)} s`, 0, 0.5);
}

function drawPayload(s: Scene, one: Sighted): void {
  const { ctx, camera } = s;
  const r = bodyRadius(camera.scale) * 0.95;
  ctx.save();
  ctx.translate(camera.sx(one.x), camera.sy(one.y));
  if (one.certainty === "believed") {
    drawGhost(s, one, r);
    ctx.restore();
    return;
  }
  if (one.body.index === s.follow) halo(s, r, inkOf(one.body.side, s.mood).soft);
  const stage = one.body.stages ? valueAt(one.body.stages, s.tick) : -1;
  const count = s.scenario.payloads[one.body.index - s.scenario.people.length]!.stages.length;
  if (one.body.presence[stage]) presence(s, one.body.presence[stage]);
  ctx.fillStyle = s.mood === "dark" ? "rgba(0,0,0,0.5)" : "rgba(30,26,20,0.35)";
  ctx.beginPath();
  ctx.ellipse(2, 3.5, r, r * 1.15, 0, 0, 7);
  ctx.fill();
  const shell = ctx.createRadialGradient(-r * 0.35, -r * 0.5, 1, 0, 0, r * 1.4);
  shell.addColorStop(0, "#fff3d6");
  shell.addColorStop(0.6, "#d9b779");
  shell.addColorStop(1, "#8f6a34");
  ctx.fillStyle = shell;
  ctx.beginPath();
  ctx.ellipse(0, 0, r, r * 1.22, 0, 0, 7);
  ctx.fill();
  ctx.lineWidth = 1.6;
  ctx.strokeStyle = "#4c3514";
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(-r * 0.93, -r * 0.3);
  ctx.quadraticCurveTo(0, r * 0.05, r * 0.93, -r * 0.3);
  ctx.stroke();
  if (count > 1) stages(s, r, stage, count);
  ctx.restore();
}

/** One arc for every stage; those that have passed are filled, the present one is wide. */
function stages(s: Scene, r: number, stage: number, count: number): void {
  const { ctx } = s;
  const part = (Math.PI * 2) / count;
  for (let n = 0; n < count; n++) {
    ctx.beginPath();
    ctx.arc(0, 0, r * 1.22 + 6, -Math.PI / 2 + n * part + 0.12, -Math.PI / 2 + (n + 1) * part - 0.12);
    ctx.lineWidth = n === stage ? 5 : 3;
    const last = n === count - 1;
    ctx.strokeStyle = n > stage ? (s.mood === "dark" ? "rgba(255,255,255,0.25)" : "rgba(60,45,20,0.25)") : last ? "#b3261e" : "#c78a1b";
    ctx.stroke();
  }
}

function presence(s: Scene, metres: number): void {
  const { ctx, camera } = s;
  const reach = metres * camera.scale;
  const glow = ctx.createRadialGradient(0, 0, reach * 0.2, 0, 0, reach);
  glow.addColorStop(0, "rgba(120,40,130,0.16)");
  glow.addColorStop(0.8, "rgba(120,40,130,0.07)");
  glow.addColorStop(1, "rgba(120,40,130,0)");
  ctx.fillStyle = glow;
  ctx.beginPath();
  ctx.arc(0, 0, reach, 0, 7);
  ctx.fill();
  const rings = s.calm ? [1] : [((s.time * 0.35) % 1), ((s.time * 0.35 + 0.5) % 1)];
  ctx.lineWidth = 1.2;
  for (const part of rings) {
    ctx.strokeStyle = `rgba(140,60,150,${0.4 * (s.calm ? 0.6 : 1 - part)})`;
    ctx.beginPath();
    ctx.arc(0, 0, reach * part, 0, 7);
    ctx.stroke();
  }
}
