// What a pair of eyes may know of a world, built once and held apart: panels, drawing, search and the address see nothing
// else. Truth sees all; a person sees what was in its sight while it was, and beyond that only what it believed, with the
// time and the source of the belief; a side sees what any of its people do.
import { filterEvents, type KnownEvent } from "./perception";
import type { LevelName, StateName, WorldData } from "./types";
import { type Belief, type Interval, lastUpTo, type Mark, type Print, type Steps, type Ward, type World } from "./world";

export type Eyes = { kind: "truth" } | { kind: "side"; side: number } | { kind: "person"; person: number };

export interface KnownBody {
  index: number;
  name: string;
  title: string;
  side: number;
  payload: boolean;
  /** One of those whose eyes these are: its inner state is open. */
  own: boolean;
  /** Tick from which anything is known of it. */
  since: number;
  /** Ticks in sight: from, and first tick no longer. */
  seen: { from: number; to: number }[];
  /** Metres by frame; NaN while out of sight. */
  x: Float32Array;
  y: Float32Array;
  z: Float32Array;
  /** What was believed while it was out of sight. */
  beliefs: Belief[];
  states: Partial<Record<StateName, Steps>>;
  levels: Partial<Record<LevelName, Float32Array>>;
  /** Stage of a payload, as known. */
  stages: Steps | null;
  /** Own people only: range of sight and height of the eyes [m]. */
  sight: number;
  eye: number;
  /** By stage of a payload: how far its presence is felt [m]; empty unless the eyes are the truth's. */
  presence: number[];
}

export interface GapLine { times: Float64Array; values: Float64Array; unit: "s" | "m"; label: string }

export interface Knowledge {
  eyes: Eyes;
  members: number[];
  dt: number;
  ticks: number;
  stride: number;
  every: number;
  bodies: KnownBody[];
  events: KnownEvent[];
  wards: (Ward & { known: number })[];
  marks: (Mark & { known: number })[];
  prints: Print[];
  hearings: Belief[];
  /** Pedestrians are drawn where these eyes see them. */
  crowd: WorldData["crowd"];
  gap: GapLine | null;
}

const NOTHING: Steps = { frames: new Int32Array(0), values: new Int32Array(0) };
const OUTWARD: StateName[] = ["mode", "held_by", "carries", "phase", "technique", "against"];
const INWARD: StateName[] = ["order", "target"];
const LEVELS: LevelName[] = ["reserve", "power", "wound", "felt"];
export const AWAY = 0;

/** Those whose eyes these are. */
export function membersOf(world: World, eyes: Eyes): number[] {
  const all = world.scenario.people.map((_, i) => i);
  if (eyes.kind === "truth") return all;
  return eyes.kind === "person" ? [eyes.person] : all.filter((i) => world.scenario.people[i]!.side === eyes.side);
}

/** Everything a pair of eyes may know of a world. */
export function knowledgeOf(world: World, eyes: Eyes): Knowledge {
  const members = membersOf(world, eyes);
  const truth = eyes.kind === "truth";
  const mine = new Set(members);
  const sights = truth ? [] : world.sights.filter((s) => mine.has(s.person));
  const beliefs = truth ? [] : world.beliefs.filter((b) => mine.has(b.person));
  const bodies: KnownBody[] = [];
  for (let e = 0; e < world.bodies; e++) {
    const body = knownBody(world, e, truth, mine, sights, beliefs);
    if (body) bodies.push(body);
  }
  hideStrangers(bodies);
  const since = new Map(bodies.map((b) => [b.index, b.since]));
  // a frame shows the state before its tick: what a tick brings is known in the next
  const inSight = (e: number, tick: number): boolean =>
    truth || mine.has(e) || bodies.some((b) => b.index === e && b.seen.some((s) => tick + 1 >= s.from && tick <= s.to));
  const knows = (e: number, tick: number): boolean => truth || (since.get(e) ?? Infinity) <= tick + 1;
  const own = bodies.filter((b) => b.own);
  const knowledge: Knowledge = {
    eyes, members, dt: world.dt, ticks: world.data.ticks, stride: world.data.stride, every: world.data.every, bodies,
    events: filterEvents(world, { truth, mine, inSight, knows, sample: world.data.every, near: (x, y, tick, reach) => isNear(world, own, x, y, tick, reach) }),
    wards: world.wards.flatMap((w) => {
      const known = truth || mine.has(w.owner) || inSight(w.owner, w.tick) ? w.tick : metAt(world, own, w);
      return known === null ? [] : [{ ...w, owner: knows(w.owner, known) ? w.owner : -1, known }];
    }),
    marks: world.marks.flatMap((m, k) => {
      const read = world.marksRead.find((r) => mine.has(r.person) && r.mark === k);
      const known = truth || mine.has(m.owner) || inSight(m.owner, m.tick) ? m.tick : read?.tick;
      return known === undefined ? [] : [{ ...m, owner: knows(m.owner, known) ? m.owner : -1, known }];
    }),
    prints: world.sign.filter((p) => mine.has(p.person)).map((p) => (knows(p.owner, p.tick) ? p : { ...p, owner: -1 })),
    hearings: truth ? [] : beliefs.filter((b) => world.scenario.words.sources[b.how] === "heard" && knows(b.entity, b.tick)),
    crowd: world.data.crowd,
    gap: null,
  };
  knowledge.gap = gapOf(world, knowledge);
  return knowledge;
}

function knownBody(
  world: World, e: number, truth: boolean, mine: Set<number>, sights: Interval[], beliefs: Belief[],
): KnownBody | null {
  const { scenario, data } = world;
  const payload = e >= world.people;
  const own = !payload && mine.has(e);
  const whole = truth || own;
  const last = data.ticks + 1;
  const intervals = whole ? [{ from: 0, to: last }] : merged(sights.filter((s) => s.entity === e));
  const held = whole ? [] : freshest(beliefs.filter((b) => b.entity === e));
  if (!intervals.length && !held.length) return null;
  const since = Math.min(intervals[0]?.from ?? Infinity, held[0]?.tick ?? Infinity);
  const mode = payload ? NOTHING : world.states.mode[e]!;
  const frames = world.frames;
  const x = new Float32Array(frames).fill(NaN);
  const y = new Float32Array(frames).fill(NaN);
  const z = new Float32Array(frames);
  for (const { from, to } of intervals) {
    for (let f = Math.ceil(from / data.stride); f < frames && world.frameTick(f) < to; f++) {
      x[f] = data.x.values[f * world.bodies + e]! * data.place;
      y[f] = data.y.values[f * world.bodies + e]! * data.place;
      if (!payload) z[f] = data.z.values[f * world.people + e]! * scenario.map.height_step;
    }
  }
  // nobody is there before entering; who enters with the first tick is there from the start
  const atOnce = whole && mode.values[0] === AWAY && mode.frames[1] === 1;
  for (let k = atOnce ? 1 : 0; k < mode.frames.length; k++) {
    if (mode.values[k] !== AWAY) continue;
    const until = mode.frames[k + 1] ?? last;
    for (let f = Math.ceil(mode.frames[k]! / data.stride); f < frames && world.frameTick(f) < until; f++) x[f] = y[f] = NaN;
  }
  if (atOnce && frames > 1) [x[0], y[0], z[0]] = [x[1]!, y[1]!, z[1]!];
  const states: KnownBody["states"] = {};
  const levels: KnownBody["levels"] = {};
  if (!payload) {
    for (const name of whole ? [...OUTWARD, ...INWARD] : OUTWARD) {
      const steps = world.states[name][e]!;
      states[name] = whole ? steps : clipped(steps, intervals);
      if (atOnce && name === "mode") states.mode = { frames: steps.frames.with(1, 0), values: steps.values };
    }
    if (whole) {
      for (const name of LEVELS) {
        const grid = data.levels[name];
        levels[name] = Float32Array.from({ length: grid.shape[0]! }, (_, k) => grid.values[k * grid.row + e]! * 0.005);
      }
    }
  }
  const source = payload ? scenario.payloads[e - world.people]! : scenario.people[e]!;
  return {
    index: e, name: source.name, title: source.title, side: source.side, payload, own, since, seen: intervals, x, y, z,
    beliefs: held, states, levels, stages: payload ? stagesOf(world, e - world.people, truth, mine) : null,
    sight: own ? data.body.sight.values[e]! * 0.01 : 0, eye: own ? data.body.eye.values[e]! * 0.01 : 0,
    presence: truth && payload ? data.phases[e - world.people]!.map((p) => p.presence) : [],
  };
}

function stagesOf(world: World, payload: number, truth: boolean, mine: Set<number>): Steps {
  if (truth) return world.states.stage[payload]!;
  const frames: number[] = [];
  const values: number[] = [];
  for (const s of world.stagesKnown) {
    if (s.payload !== payload || !mine.has(s.person) || s.stage <= (values.at(-1) ?? -1)) continue;
    frames.push(s.tick);
    values.push(s.stage);
  }
  return { frames: Int32Array.from(frames), values: Int32Array.from(values) };
}

/** Overlapping intervals made one. */
function merged(sights: Interval[]): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = [];
  for (const { from, to } of [...sights].sort((a, b) => a.from - b.from)) {
    const before = out.at(-1);
    if (before && from <= before.to) before.to = Math.max(before.to, to);
    else out.push({ from, to });
  }
  return out;
}

/** Of what several people believe, what is news when it comes. */
function freshest(beliefs: Belief[]): Belief[] {
  let newest = -Infinity;
  return [...beliefs]
    .sort((a, b) => a.tick - b.tick || a.time - b.time)
    .filter((b) => (b.time >= newest ? ((newest = b.time), true) : false));
}

/** Steps that hold only within intervals, and -1 outside of them. */
function clipped(steps: Steps, intervals: { from: number; to: number }[]): Steps {
  const frames: number[] = [];
  const values: number[] = [];
  for (const { from, to } of intervals) {
    let k = lastUpTo(steps.frames, from);
    frames.push(from);
    values.push(k < 0 ? -1 : steps.values[k]!);
    for (k++; k < steps.frames.length && steps.frames[k]! < to; k++) {
      frames.push(steps.frames[k]!);
      values.push(steps.values[k]!);
    }
    frames.push(to);
    values.push(-1);
  }
  return { frames: Int32Array.from(frames), values: Int32Array.from(values) };
}

/** Takes out whom another is busy with, where that one is not known. */
function hideStrangers(bodies: KnownBody[]): void {
  const known = new Set(bodies.map((b) => b.index));
  for (const body of bodies) {
    for (const name of ["against", "held_by", "target"] as const) {
      const steps = body.states[name];
      if (!steps?.values.some((v) => v >= 0 && !known.has(v))) continue;
      body.states[name] = { frames: steps.frames, values: steps.values.map((v) => (v >= 0 && !known.has(v) ? -1 : v)) };
    }
  }
}

export interface Spot { x: number; y: number; z: number }

/** Where a body is seen at a time [s], between frames; null while it is out of sight. */
export function seenAt(k: Knowledge, body: KnownBody, time: number, out: Spot): Spot | null {
  const f = Math.max(0, Math.min(time / (k.dt * k.stride), body.x.length - 1));
  const a = Math.floor(f);
  const b = Math.min(a + 1, body.x.length - 1);
  const xa = body.x[a]!;
  if (Number.isNaN(xa)) return null;
  const xb = body.x[b]!;
  const part = Number.isNaN(xb) ? 0 : f - a;
  out.x = xa + (part ? (xb - xa) * part : 0);
  out.y = body.y[a]! + (part ? (body.y[b]! - body.y[a]!) * part : 0);
  out.z = body.z[a]! + (part ? (body.z[b]! - body.z[a]!) * part : 0);
  return out;
}

/** What is believed of a body that is out of sight. */
export function believedAt(k: Knowledge, body: KnownBody, time: number): Belief | null {
  const tick = Math.floor(time / k.dt + 1e-6);
  let low = 0;
  let high = body.beliefs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (body.beliefs[middle]!.tick <= tick) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? body.beliefs[low - 1]! : null;
}

const spot: Spot = { x: 0, y: 0, z: 0 };

function isNear(world: World, own: KnownBody[], x: number, y: number, tick: number, reach: number): boolean {
  const f = Math.min(Math.round(tick / world.data.stride), world.frames - 1);
  return own.some((b) => Math.hypot(b.x[f]! - x, b.y[f]! - y) <= reach);
}

/** When somebody comes near a ward that was set unseen. */
function metAt(world: World, own: KnownBody[], w: Ward): number | null {
  const step = Math.max(1, Math.round(world.data.every / world.data.stride));
  for (let f = Math.ceil(w.tick / world.data.stride); f < world.frames; f += step) {
    const tick = world.frameTick(f);
    if (tick * world.dt > w.until) return null;
    if (isNear(world, own, (w.x1 + w.x2) / 2, (w.y1 + w.y2) / 2, tick, 12)) return tick;
  }
  return null;
}

function gapOf(world: World, k: Knowledge): GapLine | null {
  const gap = world.data.gap;
  const samples = Math.floor(world.data.ticks / world.data.every) + 1;
  const times = Float64Array.from({ length: samples }, (_, n) => n * world.data.every * world.dt);
  if (k.eyes.kind === "truth" && gap) {
    const values = Float64Array.from(times, (_, n) => (gap.who.values[n]! < 0 ? NaN : gap.seconds.values[n]! * 0.1));
    return { times, values, unit: "s", label: "gap of the nearest pursuer" };
  }
  const side = world.scenario.people[k.members[0]!]!.side;
  const load = k.bodies.find((b) => b.payload);
  const chase = load && world.scenario.payloads[load.index - world.people]!.side !== side;
  const wanted = chase ? [load] : k.bodies.filter((b) => !b.payload && b.side !== side);
  if (!wanted.length) return null;
  const own = k.bodies.filter((b) => b.own && (k.eyes.kind !== "truth" || b.side === side));
  const values = Float64Array.from(times, (time) => {
    let best = Infinity;
    for (const body of wanted) {
      const at = seenAt(k, body, time, { x: 0, y: 0, z: 0 }) ?? believedAt(k, body, time);
      if (!at) continue;
      for (const o of own) if (seenAt(k, o, time, spot)) best = Math.min(best, Math.hypot(spot.x - at.x, spot.y - at.y));
    }
    return best === Infinity ? NaN : best;
  });
  const believed = k.eyes.kind === "truth" ? "" : ", as believed";
  return { times, values, unit: "m", label: chase ? `way to ${load.title}${believed}` : `nearest enemy${believed}` };
}
