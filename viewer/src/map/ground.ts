// The ground, sorted into what a person would draw: soft ground with ragged edges, things built with straight ones, trees.
import type { GroundData } from "../data/types";

export const LOOKS = [
  "street", "path", "dirt", "grass", "field", "sand", "mud", "rubble", "water", "floor", "gate", "forest", "brush",
  "roof", "wall_top", "wall", "chimney", "rock",
] as const;
export type Look = (typeof LOOKS)[number];
const BUILT = new Set<Look>(["roof", "wall_top", "wall", "chimney", "gate", "floor"]);

/** How a ground type that a scenario names is drawn. */
export function lookOf(name: string, passable: boolean, cover: number): Look {
  const bare = name.split(" in ")[0]!.toLowerCase();
  const exact = LOOKS.find((look) => look === bare);
  if (exact) return exact;
  const hints: [RegExp, Look][] = [
    [/water|brook|river|stream|lake|pond|ford|sea/, "water"], [/tree|wood|forest|grove/, "forest"], [/bush|brush|hedge|scrub|reed/, "brush"],
    [/roof/, "roof"], [/wall/, "wall"], [/road|street|pav|cobble/, "street"], [/path|lane|track|trail/, "path"], [/sand|beach|dune/, "sand"],
    [/mud|swamp|bog|marsh/, "mud"], [/field|crop|plough/, "field"], [/rubble|debris|scree/, "rubble"], [/rock|cliff|stone/, "rock"],
    [/floor|deck|plank|bridge/, "floor"], [/grass|meadow|lawn/, "grass"],
  ];
  for (const [pattern, look] of hints) if (pattern.test(bare)) return look;
  if (!passable) return "rock";
  return cover > 0.03 ? "brush" : cover > 0.005 ? "forest" : "dirt";
}

export interface House { x0: number; y0: number; x1: number; y1: number; cells: number; tint: number; along: boolean }

export class Ground {
  readonly cell: number;
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
  readonly height: number;
  /** Index into `LOOKS` by cell, row by row. */
  readonly look: Uint8Array;
  readonly built: Uint8Array;
  readonly smoky: Uint8Array;
  /** Whether a cell, or one beside it, lies in smoke. */
  readonly hazy: Uint8Array;
  /** Whether a cell is bare ground on a slope: no other about it is built, and they are not all as high. */
  readonly sloping: Uint8Array;
  /** Height of the surface [m]. */
  readonly level: Float32Array;
  readonly cover: Float32Array;
  readonly screen: Float32Array;
  /** House of a roof's cell, -1 elsewhere. */
  readonly houseOf: Int32Array;
  readonly houses: House[] = [];

  constructor(readonly data: GroundData) {
    const { rows, columns, cell } = data;
    this.cell = cell;
    this.rows = rows;
    this.columns = columns;
    this.width = columns * cell;
    this.height = rows * cell;
    const n = rows * columns;
    const looks = data.grounds.map((g) => LOOKS.indexOf(lookOf(g.name, g.passable, g.cover)));
    const smoke = data.grounds.map((g) => (g.name.includes(" in ") ? 1 : 0));
    this.look = new Uint8Array(n);
    this.built = new Uint8Array(n);
    this.smoky = new Uint8Array(n);
    this.level = new Float32Array(n);
    this.cover = new Float32Array(n);
    this.screen = new Float32Array(n);
    for (let c = 0; c < columns; c++) {
      for (let r = 0; r < rows; r++) {
        const k = r * columns + c;
        const kind = data.ground.values[c * rows + r]!;
        this.look[k] = looks[kind]!;
        this.built[k] = BUILT.has(LOOKS[looks[kind]!]!) ? 1 : 0;
        this.smoky[k] = smoke[kind]!;
        this.level[k] = data.height.values[c * rows + r]! * data.height_step;
        this.cover[k] = data.grounds[kind]!.cover;
        this.screen[k] = data.grounds[kind]!.screen;
      }
    }
    this.hazy = this.about((cells) => cells.some((k) => this.smoky[k]));
    this.sloping = this.about((cells) => cells.every((k) => !this.built[k]) && cells.some((k) => this.level[k] !== this.level[cells[0]!]));
    this.houseOf = new Int32Array(n).fill(-1);
    this.findHouses();
  }

  /** By cell, whether something holds of it and the cells about it. */
  private about(holds: (cells: number[]) => boolean): Uint8Array {
    const out = new Uint8Array(this.rows * this.columns);
    const near = (v: number, count: number): number[] => [v - 1, v, v + 1].filter((n) => n >= 0 && n < count);
    for (let r = 0; r < this.rows; r++) {
      const rows = near(r, this.rows);
      for (let c = 0; c < this.columns; c++) {
        const columns = near(c, this.columns);
        out[r * this.columns + c] = holds(rows.flatMap((row) => columns.map((column) => row * this.columns + column))) ? 1 : 0;
      }
    }
    return out;
  }

  index(x: number, y: number): number {
    const c = Math.max(0, Math.min(this.columns - 1, Math.floor(x / this.cell)));
    const r = Math.max(0, Math.min(this.rows - 1, Math.floor(y / this.cell)));
    return r * this.columns + c;
  }

  levelAt(x: number, y: number): number {
    return this.level[this.index(x, y)]!;
  }

  /** Roof cells of one height that touch are a house. */
  private findHouses(): void {
    const roof = LOOKS.indexOf("roof");
    const chimney = LOOKS.indexOf("chimney");
    const stack: number[] = [];
    for (let k = 0; k < this.look.length; k++) {
      if (this.look[k] !== roof || this.houseOf[k]! >= 0) continue;
      const id = this.houses.length;
      const house: House = { x0: 1e9, y0: 1e9, x1: -1, y1: -1, cells: 0, tint: hash(id + 17), along: true };
      stack.push(k);
      this.houseOf[k] = id;
      while (stack.length) {
        const at = stack.pop()!;
        const c = at % this.columns;
        const r = (at - c) / this.columns;
        house.cells++;
        house.x0 = Math.min(house.x0, c);
        house.x1 = Math.max(house.x1, c + 1);
        house.y0 = Math.min(house.y0, r);
        house.y1 = Math.max(house.y1, r + 1);
        for (const [dc, dr] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
          const nc = c + dc;
          const nr = r + dr;
          if (nc < 0 || nr < 0 || nc >= this.columns || nr >= this.rows) continue;
          const next = nr * this.columns + nc;
          const same = this.look[next] === chimney || (this.look[next] === roof && Math.abs(this.level[next]! - this.level[at]!) < 0.3);
          if (!same || this.houseOf[next]! >= 0) continue;
          this.houseOf[next] = id;
          stack.push(next);
        }
      }
      house.along = house.x1 - house.x0 >= house.y1 - house.y0;
      this.houses.push(house);
    }
  }
}

/** A number in [0, 1) that is always the same for `n`. */
export function hash(n: number): number {
  let x = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 4294967296;
}
