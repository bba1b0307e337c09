// A world by hand: Ann and Bea of one side, Cid of the other, a chest; Dee is never met by anybody.
import { Grid } from "../src/data/pack";
import type { ChangeData, ScenarioData, WorldData, WorldEntry } from "../src/data/types";
import { World } from "../src/data/world";

export const [ANN, BEA, CID, DEE, CHEST] = [0, 1, 2, 3, 4];
export const TICKS = 20;
const EVENTS = ["enter", "order", "sight", "push", "contact", "end", "stage", "hear", "windup"];

const column = (values: number[]): Grid => new Grid([values.length], Int32Array.from(values));
const grid = (rows: number[][]): Grid => new Grid([rows.length, rows[0]?.length ?? 0], Int32Array.from(rows.flat()));
const columns = (rows: number[][], width: number): Grid[] => Array.from({ length: width }, (_, k) => column(rows.map((r) => r[k]!)));

function changes(perColumn: [number, number][][]): ChangeData {
  return {
    count: column(perColumn.map((c) => c.length)),
    frame: column(perColumn.flat().map(([frame]) => frame)),
    value: column(perColumn.flat().map(([, value]) => value)),
  };
}
const always = (value: number, n: number): ChangeData => changes(Array.from({ length: n }, () => [[0, value]]));

export const scenario: ScenarioData = {
  name: "tiny", about: "", digest: "", limit: 2, dt: 0.1,
  people: [
    { name: "ann", title: "Ann", side: 0, group: "ann" },
    { name: "bea", title: "Bea", side: 0, group: "bea" },
    { name: "cid", title: "Cid", side: 1, group: "cid" },
    { name: "dee", title: "Dee", side: 1, group: "dee" },
  ],
  sides: ["red", "blue"],
  payloads: [{ name: "chest", title: "the chest", side: 1, stages: ["shut", "open"] }],
  techniques: [{ name: "big_shove", effect: "push", reach: 3, cone: 1, windup: 0.3, width: 1, loudness: 0 }],
  outcomes: [{ name: "caught", about: "" }],
  places: [], crowds: [], crowd_of: null,
  words: {
    events: Object.fromEntries(EVENTS.map((name, k) => [String(k), name])),
    items: { push: "technique", windup: "technique", end: "outcome", stage: "stage", contact: "payload", order: "order" },
    orders: ["wait", "pursue"], modes: ["away", "feet", "air", "climb", "skid", "down", "hang", "out"],
    gaits: ["away", "walk", "stall", "lie", "left"], sources: ["nothing", "given", "seen", "heard", "smelled", "sign", "felt", "told", "mark"],
  },
  map: { cell: 1, rows: 10, columns: 40, grounds: [], ground: grid([[0]]), height: grid([[0]]), height_step: 0.1, places: [], routes: [] },
};

export interface Story {
  sees?: [person: number, entity: number, from: number, to: number][];
  beliefs?: [sample: number, person: number, entity: number, x: number, y: number, time: number, how: number][];
  stages?: [sample: number, person: number, payload: number, stage: number][];
  events?: [tick: number, kind: string, actor: number, target: number, item?: number][];
  mode?: [number, number][][];
}

/** A world in which body e stands at (10 e, t / 10) at tick t. */
export function tiny(story: Story = {}): World {
  const frames = Array.from({ length: TICKS + 1 }, (_, t) => t);
  const events = (story.events ?? []).map(([tick, kind, actor, target, item]) => ({ tick, kind: EVENTS.indexOf(kind), actor, target, item: item ?? -1 }));
  const four = always(-1, 4);
  const data: WorldData = {
    ticks: TICKS, stride: 1, every: 5, place: 0.05,
    x: grid(frames.map(() => [0, 200, 400, 600, 800])),
    y: grid(frames.map((t) => [0, 0, 0, 0, 0].map(() => t * 2))),
    z: grid(frames.map(() => [0, 0, 0, 0])),
    states: {
      mode: story.mode ? changes(story.mode) : always(1, 4), order: always(1, 4), target: changes([[[0, CHEST]], [[0, -1]], [[0, DEE]], [[0, -1]]]),
      held_by: four, carries: four, phase: always(0, 4), technique: four, against: changes([[[0, -1]], [[0, -1]], [[0, DEE]], [[0, -1]]]),
      stage: changes([[[0, 0], [10, 1]]]),
    },
    levels: { reserve: grid([[200, 200, 200, 200]]), power: grid([[200, 200, 200, 200]]), wound: grid([[0, 0, 0, 0]]), felt: grid([[0, 0, 0, 0]]) },
    body: { critical_speed: column([400, 400, 400, 400]), sight: column([5000, 5000, 5000, 5000]), eye: column([160, 160, 160, 160]), radius: column([30, 30, 30, 30]) },
    phases: [[{ presence: 0, loudness: 0 }, { presence: 5, loudness: 0 }]],
    sees: grid(story.sees?.length ? story.sees.map((r) => [...r]) : []),
    beliefs: columns((story.beliefs ?? []).map(([k, i, e, x, y, t, how]) => [k, i, e, x * 20, y * 20, t * 10, how]), 7),
    stages: columns(story.stages ?? [], 4), sign: columns([], 6), wards: columns([], 7), marks: columns([], 6), marks_read: columns([], 3),
    crowd: null,
    events: {
      tick: column(events.map((e) => e.tick)), kind: column(events.map((e) => e.kind)), actor: column(events.map((e) => e.actor)),
      target: column(events.map((e) => e.target)), item: column(events.map((e) => e.item)), value: column(events.map(() => 500)),
      x: column(events.map(() => 0)), y: column(events.map(() => 0)),
    },
    gap: null,
  };
  const entry: WorldEntry = { world: 7, tags: [], variant: "", pair: -1, outcome: 0, end: 2, contact: null, deadline: null, duration: 2, sample: 0.5 };
  return new World(scenario, entry, data);
}
