// Those who are out of the picture: at its edge, in the direction where they are, or are believed to be.
import { inkOf, shapeOf } from "./ink";
import { overlaps, type Rect } from "./labels";
import type { Scene, Sighted } from "./scene";

const INSET = 15;
const R = 6;
const APART = 19;

export interface Pointer { one: Sighted; more: number; x: number; y: number; aim: number }

/** Where the way from the middle of the picture to a point outside of it meets the edge. */
export function atEdge(dx: number, dy: number, width: number, height: number): { x: number; y: number } {
  const part = Math.min((width / 2 - INSET) / Math.max(Math.abs(dx), 1e-6), (height / 2 - INSET) / Math.max(Math.abs(dy), 1e-6));
  return { x: width / 2 + dx * part, y: height / 2 + dy * part };
}

/** Moved along the edge until it lies on no other. */
function apart(at: { x: number; y: number }, others: Pointer[], height: number): { x: number; y: number } {
  const aside = at.y <= INSET || at.y >= height - INSET;
  const here = { ...at };
  while (others.some((o) => Math.hypot(o.x - here.x, o.y - here.y) < APART)) {
    if (aside) here.x += APART;
    else here.y += at.y < height / 2 ? APART : -APART;
  }
  return here;
}

/** One pointer for every body out of the picture; those of a side in one direction share one, which names the nearest. */
export function pointers(s: Scene, all: Sighted[]): Pointer[] {
  const { camera } = s;
  const far = all
    .filter((one) => one.mode !== "away" && one.mode !== "out")
    .map((one) => ({ one, dx: camera.sx(one.x) - camera.width / 2, dy: camera.sy(one.y) - camera.height / 2 }))
    .filter(({ dx, dy }) => Math.abs(dx) > camera.width / 2 || Math.abs(dy) > camera.height / 2)
    .sort((a, b) => Number(b.one.body.payload) - Number(a.one.body.payload) || Math.hypot(a.dx, a.dy) - Math.hypot(b.dx, b.dy));
  const out: Pointer[] = [];
  for (const { one, dx, dy } of far) {
    const at = atEdge(dx, dy, camera.width, camera.height);
    const near = out.find((p) => p.one.body.side === one.body.side && p.one.certainty === one.certainty && Math.hypot(p.x - at.x, p.y - at.y) < 40);
    if (near) near.more++;
    else out.push({ one, more: 0, ...apart(at, out, camera.height), aim: Math.atan2(dy, dx) });
  }
  return out;
}

/** Draws the pointers; returns what they take up. */
export function drawBeyond(s: Scene, all: Sighted[], taken: readonly Rect[]): Rect[] {
  const { ctx, camera } = s;
  const written: Rect[] = [];
  ctx.save();
  ctx.font = "600 11px system-ui, -apple-system, 'Segoe UI', sans-serif";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (const p of pointers(s, all)) {
    const ink = inkOf(p.one.body.side, s.mood);
    const believed = p.one.certainty === "believed";
    ctx.globalAlpha = believed ? 0.85 : 1;
    ctx.save();
    ctx.translate(p.x, p.y);
    ctx.beginPath();
    for (const [turn, reach] of [[0, R + 7], [0.6, R + 1], [-0.6, R + 1]] as const) ctx.lineTo(Math.cos(p.aim + turn) * reach, Math.sin(p.aim + turn) * reach);
    ctx.fillStyle = ink.line;
    ctx.fill();
    ctx.beginPath();
    if (p.one.body.payload) ctx.ellipse(0, 0, R * 0.85, R * 1.1, 0, 0, 7);
    else shapeOf(ctx, p.one.body.side, R);
    ctx.fillStyle = believed ? (s.mood === "dark" ? "#14171d" : "#fffdf8") : p.one.body.payload ? "#d9b779" : ink.fill;
    ctx.fill();
    ctx.setLineDash(believed ? [2.5, 2] : []);
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = believed ? ink.fill : s.mood === "dark" ? "#f3efe6" : "#fffdf8";
    ctx.stroke();
    ctx.restore();
    const metres = Math.hypot(p.one.x - camera.x, p.one.y - camera.y);
    const text = `${p.one.body.title}${p.more ? ` +${p.more}` : ""}  ${metres.toFixed(0)} m${believed ? `, ${p.one.age.toFixed(0)} s ago` : ""}`;
    const w = ctx.measureText(text).width;
    const left = p.x > camera.width / 2;
    const x = left ? p.x - R - 6 - w : p.x + R + 6;
    const y = Math.max(12, Math.min(camera.height - 12, p.y));
    const box = { x0: x - 2, y0: y - 7, x1: x + w + 2, y1: y + 7 };
    if ([...taken, ...written].some((t) => overlaps(t, box))) continue;
    written.push(box);
    ctx.textAlign = "left";
    ctx.lineWidth = 3.5;
    ctx.strokeStyle = s.mood === "dark" ? "rgba(16,18,24,0.85)" : "rgba(255,253,248,0.88)";
    ctx.fillStyle = s.mood === "dark" ? "#f1ede4" : "#2a2722";
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
  }
  ctx.restore();
  return written;
}
