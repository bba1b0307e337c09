// One frame of the picture, from the ground up.
import { type Tiles } from "../map/tiles";
import { PALETTES } from "../map/palette";
import { drawBeyond } from "./beyond";
import { bodyRadius, drawBody, drawTies, drawTrails } from "./bodies";
import type { Box } from "./camera";
import { drawEffects, drawHearings, drawTelegraphs } from "./effects";
import type { Fog } from "./fog";
import { drawLabel, drawPlaces, placeLabels } from "./labels";
import { type Scene, type Sighted } from "./scene";
import { drawCrowd, drawThings } from "./things";

/** Draws a frame; returns whether squares of the ground are still to be painted. */
export function paint(s: Scene, all: Sighted[], tiles: Tiles, fog: Fog, dpr: number, budget: number): boolean {
  const { ctx, camera } = s;
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.fillStyle = PALETTES[s.mood].beyond;
  ctx.fillRect(0, 0, camera.width, camera.height);
  const view = camera.view();
  ctx.save();
  ctx.translate(camera.width / 2, camera.height / 2);
  ctx.scale(camera.scale, camera.scale);
  ctx.translate(-camera.x, -camera.y);
  const missing = tiles.draw(ctx, view.x0, view.y0, view.x1, view.y1, camera.scale * dpr, budget);
  ctx.restore();
  drawThings(s);
  drawTrails(s);
  drawCrowd(s);
  fog.draw(s);
  const { labels, taken } = placeLabels(s, all);
  const pointers = drawBeyond(s, all, taken);
  drawPlaces(s, [...taken, ...pointers]);
  drawTelegraphs(s, all);
  drawTies(s, all);
  const far = bodyRadius(camera.scale) * 4;
  for (const one of all) {
    const [x, y] = [camera.sx(one.x), camera.sy(one.y)];
    if (one.body.payload || (x > -far && y > -far && x < camera.width + far && y < camera.height + far)) drawBody(s, one);
  }
  for (const label of labels) drawLabel(s, label);
  drawHearings(s);
  drawEffects(s);
  scaleBar(s);
  return missing;
}

function scaleBar(s: Scene): void {
  const { ctx, camera } = s;
  const metres = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((m) => m * camera.scale >= 56) ?? 1000;
  const w = metres * camera.scale;
  const x = 14;
  const y = camera.height - 14;
  ctx.save();
  ctx.lineCap = "butt";
  for (const [width, colour] of [[5, s.mood === "dark" ? "rgba(0,0,0,0.6)" : "rgba(255,255,255,0.8)"], [2, s.mood === "dark" ? "#e9e4d8" : "#3a342a"]] as const) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(x, y - 5);
    ctx.lineTo(x, y);
    ctx.lineTo(x + w, y);
    ctx.lineTo(x + w, y - 5);
    ctx.stroke();
  }
  ctx.font = "500 11px system-ui, sans-serif";
  ctx.textAlign = "left";
  ctx.lineWidth = 3;
  ctx.strokeStyle = s.mood === "dark" ? "rgba(0,0,0,0.6)" : "rgba(255,255,255,0.85)";
  ctx.fillStyle = s.mood === "dark" ? "#e9e4d8" : "#3a342a";
  ctx.strokeText(`${metres} m`, x + 5, y - 6);
  ctx.fillText(`${metres} m`, x + 5, y - 6);
  ctx.restore();
}

/** What the picture should hold when it frames by itself: the payload and those about it, or the one that is followed. */
export function frameOf(s: Scene, all: Sighted[]): Box {
  const near = (x: number, y: number, r: number): Box => ({ x0: x - r, y0: y - r * 0.6, x1: x + r, y1: y + r * 0.6 });
  const followed = all.find((one) => one.body.index === s.follow);
  const least = Math.max(20, 8 * s.ground.cell);
  if (followed) return near(followed.x, followed.y, 2 * least);
  const there = all.filter((one) => one.mode !== "away" && one.mode !== "out");
  const core = there.find((one) => one.body.payload) ?? there[0];
  if (!core) return { x0: 0, y0: 0, x1: s.ground.width, y1: s.ground.height };
  const about = there.filter((one) => Math.hypot(one.x - core.x, one.y - core.y) < 130);
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  for (const one of about) {
    box.x0 = Math.min(box.x0, one.x - 6);
    box.y0 = Math.min(box.y0, one.y - 6);
    box.x1 = Math.max(box.x1, one.x + 6);
    box.y1 = Math.max(box.y1, one.y + 6);
  }
  const wide = near((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, least);
  return {
    x0: Math.min(box.x0, wide.x0), y0: Math.min(box.y0, wide.y0), x1: Math.max(box.x1, wide.x1), y1: Math.max(box.y1, wide.y1),
  };
}
