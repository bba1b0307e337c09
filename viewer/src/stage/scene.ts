// What every part of the picture is drawn from.
import type { KnownBody, Knowledge, Spot } from "../data/knowledge";
import { believedAt, seenAt } from "../data/knowledge";
import type { ScenarioData } from "../data/types";
import { valueAt } from "../data/world";
import type { Ground } from "../map/ground";
import type { Mood } from "../map/palette";
import type { Camera } from "./camera";
import type { LabelSides } from "./labels";

export interface Scene {
  ctx: CanvasRenderingContext2D;
  camera: Camera;
  ground: Ground;
  scenario: ScenarioData;
  k: Knowledge;
  time: number;
  tick: number;
  mood: Mood;
  calm: boolean;
  follow: number;
  hover: number;
  labelSides: LabelSides;
}

export type Certainty = "seen" | "believed";

/** A body as these eyes have it at a moment. */
export interface Sighted {
  body: KnownBody;
  x: number;
  y: number;
  z: number;
  certainty: Certainty;
  /** Age of the knowledge [s]. */
  age: number;
  /** Source of a belief, as an index of the scenario's words; -1 for what is in sight. */
  how: number;
  mode: string;
}

const spot: Spot = { x: 0, y: 0, z: 0 };

/** All bodies that are known of at a moment, those out of sight first, so that they are drawn below. */
export function sightings(k: Knowledge, scenario: ScenarioData, time: number): Sighted[] {
  const tick = Math.floor(time / k.dt + 1e-6);
  const out: Sighted[] = [];
  for (const body of k.bodies) {
    if (body.since > tick) continue;
    const at = seenAt(k, body, time, spot);
    if (at) {
      const mode = scenario.words.modes[valueAt(body.states.mode ?? EMPTY, tick)] ?? "feet";
      out.push({ body, x: at.x, y: at.y, z: at.z, certainty: "seen", age: 0, how: -1, mode });
      continue;
    }
    const held = believedAt(k, body, time) ?? lastSeen(k, body, tick);
    if (held && !body.own) out.push({ body, x: held.x, y: held.y, z: 0, certainty: "believed", age: Math.max(0, time - held.time), how: held.how, mode: "feet" });
  }
  return out.sort((a, b) => (a.certainty === b.certainty ? 0 : a.certainty === "believed" ? -1 : 1));
}

const EMPTY = { frames: new Int32Array(0), values: new Int32Array(0) };

function lastSeen(k: Knowledge, body: KnownBody, tick: number): { x: number; y: number; time: number; how: number } | null {
  const last = body.seen.findLast((s) => s.to <= tick);
  if (!last) return null;
  const f = Math.max(0, Math.ceil(last.to / k.stride) - 1);
  const x = body.x[f]!;
  return Number.isNaN(x) ? null : { x, y: body.y[f]!, time: last.to * k.dt, how: 2 };
}

/** The moment's entry of something sampled, between samples. */
export function levelAt(k: Knowledge, values: Float32Array | undefined, time: number): number {
  if (!values?.length) return 0;
  const f = Math.max(0, Math.min(time / (k.every * k.dt), values.length - 1));
  const a = Math.floor(f);
  const b = Math.min(a + 1, values.length - 1);
  return values[a]! + (values[b]! - values[a]!) * (f - a);
}

export function modeName(scenario: ScenarioData, body: KnownBody, tick: number): string {
  return scenario.words.modes[valueAt(body.states.mode ?? EMPTY, tick)] ?? "";
}
