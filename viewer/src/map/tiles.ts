// The ground as pictures: painted once per square and zoom, kept, and put together for every frame.
import { type Ground, hash, LOOKS } from "./ground";
import { type Mood, type Palette, PALETTES, type Rgb } from "./palette";

const SIZE = 256;
const KEPT = 360;
/** Towards the light, and how many metres of shade a metre of height throws. */
const LIGHT = { x: -0.72, y: -0.69 };
const SHADE = 0.55;

/** Bushes of a cell of undergrowth. */
const BUSHES = 3;

const NOISE = 256;
const noise = makeNoise();

/** Smooth noise in [-1, 1] that repeats after 256 steps. */
function makeNoise(): Float32Array {
  const out = new Float32Array(NOISE * NOISE);
  for (const [step, weight] of [[32, 0.4], [16, 0.3], [8, 0.3], [2, 0.35], [1, 0.25]] as const) {
    const n = NOISE / step;
    for (let y = 0; y < NOISE; y++) {
      for (let x = 0; x < NOISE; x++) {
        const cx = Math.floor(x / step);
        const cy = Math.floor(y / step);
        const fx = x / step - cx;
        const fy = y / step - cy;
        const at = (i: number, j: number): number => hash(((cy + j) % n) * 7919 + ((cx + i) % n) + step * 104729) * 2 - 1;
        const top = at(0, 0) + (at(1, 0) - at(0, 0)) * fx;
        const bottom = at(0, 1) + (at(1, 1) - at(0, 1)) * fx;
        out[y * NOISE + x]! += (top + (bottom - top) * fy) * weight;
      }
    }
  }
  return out;
}

function noiseAt(x: number, y: number): number {
  return noise[(Math.floor(y) & 255) * NOISE + (Math.floor(x) & 255)]!;
}

/** The same noise, without its squares. */
function smoothAt(x: number, y: number): number {
  const fx = fraction(x);
  const fy = fraction(y);
  const top = noiseAt(x, y) + (noiseAt(x + 1, y) - noiseAt(x, y)) * fx;
  const bottom = noiseAt(x, y + 1) + (noiseAt(x + 1, y + 1) - noiseAt(x, y + 1)) * fx;
  return top + (bottom - top) * fy;
}

/** From 0 below `from` to 1 above `to`. */
function ramp(v: number, from: number, to: number): number {
  return Math.max(0, Math.min(1, (v - from) / (to - from)));
}

const LOOK = Object.fromEntries(LOOKS.map((l, k) => [l, k])) as Record<(typeof LOOKS)[number], number>;

interface Tile { canvas: HTMLCanvasElement; used: number }

export class Tiles {
  private readonly tiles = new Map<string, Tile>();
  private overview: HTMLCanvasElement;
  private readonly overviewScale: number;
  private readonly crowns: HTMLCanvasElement[];
  private readonly palette: Palette;
  private clock = 0;

  constructor(
    private readonly ground: Ground,
    mood: Mood,
  ) {
    this.palette = PALETTES[mood];
    this.crowns = [0, 1, 2].map((k) => crown(this.palette, k));
    this.overviewScale = Math.min(4, Math.sqrt(500_000 / (ground.width * ground.height)));
    this.overview = this.paint(0, 0, Math.ceil(ground.width * this.overviewScale), Math.ceil(ground.height * this.overviewScale), this.overviewScale);
  }

  /** Draws the part of the ground between two corners [m]; `scale` is pixels per metre. Returns whether squares are missing. */
  draw(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number, scale: number, budget: number): boolean {
    const { ground } = this;
    ctx.imageSmoothingEnabled = true;
    const level = Math.max(-3, Math.min(5, Math.ceil(Math.log2(scale) - 0.35)));
    const own = 2 ** level;
    const span = SIZE / own;
    const coarse = own <= this.overviewScale;
    if (coarse || !this.isWhole(level, span, x0, y0, x1, y1))
      ctx.drawImage(this.overview, 0, 0, this.overview.width / this.overviewScale, this.overview.height / this.overviewScale);
    if (coarse) return false;
    let missing = false;
    const started = performance.now();
    this.clock++;
    for (let r = Math.max(0, Math.floor(y0 / span)); r * span < Math.min(y1, ground.height); r++) {
      for (let c = Math.max(0, Math.floor(x0 / span)); c * span < Math.min(x1, ground.width); c++) {
        const key = `${level}:${c}:${r}`;
        let tile = this.tiles.get(key);
        if (!tile) {
          if (performance.now() - started > budget) {
            missing = true;
            continue;
          }
          tile = { canvas: this.paint(c * SIZE, r * SIZE, SIZE, SIZE, own), used: 0 };
          this.tiles.set(key, tile);
          this.forget();
        }
        tile.used = this.clock;
        // half a pixel over the edge, so that no seam shows
        ctx.drawImage(tile.canvas, c * span, r * span, span + 0.5 / scale, span + 0.5 / scale);
      }
    }
    return missing;
  }

  private isWhole(level: number, span: number, x0: number, y0: number, x1: number, y1: number): boolean {
    for (let r = Math.max(0, Math.floor(y0 / span)); r * span < Math.min(y1, this.ground.height); r++)
      for (let c = Math.max(0, Math.floor(x0 / span)); c * span < Math.min(x1, this.ground.width); c++)
        if (!this.tiles.has(`${level}:${c}:${r}`)) return false;
    return true;
  }

  private forget(): void {
    if (this.tiles.size <= KEPT) return;
    const oldest = [...this.tiles].sort((a, b) => a[1].used - b[1].used).slice(0, KEPT / 4);
    for (const [key] of oldest) this.tiles.delete(key);
  }

  /** A picture of `w` x `h` pixels whose corner lies `px`, `py` pixels from the map's, at `scale` pixels per metre. */
  private paint(px: number, py: number, w: number, h: number, scale: number): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    canvas.width = w;
    canvas.height = h;
    const ctx = canvas.getContext("2d")!;
    const image = ctx.createImageData(w, h);
    const data = new Uint32Array(image.data.buffer);
    const { ground } = this;
    for (let j = 0; j < h; j++) {
      const y = (py + j + 0.5) / scale;
      if (y >= ground.height) break;
      for (let i = 0; i < w; i++) {
        const x = (px + i + 0.5) / scale;
        if (x >= ground.width) break;
        data[j * w + i] = this.pixel(x, y, scale);
      }
    }
    ctx.putImageData(image, 0, 0);
    this.plant(ctx, px / scale, py / scale, (px + w) / scale, (py + h) / scale, scale);
    return canvas;
  }

  private pixel(x: number, y: number, scale: number): number {
    const g = this.ground;
    const at = g.index(x, y);
    let k = at;
    const fine = noiseAt(x * 6, y * 6);
    if (!g.built[k]) k = this.softCell(k, x, y);
    const look = g.look[k]!;
    const base = this.palette.looks[look]!;
    let light = 1 + fine * 0.035 + smoothAt(x * 0.7, y * 0.7) * 0.045;
    switch (look) {
      case LOOK.roof: light *= this.roof(k, x, y, scale); break;
      case LOOK.wall_top: light *= this.wallTop(k, x, y, scale); break;
      case LOOK.wall: light *= this.block(k, x, y, scale); break;
      case LOOK.chimney: light *= this.chimney(x, y); break;
      case LOOK.floor: case LOOK.gate: light *= 1 - (fraction(y / 0.6) < 0.12 && scale > 4 ? 0.1 : 0) + hash(Math.floor(y / 0.6)) * 0.06; break;
      case LOOK.street: light *= scale > 5 ? cobble(x, y) : 1; break;
      case LOOK.field: light *= 1 + 0.07 * Math.sin((x * 0.4 + y) * 3.2); break;
      case LOOK.rubble: case LOOK.rock: light *= 1 + smoothAt(x * 5, y * 5) * 0.13 + fine * 0.04; break;
      case LOOK.water: light *= 1 + 0.05 * Math.sin(y * 2.4 + smoothAt(x * 0.5, y * 0.5) * 4 + x * 0.25) + this.shore(x, y); break;
      case LOOK.forest: light *= 0.97 + fine * 0.05; break;
      case LOOK.brush: light *= 1 - 0.09 * ramp(smoothAt(x * 2.2, y * 2.2), 0.05, 0.4); break;
      case LOOK.grass: light *= 1 - 0.07 * ramp(smoothAt(x * 4, y * 2), 0.2, 0.4); break;
      default: break;
    }
    if (g.sloping[at]) light *= this.slope(x, y);
    if (look !== LOOK.chimney) light *= this.shade(k, x, y);
    const haze = g.hazy[at] ? 0.3 * this.smoke(x, y) : 0;
    return this.colour(base, light, look === LOOK.roof ? g.houses[g.houseOf[k]!]?.tint ?? 0.5 : 0.5, haze);
  }

  /** Of the four cells about a spot, one of the ground that weighs most: borders run smooth, and a little ragged. */
  private softCell(own: number, x: number, y: number): number {
    const g = this.ground;
    const gx = x / g.cell - 0.5;
    const gy = y / g.cell - 0.5;
    const c = Math.max(0, Math.min(g.columns - 2, Math.floor(gx)));
    const r = Math.max(0, Math.min(g.rows - 2, Math.floor(gy)));
    const a = r * g.columns + c;
    const b = a + 1;
    const d = a + g.columns;
    const e = d + 1;
    if (g.columns < 2 || g.rows < 2 || (g.look[a] === g.look[b] && g.look[a] === g.look[d] && g.look[a] === g.look[e])) return own;
    const fx = Math.max(0, Math.min(1, gx - c + noiseAt(x * 3.1 + 40, y * 3.1) * 0.22));
    const fy = Math.max(0, Math.min(1, gy - r + noiseAt(x * 3.1, y * 3.1 + 90) * 0.22));
    const weights = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
    const cells = [a, b, d, e];
    let best = own;
    let most = -1;
    for (let m = 0; m < 4; m++) {
      if (g.built[cells[m]!]) continue;
      let sum = 0;
      for (let n = 0; n < 4; n++) if (g.look[cells[n]!] === g.look[cells[m]!]) sum += weights[n]!;
      if (sum > most) [best, most] = [cells[m]!, sum];
    }
    return best;
  }

  private colour(base: Rgb, light: number, tint: number, haze: number): number {
    const warm = (tint - 0.5) * 0.16;
    let r = base[0] * light * (1 + warm);
    let g = base[1] * light;
    let b = base[2] * light * (1 - warm);
    if (haze) {
      const mean = (r + g + b) / 3;
      r += (mean * 0.9 + 24 - r) * haze;
      g += (mean * 0.9 + 24 - g) * haze;
      b += (mean * 0.9 + 28 - b) * haze;
    }
    return 0xff000000 | (byte(b) << 16) | (byte(g) << 8) | byte(r);
  }

  /** Gables: the side to the light is bright, the other dark, tiles run down both, the edge is inked. */
  private roof(k: number, x: number, y: number, scale: number): number {
    const g = this.ground;
    const house = g.houses[g.houseOf[k]!];
    if (!house) return 1;
    const cx = x / g.cell;
    const cy = y / g.cell;
    const [across, from, to] = house.along ? [cy, house.y0, house.y1] : [cx, house.x0, house.x1];
    const middle = (from + to) / 2;
    let light = across < middle ? 1.1 : 0.86;
    const ridge = Math.abs(across - middle) * g.cell;
    if (ridge < 0.22) light = 1.22;
    const down = (house.along ? y : x) / 0.7;
    if (scale > 2.5 && fraction(down) < 0.2) light *= 0.93;
    if (scale > 7) {
      const row = Math.floor(down);
      if (fraction((house.along ? x : y) / 0.5 + (row & 1) * 0.5) < 0.14) light *= 0.95;
    }
    return light * this.edge(k, x, y, scale, true);
  }

  private wallTop(k: number, x: number, y: number, scale: number): number {
    const near = this.toEdge(k, x, y);
    const battlement = near < 0.55 && fraction((x + y) / 1.6) < 0.55;
    return (battlement ? 1.16 : near < 0.55 ? 0.84 : 1) * this.edge(k, x, y, scale, false);
  }

  /** Solid masses: a rim along the edge, hatching inside. */
  private block(k: number, x: number, y: number, scale: number): number {
    const near = this.toEdge(k, x, y);
    let light = near < 0.45 ? 1.14 : 0.98;
    if (near >= 0.45 && fraction((x + y) / 2.2) < 0.06 + 0.04 / Math.max(scale, 0.5)) light *= 0.93;
    return light * this.edge(k, x, y, scale, false);
  }

  private chimney(x: number, y: number): number {
    const c = this.ground.cell;
    const dx = Math.abs(fraction(x / c) - 0.5) * c;
    const dy = Math.abs(fraction(y / c) - 0.5) * c;
    const d = Math.max(dx, dy);
    return d < 0.22 * c ? 0.35 : d < 0.36 * c ? 1.3 : 0.8;
  }

  /** Distance to the nearest side of the cell beyond which the ground is another [m]. */
  private toEdge(k: number, x: number, y: number): number {
    const g = this.ground;
    const fx = fraction(x / g.cell) * g.cell;
    const fy = fraction(y / g.cell) * g.cell;
    const c = k % g.columns;
    let near = 1e9;
    const look = g.look[k];
    const other = (n: number): boolean => g.look[n] !== look && g.look[n] !== LOOK.chimney;
    if (c > 0 && other(k - 1)) near = Math.min(near, fx);
    if (c < g.columns - 1 && other(k + 1)) near = Math.min(near, g.cell - fx);
    if (k >= g.columns && other(k - g.columns)) near = Math.min(near, fy);
    if (k < g.look.length - g.columns && other(k + g.columns)) near = Math.min(near, g.cell - fy);
    return near;
  }

  private edge(k: number, x: number, y: number, scale: number, house: boolean): number {
    const g = this.ground;
    const line = Math.max(0.16, 0.9 / scale);
    if (this.toEdge(k, x, y) < line) return this.palette.ink;
    if (!house) return 1;
    // between houses of different height
    const fx = fraction(x / g.cell) * g.cell;
    const fy = fraction(y / g.cell) * g.cell;
    const own = g.houseOf[k]!;
    const c = k % g.columns;
    if (c > 0 && fx < line && g.houseOf[k - 1]! >= 0 && g.houseOf[k - 1] !== own) return this.palette.ink + 0.1;
    if (k >= g.columns && fy < line && g.houseOf[k - g.columns]! >= 0 && g.houseOf[k - g.columns] !== own) return this.palette.ink + 0.1;
    return 1;
  }

  private shore(x: number, y: number): number {
    const g = this.ground;
    const d = Math.min(g.cell, 1.2);
    const dry = (dx: number, dy: number): boolean => g.look[g.index(x + dx, y + dy)] !== LOOK.water;
    return dry(d, 0) || dry(-d, 0) || dry(0, d) || dry(0, -d) ? 0.12 : 0;
  }

  /** Light on a slope. */
  private slope(x: number, y: number): number {
    const d = this.ground.cell / 2;
    const dx = this.between(this.ground.level, x + d, y) - this.between(this.ground.level, x - d, y);
    const dy = this.between(this.ground.level, x, y + d) - this.between(this.ground.level, x, y - d);
    const lit = ((dx * LIGHT.x + dy * LIGHT.y) / (2 * d)) * -0.9;
    return 1 - Math.max(-0.35, Math.min(0.35, lit));
  }

  /** A value of cells at a spot, between their middles. */
  private between(values: Float32Array | Uint8Array, x: number, y: number): number {
    const g = this.ground;
    const half = g.cell / 2;
    const fx = fraction(x / g.cell - 0.5);
    const fy = fraction(y / g.cell - 0.5);
    const top = values[g.index(x - half, y - half)]! * (1 - fx) + values[g.index(x + half, y - half)]! * fx;
    const bottom = values[g.index(x - half, y + half)]! * (1 - fx) + values[g.index(x + half, y + half)]! * fx;
    return top + (bottom - top) * fy;
  }

  /** How much of a spot lies in smoke: 0 to 1, without the edges of cells. */
  private smoke(x: number, y: number): number {
    return ramp(this.between(this.ground.smoky, x, y) + smoothAt(x * 0.8, y * 0.8) * 0.25, 0.2, 0.8);
  }

  /** Shade of what stands higher towards the light: from cell to cell along the ray, so that its edges are straight. */
  private shade(k: number, x: number, y: number): number {
    const g = this.ground;
    const own = g.level[k]!;
    let c = Math.floor(x / g.cell);
    let r = Math.floor(y / g.cell);
    // the light comes from the upper left, so the ray only ever goes there
    for (let far = 0; far < 5;) {
      const toLeft = (x - c * g.cell) / -LIGHT.x;
      const toTop = (y - r * g.cell) / -LIGHT.y;
      far = Math.min(toLeft, toTop);
      if (toLeft < toTop) c--;
      else r--;
      if (c < 0 || r < 0) return 1;
      const other = r * g.columns + c;
      if (g.built[other] && (g.level[other]! - own) * SHADE > Math.max(far, 0.2)) return 0.7;
    }
    return 1;
  }

  /** Trees, from the far side to the near. */
  private plant(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number, scale: number): void {
    const g = this.ground;
    const size = Math.max(1, Math.min(3, g.cell / 3));
    const margin = 4 * size;
    const perCell = Math.min(6, Math.max(0.35, (g.cell * g.cell) / (9 * size * size)));
    const c0 = Math.max(0, Math.floor((x0 - margin) / g.cell));
    const c1 = Math.min(g.columns - 1, Math.ceil((x1 + margin) / g.cell));
    const r0 = Math.max(0, Math.floor((y0 - margin) / g.cell));
    const r1 = Math.min(g.rows - 1, Math.ceil((y1 + margin) / g.cell));
    ctx.save();
    ctx.scale(scale, scale);
    ctx.translate(-x0, -y0);
    for (let r = r0; r <= r1; r++) {
      for (let c = c0; c <= c1; c++) {
        const k = r * g.columns + c;
        const bush = g.look[k] === LOOK.brush;
        if (!bush && g.look[k] !== LOOK.forest) continue;
        const count = bush ? BUSHES : Math.floor(perCell + hash(k * 13 + 5));
        for (let n = 0; n < count; n++) {
          const seed = k * 31 + n * 7;
          const radius = (1.5 + hash(seed + 3) * 1.5) * (bush ? 0.3 : size);
          const x = (c + hash(seed)) * g.cell;
          const y = (r + hash(seed + 1)) * g.cell;
          const sprite = this.crowns[Math.floor(hash(seed + 2) * 3)]!;
          ctx.fillStyle = this.palette.crownShade;
          if (radius * scale > 2) {
            ctx.beginPath();
            ctx.ellipse(x - LIGHT.x * radius * 0.45, y - LIGHT.y * radius * 0.45, radius * 0.95, radius * 0.9, 0, 0, 7);
            ctx.fill();
          }
          ctx.drawImage(sprite, x - radius, y - radius, 2 * radius, 2 * radius);
        }
      }
    }
    ctx.restore();
  }
}

function byte(v: number): number {
  return v < 0 ? 0 : v > 255 ? 255 : v | 0;
}

function fraction(v: number): number {
  return v - Math.floor(v);
}

function cobble(x: number, y: number): number {
  const row = Math.floor(y / 0.8);
  const joint = fraction(y / 0.8) < 0.09 || fraction(x / 1.1 + (row & 1) * 0.5) < 0.07;
  return joint ? 0.955 : 1 + (hash(row * 911 + Math.floor(x / 1.1 + (row & 1) * 0.5)) - 0.5) * 0.03;
}

/** The crown of a tree, seen from above. */
function crown({ crown, crownLight }: Palette, variant: number): HTMLCanvasElement {
  const size = 64;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const ctx = canvas.getContext("2d")!;
  const mid = size / 2;
  const lobes = 7 + variant * 2;
  const outline = new Path2D();
  for (let k = 0; k <= lobes * 8; k++) {
    const a = (k / (lobes * 8)) * Math.PI * 2;
    const r = mid * (0.82 + 0.1 * Math.sin(a * lobes + variant) + 0.06 * Math.sin(a * 3 + variant * 2));
    outline.lineTo(mid + Math.cos(a) * r, mid + Math.sin(a) * r);
  }
  const [r, g, b] = crown.map((v, k) => v + (variant - 1) * (k === 0 ? 9 : 6));
  const glow = ctx.createRadialGradient(mid * 0.7, mid * 0.68, 2, mid, mid, mid);
  glow.addColorStop(0, `rgb(${crownLight.join(" ")})`);
  glow.addColorStop(0.65, `rgb(${r} ${g} ${b})`);
  glow.addColorStop(1, `rgb(${r! * 0.72} ${g! * 0.72} ${b! * 0.75})`);
  ctx.fillStyle = glow;
  ctx.fill(outline);
  ctx.globalAlpha = 0.3;
  ctx.fillStyle = `rgb(${crownLight.join(" ")})`;
  for (let k = 0; k < 9; k++) {
    const a = hash(k + variant * 50) * 6.3;
    const d = hash(k + 90 + variant) * mid * 0.55;
    ctx.beginPath();
    ctx.arc(mid * 0.92 + Math.cos(a) * d, mid * 0.9 + Math.sin(a) * d, 3 + hash(k + 7) * 4, 0, 7);
    ctx.fill();
  }
  return canvas;
}
