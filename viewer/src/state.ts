// What the page is looking at. Everything here can be written into the address and read back.
import { computed, effect, signal } from "@preact/signals";
import { unpack } from "./data/pack";
import { type Eyes, type Knowledge, knowledgeOf } from "./data/knowledge";
import { type PageData, SCHEMA, type WorldData } from "./data/types";
import { World } from "./data/world";
import { Ground } from "./map/ground";
import type { Mood } from "./map/palette";

export type Tab = "replay" | "report";
export type Theme = "auto" | "light" | "dark";
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32] as const;

let source: PageData | null = null;
const worlds = new Map<number, World>();
const known = new Map<string, Knowledge>();
let groundOf: Ground | null = null;

/** The page's data; read once. */
export function page(): PageData {
  if (source) return source;
  const text = document.getElementById("rearguard-page")?.textContent;
  if (!text) throw new Error("this page holds no data");
  const data = unpack(text) as PageData;
  if (data.schema !== SCHEMA) throw new Error(`this page's data have version ${data.schema}, its script reads ${SCHEMA}`);
  source = data;
  return data;
}

export function ground(): Ground {
  groundOf ??= new Ground(page().scenario.map);
  return groundOf;
}

/** A world of the list, unpacked when first asked for. */
export function worldAt(index: number): World {
  let world = worlds.get(index);
  if (!world) {
    const text = document.getElementById(`rearguard-world-${index}`)?.textContent;
    if (!text) throw new Error(`this page holds no world ${index}`);
    world = new World(page().scenario, page().worlds[index]!, unpack(text) as WorldData);
    worlds.set(index, world);
  }
  return world;
}

const keyOf = (e: Eyes): string => (e.kind === "truth" ? "t" : e.kind === "side" ? `s${e.side}` : `p${e.person}`);

/** What these eyes may know of a world of the list. */
export function knowledgeAt(index: number, eyes: Eyes): Knowledge {
  const key = `${index}:${keyOf(eyes)}`;
  let found = known.get(key);
  if (!found) {
    if (known.size > 24) known.clear();
    found = knowledgeOf(worldAt(index), eyes);
    known.set(key, found);
  }
  return found;
}

export const tab = signal<Tab>("replay");
export const current = signal(0);
/** World on the other half, -1: none. */
export const beside = signal(-1);
export const time = signal(0);
export const playing = signal(false);
export const speed = signal(1);
export const loop = signal<[number, number] | null>(null);
export const eyes = signal<Eyes>({ kind: "truth" }, { name: "eyes" });
/** Entity that the picture follows, -1: nobody. */
export const follow = signal(-1);
export const search = signal("");
/** Beside the picture: the account of these eyes rather than the events. */
export const reading = signal(false);
export const help = signal(false);
export const choosing = signal(false);
export const theme = signal<Theme>("auto");
export const showGap = signal(true);
/** Shown for a moment over the picture. */
export const notice = signal("");

export const world = computed(() => worldAt(current.value));
export const knowledge = computed(() => knowledgeAt(current.value, eyes.value));
export const besideKnowledge = computed(() => (beside.value < 0 ? null : knowledgeAt(beside.value, eyes.value)));
export const duration = computed(() => Math.max(world.value.duration, beside.value < 0 ? 0 : worldAt(beside.value).duration));
export const tick = computed(() => Math.min(Math.round(time.value / world.value.dt), world.value.data.ticks));

const night = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null;
const nightNow = signal(night?.matches ?? false);
night?.addEventListener("change", (e) => (nightNow.value = e.matches));
export const mood = computed<Mood>(() => (theme.value === "auto" ? (nightNow.value ? "dark" : "light") : theme.value));
const still = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : null;
export const calm = signal(still?.matches ?? false);
still?.addEventListener("change", (e) => (calm.value = e.matches));

/** What these eyes call an entity at a time; what is found out is known by the next sample. */
export function nameOf(k: Knowledge, entity: number, at = Infinity): string {
  const body = k.bodies.find((b) => b.index === entity);
  return body && (body.since - k.every) * k.dt <= at + 1e-6 ? body.title : "someone";
}

/** The first moment at which two worlds differ in where somebody is [s]; null when they never do. */
export function partingOf(a: World, b: World): number | null {
  const frames = Math.min(a.frames, b.frames);
  const n = a.bodies;
  for (let f = 0; f < frames; f++) {
    for (let e = 0; e < n; e++) {
      const k = f * n + e;
      if (a.data.x.values[k] !== b.data.x.values[k] || a.data.y.values[k] !== b.data.y.values[k]) return a.frameTick(f) * a.dt;
    }
  }
  return a.frames === b.frames ? null : a.frameTick(frames - 1) * a.dt;
}

export const parting = computed(() => (beside.value < 0 ? null : partingOf(world.value, worldAt(beside.value))));

// ------------------------------------------------------------------------------------------------------- moving in time

export function seek(t: number): void {
  time.value = Math.max(0, Math.min(t, duration.value));
}

/** Steps by ticks and stops. */
export function step(ticks: number): void {
  playing.value = false;
  seek((Math.round(time.value / world.value.dt) + ticks) * world.value.dt);
}

export function stepEvent(direction: 1 | -1): void {
  playing.value = false;
  const now = time.value;
  const times = knowledge.value.events.filter((e) => e.kind !== "order").map((e) => e.time);
  const next = direction > 0 ? times.find((t) => t > now + 1e-4) : times.findLast((t) => t < now - 1e-4);
  seek(next ?? (direction > 0 ? duration.value : 0));
}

export function play(on = !playing.value): void {
  if (on && time.value >= (loop.value?.[1] ?? duration.value) - 1e-6) seek(loop.value?.[0] ?? 0);
  playing.value = on;
}

export function faster(direction: 1 | -1): void {
  const at = SPEEDS.findIndex((s) => s >= speed.value);
  speed.value = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + direction))]!;
}

/** A frame of playing: `seconds` of real time have passed. */
export function advance(seconds: number): void {
  const [from, to] = loop.value ?? [0, duration.value];
  let t = time.value + seconds * speed.value;
  if (t >= to) {
    if (loop.value) t = from + ((t - from) % Math.max(to - from, 0.1));
    else {
      t = to;
      playing.value = false;
    }
  }
  time.value = Math.min(t, duration.value);
}

/** First press begins a range at the present, the second ends it, the third lets go. */
export function markLoop(): void {
  const range = loop.value;
  const t = time.value;
  if (!range) loop.value = [t, duration.value];
  else if (range[1] === duration.value && t > range[0] + 0.2) loop.value = [range[0], t];
  else loop.value = null;
}

export function show(index: number): void {
  const n = page().worlds.length;
  current.value = ((index % n) + n) % n;
  if (beside.value === current.value) beside.value = -1;
  loop.value = null;
  seek(Math.min(time.value, duration.value));
}

export function look(e: Eyes): void {
  eyes.value = e;
  choosing.value = false;
  search.value = "";
  // nothing of what other eyes pointed at stays
  if (!knowledge.value.bodies.some((b) => b.index === follow.value)) follow.value = -1;
  if (e.kind === "person") follow.value = e.person;
}

/** Everybody whose eyes can be taken, in the order of the keys: truth, sides, people. */
export function allEyes(): Eyes[] {
  const s = page().scenario;
  return [
    { kind: "truth" },
    ...s.sides.map((_, side): Eyes => ({ kind: "side", side })),
    ...s.people.map((_, person): Eyes => ({ kind: "person", person })),
  ];
}

export function cycleEyes(direction: 1 | -1): void {
  const list = allEyes();
  const at = list.findIndex((e) => keyOf(e) === keyOf(eyes.value));
  look(list[(at + direction + list.length) % list.length]!);
}

// --------------------------------------------------------------------------------------------------------- the address

/** How the address names whose eyes they are. */
export function eyesKey(e: Eyes): string {
  const { scenario } = page();
  return e.kind === "truth" ? "truth" : e.kind === "side" ? `side:${scenario.sides[e.side]!}` : scenario.people[e.person]!.name;
}

/** The state as the address has it; only what these eyes know is in it. */
export function toHash(): string {
  const q = new URLSearchParams();
  if (tab.value !== opening()) q.set("tab", tab.value);
  if (current.value) q.set("w", String(current.value));
  q.set("t", time.value.toFixed(1));
  if (eyes.value.kind !== "truth") q.set("pov", eyesKey(eyes.value));
  const followed = knowledge.value.bodies.find((b) => b.index === follow.value);
  if (followed) q.set("follow", followed.name);
  if (speed.value !== 1) q.set("speed", String(speed.value));
  if (beside.value >= 0) q.set("with", String(beside.value));
  if (loop.value) q.set("loop", loop.value.map((t) => t.toFixed(1)).join("-"));
  if (theme.value !== "auto") q.set("theme", theme.value);
  return q.toString();
}

/** Whether there is anything to report. */
export function hasReport(): boolean {
  return page().report !== null || page().answers.length > 0;
}

/** What a page shows first: the replay, unless it was written for the answer of a study that is not told along a world. */
export function opening(): Tab {
  return page().report === null && page().answers.some((a) => a.study !== "swing") ? "report" : "replay";
}

export function fromHash(hash: string): void {
  const q = new URLSearchParams(hash.replace(/^#/, ""));
  const { scenario, worlds: list } = page();
  const whole = (name: string, otherwise: number): number => {
    const n = Number(q.get(name) ?? NaN);
    return Number.isInteger(n) && n >= 0 && n < list.length ? n : otherwise;
  };
  const view = q.get("tab");
  tab.value = hasReport() && (view === "report" || view === "replay") ? view : opening();
  // `w` counts in the list; `world` is a world's own number, as accounts link to it
  const named = list.findIndex((entry) => String(entry.world) === q.get("world") && entry.pair < 0);
  current.value = whole("w", Math.max(named, 0));
  const missing = named < 0 && q.has("world") && !q.has("w");
  notice.value = missing ? `World ${q.get("world")!} is not in this page` : "";
  if (missing) setTimeout(() => (notice.value = ""), 8000);
  const other = whole("with", -1);
  beside.value = other === current.value ? -1 : other;
  const pov = q.get("pov") ?? "truth";
  const side = scenario.sides.findIndex((s) => `side:${s}` === pov);
  const person = scenario.people.findIndex((p) => p.name === pov);
  eyes.value = person >= 0 ? { kind: "person", person } : side >= 0 ? { kind: "side", side } : { kind: "truth" };
  const wanted = q.get("follow");
  follow.value = wanted === null ? -1 : knowledge.value.bodies.find((b) => b.name === wanted)?.index ?? -1;
  const rate = Number(q.get("speed") ?? 1);
  speed.value = SPEEDS.find((s) => s === rate) ?? 1;
  const range = /^([\d.]+)-([\d.]+)$/.exec(q.get("loop") ?? "");
  loop.value = range && Number(range[1]) < Number(range[2]) ? [Number(range[1]), Number(range[2])] : null;
  const wish = q.get("theme");
  theme.value = wish === "light" || wish === "dark" ? wish : "auto";
  const t = Number(q.get("t") ?? 0);
  seek(Number.isFinite(t) ? t : 0);
}

let written = "";

function writeHash(): void {
  written = toHash();
  // a file opened from disk may refuse to change its history; the address bar's own way works everywhere
  try {
    history.replaceState(null, "", `#${written}`);
  } catch {
    location.hash = written;
  }
}

/** Keeps the address and the state the same; what the address asks for and these eyes may not have leaves it at once. */
export function bindHash(): void {
  const read = (): void => {
    if (location.hash.slice(1) === written && written) return;
    fromHash(location.hash);
    writeHash();
  };
  read();
  window.addEventListener("hashchange", read);
  let pending: ReturnType<typeof setTimeout> | null = null;
  effect(() => {
    if (toHash() === written) return;
    pending ??= setTimeout(() => {
      pending = null;
      writeHash();
    }, 250);
  });
}
