// Everything by keyboard.
import {
  allEyes, beside, choosing, current, cycleEyes, duration, faster, follow, hasReport, help, knowledge, look, markLoop, mood, page, play, playing, reading,
  seek, show, showGap, step, stepEvent, tab, theme, time, world,
} from "../state";
import { stages } from "../stage/Stage";

function followNext(direction: 1 | -1): void {
  const tick = time.value / knowledge.value.dt;
  const ids = [-1, ...knowledge.value.bodies.filter((b) => b.since <= tick).map((b) => b.index)];
  const at = ids.indexOf(follow.value);
  follow.value = ids[(at + direction + ids.length) % ids.length]!;
  stages.forEach((s) => s.reset());
}

function sideBySide(): void {
  if (beside.value >= 0) {
    beside.value = -1;
    return;
  }
  const { worlds } = page();
  const partner = worlds.findIndex((w, k) => k !== current.value && (w.pair === current.value || worlds[current.value]!.pair === k));
  beside.value = partner >= 0 ? partner : worlds.length > 1 ? (current.value + 1) % worlds.length : -1;
}

function readOn(): void {
  if (world.value.data.stories) reading.value = !reading.value;
}

function searchEvents(): void {
  const field = (): void => document.getElementById("search")?.focus();
  if (!reading.value) field();
  else {
    reading.value = false;
    requestAnimationFrame(field); // once the list is there
  }
}

const ARROW: Record<string, 1 | -1> = { ArrowLeft: -1, ArrowRight: 1 };

function arrow(direction: 1 | -1, e: KeyboardEvent): void {
  if (e.shiftKey) stepEvent(direction);
  else if (e.altKey) seek(time.value + 10 * direction);
  else if (playing.value) faster(direction);
  else step(direction);
}

const PLAIN: Record<string, () => void> = {
  " ": () => play(),
  ",": () => seek(0),
  ".": () => seek(duration.value),
  "[": () => faster(-1),
  "]": () => faster(1),
  l: markLoop,
  v: () => cycleEyes(1),
  V: () => cycleEyes(-1),
  f: () => followNext(1),
  F: () => followNext(-1),
  n: () => show(current.value + 1),
  p: () => show(current.value - 1),
  c: sideBySide,
  a: readOn,
  g: () => (showGap.value = !showGap.value),
  d: () => (theme.value = mood.value === "dark" ? "light" : "dark"),
  r: () => stages.forEach((s) => s.reset()),
  "+": () => stages.forEach((s) => s.zoom(1.35)),
  "=": () => stages.forEach((s) => s.zoom(1.35)),
  "-": () => stages.forEach((s) => s.zoom(1 / 1.35)),
  "?": () => (help.value = true),
  ArrowUp: () => stages.forEach((s) => s.pan(0, 40)),
  ArrowDown: () => stages.forEach((s) => s.pan(0, -40)),
  "/": searchEvents,
};

export function bindKeys(): void {
  window.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || document.querySelector("dialog[open]")) return;
    const target = e.target as HTMLElement;
    if (e.key === "Escape") {
      choosing.value = false;
      if (target instanceof HTMLInputElement) target.blur();
      return;
    }
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    if (e.key === "t" && hasReport()) tab.value = tab.value === "replay" ? "report" : "replay";
    if (e.key === "?") help.value = true;
    if (tab.value !== "replay") return;
    const button = target instanceof HTMLButtonElement;
    if (button && (e.key === " " || e.key === "Enter")) return; // a focused button is pressed
    const direction = ARROW[e.key];
    const digit = e.altKey ? NaN : Number.parseInt(e.key, 10);
    if (direction) arrow(direction, e);
    else if (digit === 0) look({ kind: "truth" });
    else if (digit > 0) {
      const people = allEyes().filter((x) => x.kind === "person");
      if (people[digit - 1]) look(people[digit - 1]!);
    } else {
      const act = PLAIN[e.key] ?? PLAIN[e.key.toLowerCase()];
      if (!act) return;
      act();
    }
    e.preventDefault();
  });
}
