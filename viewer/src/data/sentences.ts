// Events in words.
import type { KnownEvent } from "./perception";

type Name = (entity: number) => string;
const n0 = (v: number | null): string => (v === null ? "" : v.toFixed(0));
const n1 = (v: number | null): string => (v === null ? "" : v.toFixed(1));
const share = (v: number | null): string => (v === null ? "" : `${(100 * v).toFixed(0)} %`);
/** Numbers stay with their units. */
const together = (text: string): string => text.replace(/(\d) (m|s|%|dB|N s|m\/s)(?=$|[\s,])/g, "$1\u00a0$2");

type Phrase = (a: string, t: string, what: string, v: number | null, hasTarget: boolean) => string;

const PHRASES: Record<string, Phrase> = {
  enter: (a) => `${a} enters`,
  order: (a, t, w, _v, has) => `${a}: ${w}${has ? `, about ${t}` : ""}`,
  sight: (a, t, _w, v) => `${a} catches sight of ${t} at ${n0(v)} m`,
  lose_sight: (a, t) => `${a} has lost ${t} from sight`,
  windup: (a, t, w, _v, has) => `${a} begins ${w || "something"}${has ? ` against ${t}` : ""}`,
  anticipate: (a, t, w) => `${a} reads ${t}${w ? `: ${w}` : ""}`,
  push: (a, t, w, v) => `${a} pushes ${t}${w ? ` with ${w}` : ""}, ${n0(v)} N s`,
  cut: (a, t, w, v) => `${a} cuts ${t}${w ? ` with ${w}` : ""}, ${share(v)}`,
  strike: (a, t, w, v) => `${a} strikes ${t}${w ? ` with ${w}` : ""}, ${share(v)}`,
  miss: (a, t, w, _v, has) => `${a} misses${has ? ` ${t}` : ""}${w ? ` with ${w}` : ""}`,
  deflect: (a, t) => `${a} turns ${t}’s lunge aside`,
  skid: (a, _t, _w, v) => `${a} is thrown off the line, ${n1(v)} m/s`,
  impact: (a) => `${a} hits an obstacle`,
  fall: (a, _t, _w, v) => `${a} falls ${n1(v)} m`,
  catch_edge: (a) => `${a} catches an edge with one hand`,
  climb_back: (a) => `${a} is back on the feet`,
  down: (a) => `${a} goes down`,
  get_up: (a) => `${a} is up again`,
  pin: (a, t) => `${a} takes hold of ${t}`,
  release: (a, t) => `${a} no longer holds ${t}`,
  leap: (a, _t, _w, v) => `${a} leaps ${n1(v)} m`,
  out: (a) => `${a} is out`,
  stage: (_a, t, w) => `${t}: ${w}`,
  learn_stage: (a, t, w) => `${a} knows that ${t} is ${w}`,
  pick_up: (a, t, w) => `${a} takes up ${w || t}`,
  let_go: (a, t, w) => `${a} lets go of ${w || t}`,
  exhausted: (a) => `${a} has run the reserve out`,
  trail_found: (a, t, _w, v) => `${a} picks up the trail of ${t}, ${n0(v)} s old`,
  trail_lost: (a, t) => `${a} loses the trail of ${t}`,
  tear: (a) => `${a} tears up the ground`,
  contact: (a, t) => `${a} reaches ${t}`,
  end: (_a, _t, w) => `the end${w ? `: ${w}` : ""}`,
  climb: (a, _t, _w, v) => `${a} climbs ${n1(v)} m`,
  hear: (a, t) => `${a} hears ${t}`,
  feel: (a, t) => `${a} feels the presence of ${t}`,
  read_sign: (a, t, w) => `${a} reads from the sign that ${t} is ${w}`,
  identify: (a, t) => `${a} tells the odour of ${t}`,
  falter: (a, t, _w, v) => `${a} falters at ${t} for ${n1(v)} s`,
  reluctant: (a, t) => `${a} is loath to leave ${t}`,
  bid: (a, t, w) => `${a} bids ${t} ${w}`,
  taunt: (a, t) => `${a} taunts ${t}`,
  shout: (a) => `${a} shouts`,
  brace: (a, t) => `${a} is braced for ${t}`,
  dodge: (a, t) => `${a} dodges ${t}`,
  counter: (a, t, w) => `${a} counters ${t}${w ? ` with ${w}` : ""}`,
  told: (a, t) => `${a} is told where ${t} was`,
  noise: (a, _t, _w, v) => `${a} notices the noise: ${n0(v)} dB`,
  overpowered: (a, t) => `${a} smells nothing but ${t}`,
  steady: (a, t) => `${a} is steadied by ${t}`,
  throw: (a, t, w) => `${a} throws ${w || "something"} at ${t}`,
  missile_hit: (a, t) => `${t} is hit by what ${a} threw`,
  missile_miss: (a, t) => `what ${a} threw misses ${t}`,
  missile_stopped: (a, t) => `a ward of ${a} stops what ${t} threw`,
  ward: (a) => `${a} sets a ward`,
  ward_detour: (a, _t, _w, v) => `${a} goes round a ward, ${n1(v)} m more`,
  mark: (a) => `${a} sets a way mark`,
  read_mark: (a, t, _w, v) => `${a} reads a way mark of ${t}, ${n0(v)} s old`,
  debris: () => "debris falls",
  hit_by_debris: (a) => `${a} is hit by debris`,
  drop: (a, _t, _w, v) => `${a} drops ${n1(v)} m`,
  jam: (_a, _t, w, v) => `${w || "a crowd"} is jammed, ${n0(v)} packed`,
  clear: (_a, _t, w) => `${w || "a crowd"} flows again`,
  stumble: (a, _t, w) => (a === "someone" ? `one of ${w || "a crowd"} falls` : `${a} runs one of ${w || "a crowd"} over`),
  dispersed: (_a, _t, w) => `${w || "a crowd"} is away`,
};

/** An event as a sentence; `name` says what these eyes call an entity. */
export function sentence(e: KnownEvent, name: Name): string {
  const phrase = PHRASES[e.kind];
  const a = name(e.actor);
  const t = name(e.target);
  return together(phrase ? phrase(a, t, e.what, e.value, e.target >= 0 && e.target !== e.actor) : [a, e.kind.replaceAll("_", " "), e.target >= 0 ? t : ""].join(" ").trim());
}

/** Kinds that are told apart on the time axis. */
export type EventClass = "turn" | "act" | "hurt" | "sense" | "mind" | "move";
const CLASS: Record<string, EventClass> = {};
const put = (cls: EventClass, kinds: string): void => kinds.split(" ").forEach((kind) => (CLASS[kind] = cls));
put("turn", "end contact stage learn_stage pick_up let_go out enter dispersed");
put("act", "windup push cut strike pin release throw ward mark shout taunt bid brace dodge counter deflect miss missile_miss missile_stopped tear");
put("hurt", "fall down impact skid hit_by_debris missile_hit exhausted stumble jam clear catch_edge");
put("sense", "sight lose_sight hear feel read_sign identify trail_found trail_lost told noise overpowered read_mark");
put("mind", "order falter reluctant steady anticipate");

export function classOf(kind: string): EventClass {
  return CLASS[kind] ?? "move";
}
