// The one time axis: what happened, how wide the gap was, and how the odds swung.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clock } from "../data/ages";
import { classOf, type EventClass, sentence } from "../data/sentences";
import type { KnownEvent } from "../data/perception";
import type { Swing } from "../data/types";
import { duration, knowledge, loop, mood, nameOf, page, parting, playing, seek, showGap, time, world } from "../state";
import { drawSights, ROW, rowsOf } from "./sights";

const LANES: EventClass[] = ["turn", "act", "hurt", "sense", "mind"];
const LANE_NAMES: Partial<Record<EventClass, string>> = { turn: "turns", act: "acts", hurt: "harm", sense: "senses", mind: "minds" };
const LANE = 9;
const STRIP = 54;
const PAD = 10;
/** Room for the names of the rows. */
const leftOf = (width: number): number => (width < 600 ? 42 : 58);

const COLOURS: Record<"light" | "dark", Record<EventClass, string>> = {
  light: { turn: "#8a5a00", act: "#b3261e", hurt: "#7a3b9a", sense: "#00637f", mind: "#6a6f76", move: "#9a9a9a" },
  dark: { turn: "#ffc65c", act: "#ff8f7e", hurt: "#d6a3f5", sense: "#6cd0ee", mind: "#9aa1ab", move: "#777" },
};

export function swingOf(): Swing | null {
  return page().swings.find((s) => s.world === world.value.entry.world && !world.value.entry.variant) ?? null;
}

export function Axis() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(600);
  const [hover, setHover] = useState<number | null>(null);
  const k = knowledge.value;
  const total = duration.value;
  const swing = k.eyes.kind === "truth" ? swingOf() : null;
  const strips = (k.gap && showGap.value ? 1 : 0) + (swing ? 1 : 0);
  const rows = useMemo(() => rowsOf(k, page().scenario.people[k.members[0]!]!.side), [k]);
  const height = 22 + LANES.length * LANE + (rows.length ? rows.length * ROW + 4 : 0) + strips * STRIP;
  const tone = mood.value;
  const left = leftOf(width);
  const px = (t: number): number => left + (t / Math.max(total, 0.1)) * (width - left - PAD);
  const at = (clientX: number): number => {
    const box = canvas.current!.getBoundingClientRect();
    return ((clientX - box.left - left) / (width - left - PAD)) * total;
  };

  useEffect(() => {
    const node = canvas.current!;
    const watcher = new ResizeObserver(() => setWidth(node.parentElement!.clientWidth));
    watcher.observe(node.parentElement!);
    return () => watcher.disconnect();
  }, []);

  useEffect(() => {
    document.documentElement.style.setProperty("--axis", `${height}px`);
  }, [height]);

  useEffect(() => {
    const node = canvas.current!;
    const dpr = Math.min(window.devicePixelRatio || 1, 2);
    node.width = width * dpr;
    node.height = height * dpr;
    const ctx = node.getContext("2d")!;
    ctx.scale(dpr, dpr);
    ctx.clearRect(0, 0, width, height);
    const ink = tone === "dark" ? "#a9aeb8" : "#5c5a54";
    grid(ctx, width, height, total, px, tone);
    LANES.forEach((lane, n) => rowName(ctx, LANE_NAMES[lane] ?? lane, 18 + n * LANE + LANE / 2, left, ink));
    for (const e of k.events) tickOf(ctx, e, px(e.time), COLOURS[tone]);
    let top = 22 + LANES.length * LANE;
    if (rows.length) {
      drawSights(ctx, k, rows, top, px, tone);
      rows.forEach((body, n) => rowName(ctx, body.title, top + n * ROW + ROW / 2, left, ink));
      top += rows.length * ROW + 4;
    }
    if (k.gap && showGap.value) {
      strip(ctx, { times: k.gap.times, values: k.gap.values, top, px, colour: tone === "dark" ? "#6cd0ee" : "#00637f", unit: k.gap.unit, label: k.gap.label, ink, width });
      top += STRIP;
    }
    if (swing) swingStrip(ctx, swing, top, px, ink, tone, width);
  }, [k, rows, width, height, total, tone, swing, showGap.value]);

  const split = parting.value;
  const range = loop.value;
  const near = hover === null ? null : nearest(k.events, hover, total / width * 6);
  const text = near ? sentence(near, (e) => nameOf(k, e, near.time)) : "";
  return (
    <div
      class="axis"
      style={{ height: `${height}px` }}
      role="slider"
      tabIndex={0}
      aria-label="Time"
      aria-description={`Below it: ${["what happened", rows.length ? "who was in sight" : "", k.gap && showGap.value ? k.gap.label : "", swing ? "swing" : ""].filter(Boolean).join(", ")}`}
      aria-valuemin={0}
      aria-valuemax={Number(total.toFixed(1))}
      aria-valuenow={Number(time.value.toFixed(1))}
      aria-valuetext={`${clock(time.value)} of ${clock(total)}`}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        playing.value = false;
        seek(at(e.clientX));
      }}
      onPointerMove={(e) => {
        setHover(at(e.clientX));
        if (e.buttons & 1) seek(at(e.clientX));
      }}
      onPointerLeave={() => setHover(null)}
    >
      <canvas ref={canvas} aria-hidden="true" style={{ width: `${width}px`, height: `${height}px` }} />
      {range && <div class="range" style={{ left: `${px(range[0])}px`, width: `${px(range[1]) - px(range[0])}px` }} />}
      {split !== null && (
        <div class="parting" style={{ left: `${px(split)}px` }}>
          <span>they part</span>
        </div>
      )}
      <div class="head" style={{ transform: `translateX(${px(Math.min(time.value, total))}px)` }} />
      {near && (
        <div class="tip" style={{ left: `${Math.max(4, Math.min(px(near.time) - 60, width - 230))}px`, bottom: `${height + 2}px` }}>
          {clock(near.time)} {text}
        </div>
      )}
    </div>
  );
}

function nearest(events: KnownEvent[], t: number, within: number): KnownEvent | null {
  let best: KnownEvent | null = null;
  let least = within;
  for (const e of events) {
    const d = Math.abs(e.time - t) + (!LANES.includes(classOf(e.kind)) ? within * 0.8 : LANES.indexOf(classOf(e.kind)) * within * 0.1);
    if (d < least) [best, least] = [e, d];
  }
  return best;
}

function grid(
  ctx: CanvasRenderingContext2D, width: number, height: number, total: number, px: (t: number) => number, tone: "light" | "dark",
): void {
  const every = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300].find((s) => (s / Math.max(total, 0.1)) * width > 52) ?? 600;
  ctx.font = "500 10.5px system-ui, sans-serif";
  ctx.textBaseline = "top";
  ctx.strokeStyle = tone === "dark" ? "rgba(255,255,255,0.09)" : "rgba(0,0,0,0.08)";
  ctx.fillStyle = tone === "dark" ? "#a9aeb8" : "#6b675f";
  ctx.lineWidth = 1;
  for (let t = 0; t <= total + 1e-6; t += every) {
    const x = Math.round(px(t)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(x, 14);
    ctx.lineTo(x, height);
    ctx.stroke();
    const text = every < 1 ? clock(t) : clock(t).replace(/\.\d$/, "");
    ctx.textAlign = x > width - 24 ? "right" : "center";
    ctx.fillText(text, x, 2);
  }
}

function tickOf(ctx: CanvasRenderingContext2D, e: KnownEvent, x: number, colours: Record<EventClass, string>): void {
  const cls = classOf(e.kind);
  const lane = LANES.indexOf(cls);
  if (lane < 0) return;
  const y = 18 + lane * LANE;
  ctx.fillStyle = colours[cls];
  ctx.globalAlpha = cls === "mind" || cls === "sense" ? 0.6 : 0.92;
  ctx.beginPath();
  if (cls === "turn") {
    ctx.moveTo(x, y - 1);
    ctx.lineTo(x + 4.5, y + 3.5);
    ctx.lineTo(x, y + 8);
    ctx.lineTo(x - 4.5, y + 3.5);
  } else ctx.rect(x - (cls === "act" ? 1.2 : 0.8), y, cls === "act" ? 2.4 : 1.6, LANE - 1.5);
  ctx.fill();
  ctx.globalAlpha = 1;
}

interface StripData {
  times: Float64Array; values: Float64Array; top: number; px: (t: number) => number; colour: string; unit: string; label: string; ink: string;
  width: number;
}

function strip(ctx: CanvasRenderingContext2D, { times, values, top, px, colour, unit, label, ink, width }: StripData): void {
  const finite = values.filter((v) => Number.isFinite(v));
  const peak = Math.max(1, ...finite);
  const y = (v: number): number => top + STRIP - 7 - (Math.min(v, peak) / peak) * (STRIP - 22);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.8;
  ctx.lineJoin = "round";
  const line = new Path2D();
  const area = new Path2D();
  let open = false;
  let lastX = 0;
  times.forEach((t, n) => {
    const v = values[n]!;
    if (!Number.isFinite(v)) {
      if (open) area.lineTo(lastX, y(0));
      open = false;
      return;
    }
    const x = px(t);
    if (!open) {
      line.moveTo(x, y(v));
      area.moveTo(x, y(0));
    } else line.lineTo(x, y(v));
    area.lineTo(x, y(v));
    open = true;
    lastX = x;
  });
  area.lineTo(lastX, y(0));
  ctx.globalAlpha = 0.12;
  ctx.fillStyle = colour;
  ctx.fill(area);
  ctx.globalAlpha = 1;
  ctx.stroke(line);
  caption(ctx, `${label}, up to ${peak.toFixed(peak < 10 ? 1 : 0)} ${unit}`, top, ink, width);
}

/** The name of a row, to the left of it. */
function rowName(ctx: CanvasRenderingContext2D, text: string, y: number, left: number, ink: string): void {
  ctx.fillStyle = ink;
  ctx.font = "500 9.5px system-ui, sans-serif";
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.fillText(text, left - 7, y, left - 9);
}

function caption(ctx: CanvasRenderingContext2D, text: string, top: number, ink: string, width: number): void {
  ctx.fillStyle = ink;
  ctx.font = "500 10.5px system-ui, sans-serif";
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.fillText(text, leftOf(width), top + 1, width - leftOf(width) - PAD);
}

function swingStrip(
  ctx: CanvasRenderingContext2D, swing: Swing, top: number, px: (t: number) => number, ink: string, tone: "light" | "dark", width: number,
): void {
  const y = (v: number): number => top + STRIP - 6 - v * (STRIP - 22);
  ctx.strokeStyle = tone === "dark" ? "rgba(255,255,255,0.2)" : "rgba(0,0,0,0.18)";
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  ctx.moveTo(px(0), y(0.5));
  ctx.lineTo(px(swing.times.at(-1) ?? 0), y(0.5));
  ctx.stroke();
  ctx.setLineDash([]);
  const colour = tone === "dark" ? "#ffc65c" : "#9a5b00";
  if (swing.low && swing.high) {
    ctx.beginPath();
    swing.times.forEach((t, n) => ctx.lineTo(px(t), y(swing.high![n]!)));
    swing.times.toReversed().forEach((t, n) => ctx.lineTo(px(t), y(swing.low![swing.times.length - 1 - n]!)));
    ctx.globalAlpha = 0.18;
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.globalAlpha = 1;
  }
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.beginPath();
  swing.times.forEach((t, n) => ctx.lineTo(px(t), y(swing.chance[n]!)));
  ctx.stroke();
  ctx.fillStyle = colour;
  for (const jump of swing.jumps ?? []) {
    const n = Math.max(0, swing.times.findLastIndex((t) => t <= jump.time));
    ctx.beginPath();
    ctx.arc(px(jump.time), y(swing.chance[n] ?? 0), 3.4, 0, 7);
    ctx.fill();
  }
  caption(ctx, "swing: chance to be in time", top, ink, width);
}
