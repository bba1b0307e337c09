// What lies or stands on the ground: wards, marks, prints, torn ground, pedestrians.
import { AWAY, type KnownBody } from "../data/knowledge";
import { anySees, eyesOf } from "./fog";
import { inkOf } from "./ink";
import type { Scene } from "./scene";

export function drawThings(s: Scene): void {
  s.ctx.save();
  scars(s);
  prints(s);
  marks(s);
  wards(s);
  s.ctx.restore();
}

/** Ground torn up by strikes stays torn. */
function scars(s: Scene): void {
  const { ctx, camera, k } = s;
  for (const e of k.events) {
    if (e.kind !== "tear" || e.time > s.time || e.value === null) continue;
    const r = Math.max(e.value * camera.scale, 4);
    const x = camera.sx(e.x);
    const y = camera.sy(e.y);
    ctx.fillStyle = s.mood === "dark" ? "rgba(10,8,6,0.55)" : "rgba(70,52,34,0.4)";
    ctx.beginPath();
    ctx.arc(x, y, r * 0.55, 0, 7);
    ctx.fill();
    ctx.strokeStyle = s.mood === "dark" ? "rgba(0,0,0,0.8)" : "rgba(52,38,24,0.75)";
    ctx.lineWidth = 1.6;
    ctx.beginPath();
    for (let n = 0; n < 7; n++) {
      const a = n * 0.9 + e.tick;
      ctx.moveTo(x + Math.cos(a) * r * 0.2, y + Math.sin(a) * r * 0.2);
      ctx.lineTo(x + Math.cos(a + 0.25) * r * 0.65, y + Math.sin(a + 0.25) * r * 0.65);
      ctx.lineTo(x + Math.cos(a) * r, y + Math.sin(a) * r);
    }
    ctx.stroke();
  }
}

/** The sign that is being followed, paler the older it was when read. */
function prints(s: Scene): void {
  const { ctx, camera, k } = s;
  const size = Math.max(1.6, Math.min(4, camera.scale * 0.28));
  for (const p of k.prints) {
    const t = p.tick * k.dt;
    if (t > s.time || s.time - t > 90) continue;
    const body = k.bodies.find((b) => b.index === p.owner);
    ctx.fillStyle = body ? inkOf(body.side, s.mood).fill : s.mood === "dark" ? "#ddd" : "#555";
    ctx.globalAlpha = Math.max(0.18, 0.85 - (s.time - t) / 90) * Math.max(0.45, 1 - (t - p.laid) / 240);
    const x = camera.sx(p.x);
    const y = camera.sy(p.y);
    ctx.beginPath();
    ctx.ellipse(x - size, y, size, size * 1.6, 0.3, 0, 7);
    ctx.ellipse(x + size * 1.3, y + size * 1.4, size, size * 1.6, 0.3, 0, 7);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}

function ownerSide(k: Scene["k"], owner: number): KnownBody | undefined {
  return k.bodies.find((b) => b.index === owner);
}

function marks(s: Scene): void {
  const { ctx, camera, k } = s;
  const standing = k.marks.filter((m) => m.known * k.dt <= s.time && m.until > s.time);
  ctx.setLineDash([2, 5]);
  ctx.lineWidth = 1.2;
  ctx.strokeStyle = s.mood === "dark" ? "rgba(255,236,180,0.4)" : "rgba(90,70,20,0.45)";
  ctx.beginPath();
  standing.forEach((m, n) => {
    if (n === 0) ctx.moveTo(camera.sx(m.x), camera.sy(m.y));
    else ctx.lineTo(camera.sx(m.x), camera.sy(m.y));
  });
  ctx.stroke();
  ctx.setLineDash([]);
  for (const m of standing) {
    const owner = ownerSide(k, m.owner);
    const x = camera.sx(m.x);
    const y = camera.sy(m.y);
    ctx.fillStyle = owner ? inkOf(owner.side, s.mood).fill : "#888";
    ctx.strokeStyle = s.mood === "dark" ? "#f3efe6" : "#3c2d10";
    ctx.lineWidth = 1.4;
    ctx.beginPath();
    ctx.moveTo(x, y + 5);
    ctx.lineTo(x, y - 9);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x, y - 9);
    ctx.lineTo(x + 9, y - 6);
    ctx.lineTo(x, y - 3);
    ctx.closePath();
    ctx.fill();
    ctx.stroke();
  }
}

function wards(s: Scene): void {
  const { ctx, camera, k } = s;
  for (const w of k.wards) {
    if (w.known * k.dt > s.time || w.until < s.time) continue;
    const owner = ownerSide(k, w.owner);
    const ink = owner ? inkOf(owner.side, s.mood) : inkOf(4, s.mood);
    const [x1, y1, x2, y2] = [camera.sx(w.x1), camera.sy(w.y1), camera.sx(w.x2), camera.sy(w.y2)];
    const born = Math.min(1, (s.time - w.tick * k.dt) / 0.4);
    const pulse = s.calm ? 0.5 : 0.5 + 0.2 * Math.sin(s.time * 3);
    for (const [width, alpha] of [[12, 0.16 * pulse * 2], [6, 0.35], [2.2, 1]] as const) {
      ctx.globalAlpha = alpha * born;
      ctx.strokeStyle = width > 5 ? ink.fill : s.mood === "dark" ? "#fff" : ink.line;
      ctx.lineWidth = width;
      ctx.lineCap = "round";
      ctx.beginPath();
      ctx.moveTo(x1, y1);
      ctx.lineTo(x2, y2);
      ctx.stroke();
    }
    ctx.globalAlpha = born;
    for (const part of [0.1, 0.37, 0.63, 0.9]) {
      const x = x1 + (x2 - x1) * part;
      const y = y1 + (y2 - y1) * part;
      ctx.save();
      ctx.translate(x, y);
      ctx.rotate(Math.atan2(y2 - y1, x2 - x1) + 0.05);
      ctx.fillStyle = "#fffaf0";
      ctx.strokeStyle = ink.line;
      ctx.lineWidth = 1;
      ctx.fillRect(-2, -4.5, 4, 9);
      ctx.strokeRect(-2, -4.5, 4, 9);
      ctx.restore();
    }
  }
  ctx.globalAlpha = 1;
}

/** Pedestrians, where these eyes see them. */
export function drawCrowd(s: Scene): void {
  const { crowd } = s.k;
  if (!crowd) return;
  const { ctx, camera, k } = s;
  const count = crowd.x.row;
  const f = Math.max(0, Math.min(s.time / (k.every * k.dt), crowd.x.shape[0]! - 1));
  const a = Math.floor(f);
  const b = Math.min(a + 1, crowd.x.shape[0]! - 1);
  const eyes = k.eyes.kind === "truth" ? null : eyesOf(s);
  const r = Math.max(2.2, Math.min(7, camera.scale * 0.45));
  const gaits = s.scenario.words.gaits;
  ctx.save();
  ctx.lineWidth = 1;
  for (let p = 0; p < count; p++) {
    const gait = crowd.gait.values[a * count + p]!;
    const name = gaits[gait];
    if (gait === AWAY || name === "left") continue;
    const xa = crowd.x.values[a * count + p]! * 0.1;
    const ya = crowd.y.values[a * count + p]! * 0.1;
    const gone = gaits[crowd.gait.values[b * count + p]!] === "left";
    const x = gone ? xa : xa + (crowd.x.values[b * count + p]! * 0.1 - xa) * (f - a);
    const y = gone ? ya : ya + (crowd.y.values[b * count + p]! * 0.1 - ya) * (f - a);
    const sx = camera.sx(x);
    const sy = camera.sy(y);
    if (sx < -10 || sy < -10 || sx > camera.width + 10 || sy > camera.height + 10) continue;
    if (eyes && !anySees(s, eyes, x, y)) continue;
    ctx.fillStyle = s.mood === "dark" ? "rgba(0,0,0,0.4)" : "rgba(40,30,20,0.25)";
    ctx.beginPath();
    ctx.ellipse(sx + 1, sy + 1.5, r, r * 0.85, 0, 0, 7);
    ctx.fill();
    const lies = name === "lie";
    ctx.fillStyle = s.mood === "dark" ? "#8d8a92" : "#f4efe6";
    ctx.strokeStyle = s.mood === "dark" ? "#23252c" : "#6d655a";
    ctx.beginPath();
    ctx.ellipse(sx, sy, lies ? r * 1.35 : r * 1.05, lies ? r * 0.6 : r * 0.75, (p * 2.4) % 3.1, 0, 7);
    ctx.fill();
    ctx.stroke();
    if (!lies) {
      ctx.fillStyle = s.mood === "dark" ? "#4a4852" : "#8a7d6c";
      ctx.beginPath();
      ctx.arc(sx, sy, r * 0.48, 0, 7);
      ctx.fill();
    }
  }
  ctx.restore();
}
