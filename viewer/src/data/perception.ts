// Which events a pair of eyes gets to know, and how much of each.
import type { World, WorldEvent } from "./world";

export interface KnownEvent extends WorldEvent {
  /** Name of the technique, order, stage …; empty where there is none, or it is not known. */
  what: string;
}

export interface Senses {
  truth: boolean;
  mine: Set<number>;
  inSight: (entity: number, tick: number) => boolean;
  knows: (entity: number, tick: number) => boolean;
  near: (x: number, y: number, tick: number, reach: number) => boolean;
  /** Ticks between two samples of what is believed: what somebody finds out is a belief by the next. */
  sample: number;
}

/** Goes on in the actor alone. */
const INNER = new Set([
  "order", "sight", "lose_sight", "anticipate", "exhausted", "trail_found", "trail_lost", "hear", "feel", "read_sign",
  "identify", "falter", "reluctant", "told", "noise", "overpowered", "steady", "ward_detour", "read_mark",
]);
/** Reaches its target even when that one does not see the actor. */
const FELT = new Set(["push", "cut", "strike", "pin", "release", "missile_hit", "taunt", "shout", "bid", "brace", "missile_stopped"]);
const EARSHOT = 40;

/** The events that these senses get to know, in order; what of them they do not know is left out. */
export function filterEvents(world: World, s: Senses): KnownEvent[] {
  const out: KnownEvent[] = [];
  for (const e of world.events) {
    const known = s.truth ? e : perceived(e, s);
    if (known) out.push({ ...known, what: world.itemName(known.kind, known.item) });
  }
  if (!s.truth) {
    out.push(...learnt(world, s));
    out.sort((a, b) => a.tick - b.tick || a.index - b.index);
  }
  return out;
}

function perceived(e: WorldEvent, s: Senses): WorldEvent | null {
  if (e.kind === "end") return { ...e, item: -1, value: null };
  if (e.kind === "stage") return null; // told by when each learns of it
  const by = e.tick + (s.mine.has(e.actor) ? s.sample : 0);
  const target = e.target >= 0 && (s.mine.has(e.target) || s.knows(e.target, by)) ? e.target : -1;
  if (s.mine.has(e.actor)) return { ...e, target };
  if (INNER.has(e.kind)) return null;
  if (e.actor < 0) return s.near(e.x, e.y, e.tick, EARSHOT) ? { ...e, target } : null;
  const seen = s.inSight(e.actor, e.tick);
  const felt = s.mine.has(e.target) && FELT.has(e.kind);
  if (!seen && !felt) return null;
  // a technique that only the blow tells of, and how much time is left, are not known
  return { ...e, actor: seen ? e.actor : -1, target, item: seen ? e.item : -1, value: e.kind === "contact" ? null : e.value };
}

function learnt(world: World, s: Senses): KnownEvent[] {
  const known = new Map<number, number>();
  const out: KnownEvent[] = [];
  for (const row of world.stagesKnown) {
    if (!s.mine.has(row.person) || !s.knows(world.people + row.payload, row.tick)) continue;
    const before = known.get(row.payload) ?? 0;
    if (row.stage <= before) continue;
    known.set(row.payload, row.stage);
    const stage = world.scenario.payloads[row.payload]!.stages[row.stage] ?? "";
    out.push({
      index: world.events.length + out.length, tick: row.tick, time: row.tick * world.dt, kind: "learn_stage", actor: row.person,
      target: world.people + row.payload, item: row.stage, value: null, x: NaN, y: NaN, what: stage.replaceAll("_", " "),
    });
  }
  return out;
}
