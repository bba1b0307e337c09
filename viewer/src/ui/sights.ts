// Through somebody's eyes: when each of the others was in sight, and when other news of it came.
import { type KnownBody, type Knowledge } from "../data/knowledge";
import { inkOf } from "../stage/ink";

export const ROW = 13;
const MOST = 6;

/** Whose rows the time axis shows: what is carried first, then enemies, then friends, as they became known. */
export function rowsOf(k: Knowledge, side: number): KnownBody[] {
  if (k.eyes.kind === "truth") return [];
  const weight = (b: KnownBody): number => (b.payload ? 0 : b.side === side ? 2 : 1);
  return k.bodies
    .filter((b) => !b.own)
    .sort((a, b) => weight(a) - weight(b) || a.since - b.since)
    .slice(0, MOST);
}

/** Ticks at which news came of a body that was out of sight: a sound, an odour, sign, word. */
export function newsOf(body: KnownBody): number[] {
  const out: number[] = [];
  let newest = -Infinity;
  for (const b of body.beliefs) {
    if (b.time <= newest) continue;
    newest = b.time;
    if (!body.seen.some((s) => b.tick >= s.from && b.tick <= s.to)) out.push(b.tick);
  }
  return out;
}

export function drawSights(ctx: CanvasRenderingContext2D, k: Knowledge, rows: KnownBody[], top: number, px: (t: number) => number, tone: "light" | "dark"): void {
  ctx.save();
  rows.forEach((body, n) => {
    const y = top + n * ROW + ROW / 2;
    const ink = inkOf(body.side, tone);
    ctx.fillStyle = ink.fill;
    ctx.globalAlpha = 0.35;
    ctx.fillRect(px(body.since * k.dt), y - 0.5, px(k.ticks * k.dt) - px(body.since * k.dt), 1);
    ctx.globalAlpha = 0.8;
    for (const { from, to } of body.seen) {
      const x = px(from * k.dt);
      ctx.fillRect(x, y - 3.5, Math.max(px(Math.min(to, k.ticks) * k.dt) - x, 1.5), 7);
    }
    for (const tick of newsOf(body)) {
      ctx.beginPath();
      ctx.arc(px(tick * k.dt), y, 1.8, 0, 7);
      ctx.fill();
    }
  });
  ctx.restore();
}
