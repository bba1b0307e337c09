// One recorded world: the truth, from which `knowledge.ts` takes what a pair of eyes may see.
import type { Grid } from "./pack";
import type { ChangeData, ScenarioData, StateName, WorldData, WorldEntry } from "./types";

/** Values that change seldom: frames [ticks] ascending, and what holds from each of them on. */
export interface Steps { frames: Int32Array; values: Int32Array }

/** Index of the last entry of `sorted` that is not above `x`; -1 when there is none. */
export function lastUpTo(sorted: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The value in force at a tick. */
export function valueAt(steps: Steps, tick: number): number {
  const k = lastUpTo(steps.frames, tick);
  return k < 0 ? -1 : steps.values[k]!;
}

function columnsOf({ count, frame, value }: ChangeData): Steps[] {
  const out: Steps[] = [];
  let from = 0;
  for (const n of count.values) {
    out.push({ frames: frame.values.subarray(from, from + n), values: value.values.subarray(from, from + n) });
    from += n;
  }
  return out;
}

export interface WorldEvent {
  index: number; tick: number; time: number; kind: string; actor: number; target: number; item: number; value: number | null;
  x: number; y: number;
}
export interface Belief { person: number; entity: number; tick: number; x: number; y: number; time: number; how: number }
export interface Interval { person: number; entity: number; from: number; to: number }
export interface Ward { tick: number; x1: number; y1: number; x2: number; y2: number; until: number; owner: number }
export interface Mark { tick: number; x: number; y: number; until: number; reach: number; owner: number }
export interface Print { person: number; owner: number; tick: number; x: number; y: number; laid: number }

export class World {
  readonly dt: number;
  readonly people: number;
  readonly bodies: number;
  readonly frames: number;
  readonly states: Record<StateName, Steps[]>;
  readonly events: WorldEvent[];
  readonly sights: Interval[];
  readonly beliefs: Belief[];
  readonly stagesKnown: { person: number; payload: number; tick: number; stage: number }[];
  readonly sign: Print[];
  readonly wards: Ward[];
  readonly marks: Mark[];
  readonly marksRead: { tick: number; person: number; mark: number }[];

  constructor(
    readonly scenario: ScenarioData,
    readonly entry: WorldEntry,
    readonly data: WorldData,
  ) {
    this.dt = scenario.dt;
    this.people = scenario.people.length;
    this.bodies = this.people + scenario.payloads.length;
    this.frames = data.x.shape[0]!;
    this.states = Object.fromEntries(
      Object.entries(data.states).map(([name, changes]) => [name, columnsOf(changes)]),
    ) as Record<StateName, Steps[]>;
    this.events = this.readEvents();
    const every = data.every;
    const place = data.place;
    this.sights = rows(data.sees, (r) => ({ person: r[0]!, entity: r[1]!, from: r[2]!, to: r[3]! }));
    this.beliefs = table(data.beliefs, (r) => ({
      tick: r[0]! * every, person: r[1]!, entity: r[2]!, x: r[3]! * place, y: r[4]! * place, time: r[5]! * 0.1, how: r[6]!,
    }));
    this.stagesKnown = table(data.stages, (r) => ({ tick: r[0]! * every, person: r[1]!, payload: r[2]!, stage: r[3]! }));
    this.sign = table(data.sign, (r) => ({
      tick: r[0]! * every, person: r[1]!, owner: r[2]!, x: r[3]! * place, y: r[4]! * place, laid: r[5]! * 0.1,
    }));
    this.wards = table(data.wards, (r) => ({
      tick: r[0]!, x1: r[1]! * place, y1: r[2]! * place, x2: r[3]! * place, y2: r[4]! * place, until: r[5]! * 0.1, owner: r[6]!,
    }));
    this.marks = table(data.marks, (r) => ({
      tick: r[0]!, x: r[1]! * place, y: r[2]! * place, until: r[3]! * 0.1, reach: r[4]! * 0.1, owner: r[5]!,
    }));
    this.marksRead = table(data.marks_read, (r) => ({ tick: r[0]!, person: r[1]!, mark: r[2]! }));
  }

  get duration(): number {
    return this.data.ticks * this.dt;
  }

  /** Tick of a frame that is kept; the last frame is the end. */
  frameTick(frame: number): number {
    return Math.min(frame * this.data.stride, this.data.ticks);
  }

  private readEvents(): WorldEvent[] {
    const e = this.data.events;
    const kinds = this.scenario.words.events;
    return Array.from(e.tick.values, (tick, index) => ({
      index, tick, time: tick * this.dt, kind: kinds[e.kind.values[index]!] ?? "unknown", actor: e.actor.values[index]!,
      target: e.target.values[index]!, item: e.item.values[index]!, value: e.value.values[index]! * 0.01,
      x: e.x.values[index]! * 0.1, y: e.y.values[index]! * 0.1,
    }));
  }

  /** Name of an event's item, such as a technique's; empty when it has none. */
  itemName(kind: string, item: number): string {
    if (item < 0) return "";
    const s = this.scenario;
    switch (s.words.items[kind]) {
      case "technique": return words(s.techniques[item]?.name);
      case "order": return words(s.words.orders[item]);
      case "payload": return s.payloads[item]?.title ?? "";
      case "outcome": return words(s.outcomes[item]?.name);
      case "crowd": return words(s.crowds[item]);
      case "stage": return words(s.payloads.length === 1 ? s.payloads[0]!.stages[item] : s.payloads.flatMap((p) => p.stages)[item]);
      default: return "";
    }
  }
}

/** A name as a reader wants it. */
export function words(name: string | undefined): string {
  return (name ?? "").replaceAll("_", " ");
}

function rows<T>(grid: Grid, make: (row: Int32Array) => T): T[] {
  const width = grid.row;
  return Array.from({ length: grid.shape[0]! }, (_, k) => make(grid.values.subarray(k * width, (k + 1) * width)));
}

function table<T>(columns: Grid[], make: (row: number[]) => T): T[] {
  return Array.from({ length: columns[0]?.values.length ?? 0 }, (_, k) => make(columns.map((c) => c.values[k]!)));
}
