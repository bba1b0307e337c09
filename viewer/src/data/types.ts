// The page's data as `tell/page_data.py` and `tell/page_report.py` give them.
import type { Grid } from "./pack";

export const SCHEMA = 2;

export interface Person { name: string; title: string; side: number; group: string }
export interface Payload { name: string; title: string; side: number; stages: string[] }
export interface Technique {
  name: string; effect: string; reach: number; cone: number; windup: number; width: number; loudness: number;
}
export interface GroundKind { name: string; passable: boolean; cover: number; screen: number; speed: number }
export interface Place { name: string; x: number; y: number }

/** The ground: grids are transposed, [columns, rows]. */
export interface GroundData {
  cell: number; rows: number; columns: number; grounds: GroundKind[]; ground: Grid; height: Grid; height_step: number;
  places: Place[]; routes: { name: string; points: [number, number][] }[];
}

export interface ScenarioData {
  name: string; about: string; digest: string; limit: number; dt: number;
  people: Person[]; sides: string[]; payloads: Payload[]; techniques: Technique[];
  outcomes: { name: string; about: string }[];
  places: string[]; crowds: string[]; crowd_of: Grid | null;
  words: {
    events: Record<string, string>; items: Record<string, string>; orders: string[]; modes: string[]; gaits: string[];
    sources: string[];
  };
  map: GroundData;
}

export interface WorldEntry {
  world: number; tags: string[]; variant: string; pair: number; outcome: number; end: number; contact: number | null;
  deadline: number | null; duration: number; sample: number;
}

export interface ChangeData { count: Grid; frame: Grid; value: Grid }
export type StateName = "mode" | "order" | "target" | "held_by" | "carries" | "phase" | "technique" | "against" | "stage";
export type LevelName = "reserve" | "power" | "wound" | "felt";

/** A part of an account; a sentence is its time [s] and its text. */
export interface StorySection { title: string | null; paragraphs: [number, string][][] }

export interface WorldData {
  ticks: number; stride: number; every: number; place: number;
  x: Grid; y: Grid; z: Grid;
  states: Record<StateName, ChangeData>;
  levels: Record<LevelName, Grid>;
  body: Record<"critical_speed" | "sight" | "eye" | "radius", Grid>;
  phases: { presence: number; loudness: number }[][];
  sees: Grid;
  beliefs: Grid[]; stages: Grid[]; sign: Grid[]; wards: Grid[]; marks: Grid[]; marks_read: Grid[];
  crowd: { x: Grid; y: Grid; gait: Grid } | null;
  events: Record<"tick" | "kind" | "actor" | "target" | "item" | "value" | "x" | "y", Grid>;
  gap: { payload: string; seconds: Grid; who: Grid; progress: Grid } | null;
  stories?: Record<string, StorySection[]> | null;
}

export interface Interval { value: number | null; low: number | null; high: number | null }
export interface Report {
  summary: {
    scenario: string; worlds: number; seed: number;
    outcomes: { name: string; worlds: number; share: Interval }[];
    time_to_contact: { median: Interval; contacts: number; censored: number; method: string } | null;
    in_time: Interval | null;
    slack: { median_of_contacts: Interval; p05: number | null; p95: number | null } | null;
    people: ({ name: string; side: string; out: number } & Record<string, number | string>)[];
    agent_steps: number; overflow: string[];
  };
  titles: Record<string, string>;
  contact: { times: number[]; share: number[]; low: number[]; high: number[]; contacts: number; censored: number } | null;
  slack: { width: number; first: number; counts: number[]; worlds: number } | null;
  manifest: Record<string, unknown>;
  status: string;
}

/** The chance to be in time at every moment of one world; filled by another study, drawn when it is there. */
export interface Swing {
  world: number; times: number[]; chance: number[]; low?: number[]; high?: number[];
  jumps?: { time: number; change: number; because: string }[];
}
export interface Bar { name: string; value: number | null; low: number | null; high: number | null; text: string; note: string }
export interface Line { label: string; values: (number | null)[]; low: (number | null)[] | null; high: (number | null)[] | null }
export interface Mark { x: number; text: string }

/** The parts of a study's answer, as `tell/answer_blocks.py` has them. */
export type Block =
  | { kind: "note"; text: string; strong: boolean }
  | { kind: "sheet"; title: string; head: string[]; right: boolean[]; rows: string[][]; folded: boolean }
  | { kind: "bars"; title: string; rows: Bar[]; whole: boolean }
  | {
    kind: "curves"; title: string; x: number[]; x_label: string; y_label: string; lines: Line[]; share: boolean;
    wanted: [number | null, number | null] | null; marks: Mark[];
  }
  | { kind: "matrix"; title: string; rows: string[]; columns: string[]; values: (number | null)[][]; texts: string[][]; high_is_good: boolean };
export type BlockOf<K extends Block["kind"]> = Extract<Block, { kind: K }>;
export interface Answer { study: string; title: string; blocks: Block[] }

export interface PageData {
  schema: number; scenario: ScenarioData; seed: number; worlds: WorldEntry[]; report: Report | null;
  versions: Record<string, string>; overrides: string[]; swings: Swing[]; answers: Answer[];
}
