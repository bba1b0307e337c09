// What a person cannot see from where it stands lies in the dark: rays over heights and cover, as the engine looks.
import { type KnownBody, seenAt } from "../data/knowledge";
import { LOOKS } from "../map/ground";
import type { Scene } from "./scene";

const CHEST = 1.2;
/** Cover beyond which little is made out: half of all lines are broken at ln 2. */
const DEEPEST = 0.9;
const WIDE = 300;

interface Eye { x: number; y: number; height: number; sight: number }

export class Fog {
  private readonly canvas = document.createElement("canvas");

  /** Dims what none of the eyes sees. */
  draw(s: Scene): void {
    if (s.k.eyes.kind === "truth") return;
    const eyes = eyesOf(s);
    const view = s.camera.view();
    const width = WIDE;
    const height = Math.max(1, Math.round((WIDE * s.camera.height) / s.camera.width));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const ctx = this.canvas.getContext("2d")!;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalCompositeOperation = "source-over";
    ctx.clearRect(0, 0, width, height);
    ctx.fillStyle = s.mood === "dark" ? "rgba(4,6,10,0.66)" : "rgba(52,50,58,0.52)";
    ctx.fillRect(0, 0, width, height);
    ctx.globalCompositeOperation = "destination-out";
    const scale = width / (view.x1 - view.x0);
    ctx.setTransform(scale, 0, 0, scale, -view.x0 * scale, -view.y0 * scale);
    const rays = eyes.length > 3 ? 120 : 240;
    for (const eye of eyes) cast(ctx, s, eye, rays);
    const main = s.ctx;
    main.save();
    main.imageSmoothingEnabled = true;
    main.drawImage(this.canvas, 0, 0, s.camera.width, s.camera.height);
    main.restore();
  }
}

export function eyesOf(s: Scene): Eye[] {
  const out: Eye[] = [];
  for (const body of s.k.bodies) {
    if (!body.own) continue;
    const eye = eyeOf(s, body);
    if (eye) out.push(eye);
  }
  return out;
}

function eyeOf(s: Scene, body: KnownBody): Eye | null {
  const at = seenAt(s.k, body, s.time, { x: 0, y: 0, z: 0 });
  return at && { x: at.x, y: at.y, height: at.z + body.eye, sight: body.sight };
}

/** Clears the fog along rays, fading with distance and cover. */
function cast(ctx: CanvasRenderingContext2D, s: Scene, eye: Eye, rays: number): void {
  const { ground } = s;
  const step = Math.max(ground.cell * 0.5, 0.8, eye.sight / 220);
  const wall = LOOKS.indexOf("wall");
  const near = ctx.createRadialGradient(eye.x, eye.y, 0, eye.x, eye.y, eye.sight * 1.15);
  near.addColorStop(0, "rgba(0,0,0,1)");
  near.addColorStop(0.45, "rgba(0,0,0,0.97)");
  near.addColorStop(0.8, "rgba(0,0,0,0.55)");
  near.addColorStop(1, "rgba(0,0,0,0)");
  ctx.fillStyle = near;
  const path = new Path2D();
  for (let n = 0; n < rays; n++) {
    const a = (n / rays) * Math.PI * 2;
    const half = (Math.PI / rays) * 1.25;
    const cos = Math.cos(a);
    const sin = Math.sin(a);
    let slope = -Infinity;
    let depth = 0;
    let from = 0;
    let open = true;
    let d = step * 0.5;
    for (; d < eye.sight * 1.15; d += step) {
      const x = eye.x + cos * d;
      const y = eye.y + sin * d;
      if (x < 0 || y < 0 || x >= ground.width || y >= ground.height) break;
      const c = ground.index(x, y);
      const level = ground.level[c]!;
      const top = (level + CHEST - eye.height) / d;
      // a face that looks this way is seen even where nobody can stand behind it
      const seen = top >= slope || (ground.look[c] === wall && (level - eye.height) / d >= slope);
      slope = Math.max(slope, (level - eye.height) / d);
      const cover = ground.cover[c]!;
      if (cover > 0 && eye.height < level + ground.screen[c]!) depth += cover * step;
      if (depth > DEEPEST) break;
      if (seen && !open) {
        from = d - step / 2;
        open = true;
      } else if (!seen && open) {
        sector(path, eye, a, half, from, d - step / 2);
        open = false;
      }
    }
    if (open) sector(path, eye, a, half, from, d);
  }
  ctx.fill(path);
}

function sector(path: Path2D, eye: Eye, a: number, half: number, from: number, to: number): void {
  if (to <= from) return;
  path.moveTo(eye.x + Math.cos(a - half) * from, eye.y + Math.sin(a - half) * from);
  path.lineTo(eye.x + Math.cos(a - half) * to, eye.y + Math.sin(a - half) * to);
  path.lineTo(eye.x + Math.cos(a + half) * to, eye.y + Math.sin(a + half) * to);
  path.lineTo(eye.x + Math.cos(a + half) * from, eye.y + Math.sin(a + half) * from);
  path.closePath();
}

/** Whether any of the eyes sees a spot on the ground. */
export function anySees(s: Scene, eyes: readonly Eye[], x: number, y: number): boolean {
  const { ground } = s;
  for (const eye of eyes) {
    const d = Math.hypot(x - eye.x, y - eye.y);
    if (d > eye.sight) continue;
    const n = Math.min(40, Math.max(2, Math.ceil(d / ground.cell)));
    const target = ground.levelAt(x, y) + CHEST;
    let clear = true;
    for (let i = 1; i < n && clear; i++) {
      const t = i / n;
      clear = ground.levelAt(eye.x + (x - eye.x) * t, eye.y + (y - eye.y) * t) <= eye.height + (target - eye.height) * t;
    }
    if (clear) return true;
  }
  return false;
}
