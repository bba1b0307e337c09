// Where the picture looks: metres to pixels, panned, zoomed, or moving along by itself.
export interface Box { x0: number; y0: number; x1: number; y1: number }

export class Camera {
  x = 0;
  y = 0;
  /** Pixels per metre. */
  scale = 4;
  /** Set by hand: it no longer frames by itself. */
  free = false;
  /** Zoom set by hand while following. */
  zoomed = false;
  private settled = false;

  constructor(
    public width: number,
    public height: number,
  ) {}

  sx(x: number): number {
    return (x - this.x) * this.scale + this.width / 2;
  }
  sy(y: number): number {
    return (y - this.y) * this.scale + this.height / 2;
  }
  wx(sx: number): number {
    return (sx - this.width / 2) / this.scale + this.x;
  }
  wy(sy: number): number {
    return (sy - this.height / 2) / this.scale + this.y;
  }

  view(): Box {
    return { x0: this.wx(0), y0: this.wy(0), x1: this.wx(this.width), y1: this.wy(this.height) };
  }

  pan(dx: number, dy: number): void {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.free = true;
  }

  zoom(factor: number, sx: number, sy: number, keep: boolean): void {
    const x = this.wx(sx);
    const y = this.wy(sy);
    this.scale = Math.max(0.15, Math.min(60, this.scale * factor));
    this.zoomed = true;
    if (keep) return;
    this.x += x - this.wx(sx);
    this.y += y - this.wy(sy);
    this.free = true;
  }

  reset(): void {
    this.free = this.zoomed = this.settled = false;
  }

  /** Moves a step towards a box; `instant` goes there at once. Returns whether it is still under way. */
  towards(box: Box, instant: boolean, limit: Box): boolean {
    const margin = 1.18;
    const wide = Math.max(box.x1 - box.x0, 24) * margin;
    const high = Math.max(box.y1 - box.y0, 14) * margin;
    const scale = this.zoomed ? this.scale : Math.max(0.2, Math.min(this.width / wide, this.height / high, 26));
    let x = (box.x0 + box.x1) / 2;
    let y = (box.y0 + box.y1) / 2;
    // no more of the void than needed
    const hw = this.width / scale / 2;
    const hh = this.height / scale / 2;
    x = limit.x1 - limit.x0 < 2 * hw ? (limit.x0 + limit.x1) / 2 : Math.max(limit.x0 + hw, Math.min(limit.x1 - hw, x));
    y = limit.y1 - limit.y0 < 2 * hh ? (limit.y0 + limit.y1) / 2 : Math.max(limit.y0 + hh, Math.min(limit.y1 - hh, y));
    const part = instant || !this.settled ? 1 : 0.12;
    this.settled = true;
    this.x += (x - this.x) * part;
    this.y += (y - this.y) * part;
    this.scale *= (scale / this.scale) ** part;
    return Math.abs(x - this.x) * this.scale > 0.5 || Math.abs(y - this.y) * this.scale > 0.5 || Math.abs(scale / this.scale - 1) > 0.005;
  }
}
