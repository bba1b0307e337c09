// A chart of lines over a common axis.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Mark } from "../data/types";
import { mood } from "../state";

export interface ChartLine { label: string; values: (number | null)[]; low?: (number | null)[] | null; high?: (number | null)[] | null; width?: number }
export interface ChartData {
  x: number[]; lines: ChartLine[]; xLabel: string; yLabel: string; label: string;
  /** The y is a share, from 0 to 100 %. */
  share?: boolean;
  /** Where the y is to lie; null: open. */
  wanted?: [number | null, number | null] | null;
  marks?: Mark[];
}

const HEIGHT = 250;

function colours(tone: "light" | "dark"): { ink: string; grid: string; lines: string[]; wanted: string; mark: string } {
  return tone === "dark"
    ? { ink: "#c9cdd5", grid: "rgba(255,255,255,0.09)", lines: ["#6cd0ee", "#ffb45c", "#3ccf9f", "#e29bc4", "#a79bf0", "#e6c04a", "#8d939d"], wanted: "rgba(60,207,159,0.16)", mark: "#ff8f7e" }
    : { ink: "#4a4840", grid: "rgba(0,0,0,0.08)", lines: ["#00637f", "#b85a00", "#00785a", "#a04d7c", "#5b4fa8", "#8f6900", "#777777"], wanted: "rgba(0,120,90,0.13)", mark: "#b3261e" };
}

/** Series for uPlot: every line, and the ends of its interval where it has one. */
export function seriesOf(lines: ChartLine[]): { values: (number | null)[]; line: number; edge: boolean; label: string }[] {
  return lines.flatMap((l, line) => [
    { values: l.values, line, edge: false, label: l.label },
    ...(l.high && l.low ? [{ values: l.high, line, edge: true, label: `${l.label}, high` }, { values: l.low, line, edge: true, label: `${l.label}, low` }] : []),
  ]);
}

function shade(u: uPlot, wanted: [number | null, number | null], colour: string): void {
  const { left, top, width, height } = u.bbox;
  const y = (v: number | null, open: number): number => (v === null ? open : Math.max(top, Math.min(top + height, u.valToPos(v, "y", true))));
  const [low, high] = [y(wanted[0], top + height), y(wanted[1], top)];
  u.ctx.fillStyle = colour;
  u.ctx.fillRect(left, high, width, low - high);
}

function mark(u: uPlot, marks: Mark[], colour: string): void {
  const { ctx } = u;
  const { top, height, left, width } = u.bbox;
  const dpr = window.devicePixelRatio || 1;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = dpr;
  ctx.font = `600 ${11 * dpr}px system-ui`;
  ctx.textBaseline = "top";
  marks.forEach(({ x, text }, n) => {
    const at = u.valToPos(x, "x", true);
    ctx.setLineDash([4 * dpr, 3 * dpr]);
    ctx.beginPath();
    ctx.moveTo(at, top);
    ctx.lineTo(at, top + height);
    ctx.stroke();
    // not into the next mark, and not out of the chart
    const room = Math.min(left + width, ...marks.map((m) => u.valToPos(m.x, "x", true)).filter((other) => other > at)) - at;
    ctx.textAlign = room < ctx.measureText(text).width + 8 * dpr ? "right" : "left";
    ctx.fillText(text, at + (ctx.textAlign === "left" ? 4 : -4) * dpr, top + (2 + 13 * (n % 3)) * dpr);
  });
  ctx.restore();
}

export function Chart({ x, lines, xLabel, yLabel, share, label, wanted, marks }: ChartData) {
  const box = useRef<HTMLDivElement>(null);
  const tone = mood.value;
  useEffect(() => {
    const node = box.current!;
    const c = colours(tone);
    const series = seriesOf(lines);
    const of = (line: number): string => c.lines[line % c.lines.length]!;
    const axis = { stroke: c.ink, grid: { stroke: c.grid, width: 1 }, ticks: { stroke: c.grid, width: 1 }, font: "11px system-ui", labelFont: "12px system-ui", labelGap: 0 };
    const plot = new uPlot(
      {
        width: Math.max(node.clientWidth, 200),
        height: HEIGHT,
        cursor: { drag: { x: false, y: false } },
        legend: { show: lines.length > 1, live: false, markers: { width: 0, fill: (_: uPlot, k: number) => (k ? of(series[k - 1]!.line) : "") } },
        scales: { x: { time: false }, y: share ? { range: [0, 1] } : {} },
        axes: [
          { ...axis, label: xLabel, size: 28, labelSize: 18 },
          { ...axis, label: yLabel, size: 48, labelSize: 18, values: (_: uPlot, v: number[]) => v.map((n) => (share ? `${Math.round(n * 100)} %` : String(n).replace("-", "−"))) },
        ],
        series: [
          {},
          ...series.map((s) => ({ label: s.label, stroke: s.edge ? "transparent" : of(s.line), width: lines[s.line]!.width ?? 1.8, points: { show: false }, spanGaps: false })),
        ],
        bands: series.flatMap((s, n) => (s.edge && series[n + 1]?.edge && series[n + 1]!.line === s.line && !series[n - 1]!.edge ? [{ series: [n + 1, n + 2] as [number, number], fill: `${of(s.line)}26` }] : [])),
        hooks: { drawAxes: [(u) => wanted && shade(u, wanted, c.wanted)], draw: [(u) => marks && mark(u, marks, c.mark)] },
      },
      [x, ...series.map((s) => s.values)],
      node,
    );
    // the ends of intervals are no lines of their own
    const rows = [...node.querySelectorAll(".u-legend .u-series")].slice(-series.length);
    rows.forEach((row, n) => row.classList.toggle("hidden", series[n]!.edge));
    const watcher = new ResizeObserver(() => plot.setSize({ width: Math.max(node.clientWidth, 200), height: HEIGHT }));
    watcher.observe(node);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [tone]);
  return <div ref={box} class="chart" role="img" aria-label={label} />;
}
