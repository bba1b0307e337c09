// Names beside bodies, so that none lies on another's, on a body or on a button; names of places where room is left.
import { bodyRadius } from "./bodies";
import type { Scene, Sighted } from "./scene";

export interface Rect { x0: number; y0: number; x1: number; y1: number }
export interface Label { one: Sighted; x: number; y: number }
/** On which side of its body a name stood in the last frame: it stays there while there is room. */
export type LabelSides = Map<number, number>;

const HIGH = 15;
/** Of more bodies than this only those are named that have room below. */
const MANY = 40;

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

const around = (x: number, y: number, w: number, h: number): Rect => ({ x0: x - w / 2, y0: y - h / 2, x1: x + w / 2, y1: y + h / 2 });

/** The first of several places that lies inside the picture and is not blocked; -1 for none. */
export function firstFree(places: readonly Rect[], width: number, height: number, blocked: (place: Rect) => boolean): number {
  return places.findIndex((p) => p.x0 >= 2 && p.y0 >= 2 && p.x1 <= width - 2 && p.y1 <= height - 2 && !blocked(p));
}

/** Below, above, right, left of a body. */
function spots(x: number, y: number, r: number, w: number, payload: boolean): Rect[] {
  const away = r + (payload ? 18 : 12);
  const beside = r + w / 2 + (payload ? 12 : 9);
  return [around(x, y + away, w, HIGH), around(x, y - away - (payload ? 0 : 2), w, HIGH), around(x + beside, y, w, HIGH), around(x - beside, y, w, HIGH)];
}

/** Where the names of bodies stand, and everything that is taken by them and by the bodies themselves. */
export function placeLabels(s: Scene, all: Sighted[]): { labels: Label[]; taken: Rect[] } {
  const { camera, ctx } = s;
  const r = bodyRadius(camera.scale);
  const bodies = all.map((one) => around(camera.sx(one.x), camera.sy(one.y), 2 * r + 2, 2 * r + 2));
  const inView = { x0: -r, y0: -r, x1: camera.width + r, y1: camera.height + r };
  const near = bodies.filter((b) => overlaps(b, inView));
  // the buttons for zooming
  const taken: Rect[] = [{ x0: camera.width - 46, y0: camera.height - 106, x1: camera.width, y1: camera.height }];
  const labels: Label[] = [];
  const must = (one: Sighted): boolean => one.body.index === s.hover || one.body.index === s.follow;
  const order = all.map((_, n) => n).sort((a, b) => weight(all[b]!, must) - weight(all[a]!, must));
  ctx.font = FONT;
  for (const n of order) {
    const one = all[n]!;
    const [x, y] = [camera.sx(one.x), camera.sy(one.y)];
    if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
    const places = spots(x, y, r, widthOf(ctx, one.body.title) + 6, one.body.payload);
    const before = s.labelSides.get(one.body.index) ?? 0;
    const sides = all.length > MANY ? [0] : [before, 0, 1, 2, 3].filter((side, at, list) => list.indexOf(side) === at);
    // a name may lie on its own body and on those that share its place
    const heart = around(x, y, r, r);
    const blocked = (place: Rect): boolean =>
      taken.some((t) => overlaps(place, t)) || near.some((b) => overlaps(place, b) && !overlaps(heart, b));
    const found = firstFree(sides.map((side) => places[side]!), camera.width, camera.height, blocked);
    if (found < 0 && !must(one)) continue;
    const side = sides[Math.max(found, 0)]!;
    const place = places[side]!;
    s.labelSides.set(one.body.index, side);
    taken.push(place);
    labels.push({ one, x: (place.x0 + place.x1) / 2, y: (place.y0 + place.y1) / 2 });
  }
  return { labels, taken: [...taken, ...near] };
}

const widths = new Map<string, number>();

/** Width of a name in the font of labels, measured once. */
function widthOf(ctx: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) widths.set(text, (width = ctx.measureText(text).width));
  return width;
}

function weight(one: Sighted, must: (one: Sighted) => boolean): number {
  return Number(must(one)) * 8 + Number(one.body.payload) * 4 + Number(one.certainty === "seen") * 2 + Number(one.body.own);
}

const FONT = "600 11.5px system-ui, -apple-system, 'Segoe UI', sans-serif";

export function drawLabel(s: Scene, { one, x, y }: Label): void {
  const { ctx } = s;
  ctx.font = FONT;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3.5;
  ctx.strokeStyle = s.mood === "dark" ? "rgba(16,18,24,0.85)" : "rgba(255,253,248,0.88)";
  ctx.globalAlpha = one.certainty === "believed" ? 0.75 : 1;
  ctx.strokeText(one.body.title, x, y);
  ctx.fillStyle = s.mood === "dark" ? "#f1ede4" : "#2a2722";
  ctx.fillText(one.body.title, x, y);
  ctx.globalAlpha = 1;
}

/** Names of places, quietly, where nothing else is written. */
export function drawPlaces(s: Scene, taken: readonly Rect[]): void {
  const { ctx, camera } = s;
  ctx.save();
  ctx.font = "italic 500 11.5px Georgia, 'Times New Roman', serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  const written = [...taken];
  for (const place of s.scenario.map.places) {
    const x = camera.sx(place.x);
    const y = camera.sy(place.y) - 22;
    const text = place.name.replaceAll("_", " ");
    const box = around(x, y, ctx.measureText(text).width + 8, HIGH);
    if (firstFree([box], camera.width, camera.height, (p) => written.some((t) => overlaps(p, t))) < 0) continue;
    written.push(box);
    ctx.strokeStyle = s.mood === "dark" ? "rgba(14,16,22,0.6)" : "rgba(255,252,244,0.7)";
    ctx.fillStyle = s.mood === "dark" ? "rgba(222,214,196,0.72)" : "rgba(70,58,40,0.82)";
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
  }
  ctx.restore();
}
