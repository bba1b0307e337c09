// Starts the page: reads the data, takes over from the summary that stands in the HTML, keeps the clock.
import { effect } from "@preact/signals";
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { frameTimes } from "./stage/Stage";
import { advance, bindHash, eyes, knowledge, mood, page, play, playing, seek, time, toHash } from "./state";
import { App } from "./ui/App";
import { bindKeys } from "./ui/keys";

function keepTime(): void {
  let last = 0;
  const frame = (now: number): void => {
    if (!playing.peek()) return;
    // a page that was hidden does not catch up
    advance(Math.min((now - last) / 1000, 0.25));
    last = now;
    requestAnimationFrame(frame);
  };
  effect(() => {
    if (!playing.value) return;
    last = performance.now();
    requestAnimationFrame(frame);
  });
}

function start(): void {
  const root = document.getElementById("app")!;
  try {
    const { scenario } = page();
    document.title = `${scenario.name} · Rearguard`;
    bindHash();
    effect(() => {
      document.documentElement.dataset.theme = mood.value;
    });
    render(<App />, root);
    // the summary gives way on screen and comes back on paper
    const summary = document.getElementById("summary");
    summary?.remove();
    window.addEventListener("beforeprint", () => summary && root.before(summary));
    window.addEventListener("afterprint", () => summary?.remove());
    bindKeys();
    keepTime();
    // for tests and measurements: what the page shows, never more than it
    Object.assign(window, { rearguard: { knowledge: () => knowledge.value, eyes: () => eyes.value, hash: toHash, worlds: () => page().worlds.map((w) => w.world), seek, play, time: () => time.value, frameTimes } });
    document.documentElement.dataset.ready = "1";
    performance.mark("ready");
  } catch (error) {
    const said = document.createElement("p");
    said.className = "broken";
    said.textContent = `The replay cannot be shown: ${error instanceof Error ? error.message : String(error)}. The summary below is whole.`;
    root.before(said);
    throw error;
  }
}

start();
