// A picture of one world: canvas, camera, pointer.
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Knowledge } from "../data/knowledge";
import { sentenceOfAge } from "../data/ages";
import type { Mood } from "../map/palette";
import { Tiles } from "../map/tiles";
import { calm, follow, ground, mood, page, playing, time } from "../state";
import { bodyRadius } from "./bodies";
import { Camera } from "./camera";
import { Fog } from "./fog";
import type { LabelSides } from "./labels";
import { frameOf, paint } from "./paint";
import { type Scene, type Sighted, sightings } from "./scene";

const tilesOf = new Map<Mood, Tiles>();

function tilesFor(m: Mood): Tiles {
  let tiles = tilesOf.get(m);
  if (!tiles) {
    tiles = new Tiles(ground(), m);
    tilesOf.set(m, tiles);
  }
  return tiles;
}

/** What a stage can be told from outside. */
export interface StageHandle { zoom: (factor: number) => void; reset: () => void; pan: (dx: number, dy: number) => void }
export const stages: StageHandle[] = [];
/** How long the last frames took to draw [ms]; read by the benchmark. */
export const frameTimes: number[] = [];

class View {
  readonly camera = new Camera(300, 200);
  private readonly fog = new Fog();
  private readonly labelSides: LabelSides = new Map();
  private readonly ctx: CanvasRenderingContext2D;
  private request = 0;
  private dpr = 1;
  private hover = -1;
  private all: Sighted[] = [];
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private moved = 0;
  k: Knowledge;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly tip: HTMLElement,
    k: Knowledge,
  ) {
    this.k = k;
    this.ctx = canvas.getContext("2d", { alpha: false })!;
  }

  resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight) return;
    this.dpr = Math.min(window.devicePixelRatio || 1, 2);
    this.canvas.width = Math.round(clientWidth * this.dpr);
    this.canvas.height = Math.round(clientHeight * this.dpr);
    this.camera.width = clientWidth;
    this.camera.height = clientHeight;
    this.draw();
  }

  soon(): void {
    this.request ||= requestAnimationFrame(() => {
      this.request = 0;
      this.draw();
    });
  }

  stop(): void {
    cancelAnimationFrame(this.request);
  }

  private draw(): void {
    const started = performance.now();
    const { camera, k } = this;
    const t = Math.min(time.peek(), k.ticks * k.dt);
    const { scenario } = page();
    this.all = sightings(k, scenario, t);
    const s: Scene = {
      ctx: this.ctx, camera, ground: ground(), scenario, k, time: t, tick: Math.floor(t / k.dt + 1e-6), mood: mood.peek(), calm: calm.peek(),
      follow: follow.peek(), hover: this.hover, labelSides: this.labelSides,
    };
    const limit = { x0: -3, y0: -3, x1: s.ground.width + 3, y1: s.ground.height + 3 };
    const moving = !camera.free && camera.towards(frameOf(s, this.all), calm.peek() || !playing.peek(), limit);
    const missing = paint(s, this.all, tilesFor(s.mood), this.fog, this.dpr, playing.peek() ? 6 : 9);
    if (missing || moving) this.soon();
    frameTimes.push(performance.now() - started);
    if (frameTimes.length > 600) frameTimes.splice(0, 300);
  }

  private at(x: number, y: number): Sighted | null {
    const reach = bodyRadius(this.camera.scale) + 6;
    let best: Sighted | null = null;
    let least = reach;
    for (const one of this.all) {
      const d = Math.hypot(this.camera.sx(one.x) - x, this.camera.sy(one.y) - y);
      if (d < least) [best, least] = [one, d];
    }
    return best;
  }

  private local(e: { clientX: number; clientY: number }): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  }

  down(e: PointerEvent): void {
    this.canvas.setPointerCapture(e.pointerId);
    this.pointers.set(e.pointerId, this.local(e));
    this.moved = 0;
  }

  move(e: PointerEvent): void {
    const here = this.local(e);
    const before = this.pointers.get(e.pointerId);
    if (!before) {
      this.point(here);
      return;
    }
    const others = [...this.pointers].filter(([id]) => id !== e.pointerId).map(([, p]) => p);
    const other = others[0];
    if (other) {
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      const is = Math.hypot(here.x - other.x, here.y - other.y);
      if (was > 0) this.camera.zoom(is / was, (here.x + other.x) / 2, (here.y + other.y) / 2, false);
    } else {
      this.moved += Math.abs(here.x - before.x) + Math.abs(here.y - before.y);
      if (this.moved > 4) this.camera.pan(here.x - before.x, here.y - before.y);
    }
    this.pointers.set(e.pointerId, here);
    this.soon();
  }

  up(e: PointerEvent): void {
    if (!this.pointers.delete(e.pointerId) || this.moved > 4 || e.type === "pointercancel") return;
    const one = this.at(this.local(e).x, this.local(e).y);
    if (one) {
      follow.value = follow.value === one.body.index ? -1 : one.body.index;
      this.camera.free = false;
    }
  }

  wheel(e: WheelEvent): void {
    e.preventDefault();
    const p = this.local(e);
    this.camera.zoom(Math.exp(-e.deltaY * 0.0016), p.x, p.y, follow.value >= 0 && !this.camera.free);
    this.soon();
  }

  /** What lies under the pointer, in words; only what these eyes know. */
  point(p: { x: number; y: number } | null): void {
    const one = p && this.at(p.x, p.y);
    const index = one?.body.index ?? -1;
    this.tip.hidden = !one;
    if (one) {
      const side = page().scenario.sides[one.body.side]!;
      this.tip.textContent = [one.body.title, side, one.certainty === "believed" ? sentenceOfAge(one.age, page().scenario.words.sources[one.how]) : ""]
        .filter(Boolean)
        .join(" · ");
      this.tip.style.left = `${Math.min(p.x + 14, this.camera.width - 170)}px`;
      this.tip.style.top = `${Math.max(p.y - 30, 4)}px`;
    }
    if (index !== this.hover) {
      this.hover = index;
      this.soon();
    }
  }
}

export function Stage({ k, label }: { k: Knowledge; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const view = useRef<View | null>(null);
  if (view.current && view.current.k !== k) {
    view.current.k = k;
    view.current.soon();
  }
  useEffect(() => {
    const v = new View(canvas.current!, tip.current!, k);
    view.current = v;
    const handle: StageHandle = {
      zoom: (f) => {
        v.camera.zoom(f, v.camera.width / 2, v.camera.height / 2, !v.camera.free);
        v.soon();
      },
      reset: () => {
        v.camera.reset();
        v.soon();
      },
      pan: (dx, dy) => {
        v.camera.pan(dx, dy);
        v.soon();
      },
    };
    stages.push(handle);
    const watcher = new ResizeObserver(() => v.resize());
    watcher.observe(canvas.current!);
    const node = canvas.current!;
    const wheel = (e: WheelEvent): void => v.wheel(e);
    node.addEventListener("wheel", wheel, { passive: false });
    const stops = [time, mood, follow, calm].map((s: ReadonlySignal<unknown>) => s.subscribe(() => v.soon()));
    return () => {
      stops.forEach((stop) => stop());
      watcher.disconnect();
      node.removeEventListener("wheel", wheel);
      v.stop();
      stages.splice(stages.indexOf(handle), 1);
    };
  }, []);
  return (
    <div class="stage">
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        onPointerDown={(e) => view.current?.down(e)}
        onPointerMove={(e) => view.current?.move(e)}
        onPointerUp={(e) => view.current?.up(e)}
        onPointerCancel={(e) => view.current?.up(e)}
        onPointerLeave={() => view.current?.point(null)}
      />
      <div ref={tip} class="tip" hidden />
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom in" onClick={() => stages.forEach((s) => s.zoom(1.35))}>+</button>
        <button type="button" aria-label="Zoom out" onClick={() => stages.forEach((s) => s.zoom(1 / 1.35))}>−</button>
        <button type="button" aria-label="Frame by itself" title="Frame by itself (R)" onClick={() => stages.forEach((s) => s.reset())}><svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.8" d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4" /><circle cx="10" cy="10" r="2.2" fill="currentColor" /></svg></button>
      </div>
    </div>
  );
}
