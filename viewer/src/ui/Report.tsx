// All worlds of the run: shares, times, slack, gaps, what people spent, where it came from.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { words } from "../data/world";
import { eyes, look, mood, page, show, tab, worldAt } from "../state";
import { worldName } from "./App";

const percent = (v: number | null): string => (v === null ? "–" : `${(100 * v).toFixed(1)} %`);
const secs = (v: number | null): string => (v === null ? "–" : `${v.toFixed(1)} s`);
const number = (v: unknown): number => (typeof v === "number" ? v : 0);

function Shares() {
  const { summary } = page().report!;
  const { outcomes } = page().scenario;
  return (
    <section class="card wide">
      <h2>How worlds end</h2>
      <table class="shares">
        <tbody>
          {summary.outcomes.map((o) => (
            <tr key={o.name}>
              <th scope="row" title={outcomes.find((x) => x.name === o.name)?.about}>{words(o.name)}</th>
              <td class="bars">
                <i style={{ width: `${100 * (o.share.value ?? 0)}%` }} />
                <u style={{ left: `${100 * (o.share.low ?? 0)}%`, width: `${100 * ((o.share.high ?? 0) - (o.share.low ?? 0))}%` }} />
              </td>
              <td><b>{percent(o.share.value)}</b></td>
              <td class="dim">{percent(o.share.low)} to {percent(o.share.high)}</td>
              <td class="dim">{o.worlds.toLocaleString("en")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim">Wilson intervals of 95 % over {summary.worlds.toLocaleString("en")} worlds, seed {summary.seed}.</p>
    </section>
  );
}

interface Line { label: string; values: (number | null)[]; width?: number; band?: [number, number] }

function colours(tone: "light" | "dark"): { ink: string; grid: string; lines: string[]; band: string } {
  return tone === "dark"
    ? { ink: "#c9cdd5", grid: "rgba(255,255,255,0.09)", lines: ["#6cd0ee", "#ffb45c", "#3ccf9f", "#e29bc4", "#a79bf0", "#e6c04a", "#8d939d"], band: "rgba(108,208,238,0.18)" }
    : { ink: "#4a4840", grid: "rgba(0,0,0,0.08)", lines: ["#00637f", "#b85a00", "#00785a", "#a04d7c", "#5b4fa8", "#8f6900", "#777"], band: "rgba(0,99,127,0.14)" };
}

/** A chart of lines over a common axis. */
function Chart({ x, lines, xLabel, yLabel, share, label }: { x: number[]; lines: Line[]; xLabel: string; yLabel: string; share?: boolean; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const tone = mood.value;
  useEffect(() => {
    const node = box.current!;
    const c = colours(tone);
    const axis = { stroke: c.ink, grid: { stroke: c.grid, width: 1 }, ticks: { stroke: c.grid, width: 1 }, font: "11px system-ui", labelFont: "12px system-ui" };
    const plot = new uPlot(
      {
        width: Math.max(node.clientWidth, 200),
        height: 250,
        cursor: { drag: { x: false, y: false } },
        legend: { show: lines.some((l, n) => n > 0 && !l.band), live: false },
        scales: { x: { time: false }, y: share ? { range: [0, 1] } : {} },
        axes: [
          { ...axis, label: xLabel },
          { ...axis, label: yLabel, values: (_: uPlot, v: number[]) => v.map((n) => (share ? `${Math.round(n * 100)} %` : String(n))) },
        ],
        series: [
          { label: xLabel },
          ...lines.map((l, n) => ({ label: l.label, stroke: l.band ? "transparent" : c.lines[n % c.lines.length]!, width: l.width ?? 1.5, points: { show: false }, spanGaps: false })),
        ],
        bands: lines.flatMap((l) => (l.band ? [{ series: l.band, fill: c.band }] : [])),
      },
      [x, ...lines.map((l) => l.values)],
      node,
    );
    const watcher = new ResizeObserver(() => plot.setSize({ width: Math.max(node.clientWidth, 200), height: 250 }));
    watcher.observe(node);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [tone]);
  return <div ref={box} class="chart" role="img" aria-label={label} />;
}

function Contact() {
  const { contact, summary } = page().report!;
  if (!contact) return null;
  const t = summary.time_to_contact;
  return (
    <section class="card">
      <h2>Time to contact</h2>
      <Chart
        x={contact.times}
        lines={[
          { label: "reached by then", values: contact.share, width: 2.2 },
          { label: "95 % high", values: contact.high, band: [2, 3] },
          { label: "95 % low", values: contact.low, band: [2, 3] },
        ]}
        xLabel="seconds"
        yLabel="share of worlds"
        share
        label="Share of worlds in which the payload has been reached by a time"
      />
      <p class="dim">
        Kaplan–Meier; {contact.contacts.toLocaleString("en")} contacts, {contact.censored.toLocaleString("en")} worlds ended without one.
        {t?.median.value !== null && t ? ` Median ${secs(t.median.value)} (${secs(t.median.low)} to ${secs(t.median.high)}).` : " Fewer than half of the worlds see contact."}
      </p>
    </section>
  );
}

function Slack() {
  const { slack, summary } = page().report!;
  if (!slack) return null;
  const peak = Math.max(...slack.counts);
  const n = slack.counts.length;
  const width = 560;
  const high = 190;
  const bar = width / n;
  const x = (t: number): number => ((t - slack.first) / (slack.width * n)) * width;
  const labels = [slack.first, slack.first + (slack.width * n) / 2, slack.first + slack.width * n];
  return (
    <section class="card">
      <h2>Slack</h2>
      <svg class="histogram" viewBox={`0 0 ${width} ${high + 26}`} role="img" aria-label="How many worlds had how much slack">
        {slack.counts.map((count, k) => {
          const from = slack.first + k * slack.width;
          const h = (count / peak) * (high - 12);
          return (
            <rect key={k} class={from >= 0 ? "in" : "late"} x={k * bar + 0.75} y={high - h} width={Math.max(bar - 1.5, 0.5)} height={h}>
              <title>{`${from.toFixed(1)} to ${(from + slack.width).toFixed(1)} s: ${count} worlds`}</title>
            </rect>
          );
        })}
        <line x1="0" x2={width} y1={high} y2={high} class="base" />
        {slack.first < 0 && x(0) <= width && <line x1={x(0)} x2={x(0)} y1="0" y2={high} class="zero" />}
        {labels.map((t, k) => (
          <text key={k} x={x(t)} y={high + 18} text-anchor={k === 0 ? "start" : k === 1 ? "middle" : "end"}>{`${t.toFixed(0)} s`}</text>
        ))}
        {slack.first < 0 && <text x={Math.min(Math.max(x(0), 30), width - 30) + 5} y="12">in time →</text>}
      </svg>
      <p class="dim">
        Deadline minus contact, over {slack.worlds.toLocaleString("en")} worlds with contact; above 0 is in time.
        {summary.in_time && ` In time: ${percent(summary.in_time.value)} of all worlds (${percent(summary.in_time.low)} to ${percent(summary.in_time.high)}).`}
      </p>
    </section>
  );
}

function Gaps() {
  const { worlds } = page();
  const traces = worlds
    .map((entry, k) => ({ entry, k, gap: worldAt(k).data.gap, data: worldAt(k) }))
    .filter((w) => w.gap !== null && !w.entry.variant);
  if (!traces.length) return null;
  const longest = traces.reduce((a, b) => (a.gap!.seconds.values.length > b.gap!.seconds.values.length ? a : b));
  const x = Array.from(longest.gap!.seconds.values, (_, n) => n * longest.data.data.every * longest.data.dt);
  const lines = traces.map(({ k, gap }) => ({
    label: worldName(k, true),
    width: k === 0 ? 2.4 : 1.3,
    values: x.map((_, n) => (n < gap!.seconds.values.length && gap!.who.values[n]! >= 0 ? gap!.seconds.values[n]! * 0.1 : null)),
  }));
  return (
    <section class="card wide">
      <h2>Gap</h2>
      <Chart x={x} lines={lines} xLabel="seconds of the world" yLabel="gap (s)" label="Seconds by which the nearest pursuer is behind, world by world" />
      <p class="dim">
        How far behind the payload its nearest pursuer is: the time since the payload passed the nearest point of its way, plus the time to get there
        at critical speed.
      </p>
    </section>
  );
}

const SPENT: [string, string, (v: number) => string][] = [
  ["distance", "ran", (v) => `${v.toFixed(0)} m`],
  ["reserve_spent", "reserve", (v) => `${v.toFixed(0)} m`],
  ["power_spent", "power", (v) => v.toFixed(0)],
  ["wound", "wounds", (v) => percent(v)],
  ["blood_lost", "blood", (v) => `${v.toFixed(0)} mL`],
  ["held_time", "held", (v) => secs(v)],
  ["down_time", "down", (v) => secs(v)],
  ["out", "out", (v) => percent(v)],
];

function Spent() {
  const { summary, titles } = page().report!;
  const most = SPENT.map(([key]) => Math.max(...summary.people.map((p) => number(p[key])), 1e-9));
  return (
    <section class="card wide">
      <h2>What each person spent</h2>
      <div class="scroll">
        <table class="spent">
          <thead>
            <tr><th scope="col">mean per world</th><th scope="col">side</th>{SPENT.map(([, title]) => <th scope="col" key={title}>{title}</th>)}</tr>
          </thead>
          <tbody>
            {summary.people.map((p) => (
              <tr key={p.name}>
                <th scope="row">{titles[p.name] ?? p.name}</th>
                <td>{p.side}</td>
                {SPENT.map(([key, , text], n) => (
                  <td key={key} class="cell"><i style={{ width: `${(100 * number(p[key])) / most[n]!}%` }} /><span>{text(number(p[key]))}</span></td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function LedgerCard() {
  const { ledger } = page().extra;
  if (!ledger?.rows.length) return null;
  const most = Math.max(...ledger.rows.map((r) => Math.abs(r.seconds)), 0.1);
  return (
    <section class="card wide">
      <h2>Seconds bought</h2>
      <table class="ledger">
        <tbody>
          {ledger.rows.map((r, n) => (
            <tr key={n}>
              <th scope="row">{r.who}</th>
              <td>{words(r.what)}</td>
              <td class="bars"><i class={r.seconds < 0 ? "lost" : ""} style={{ width: `${(100 * Math.abs(r.seconds)) / most}%` }} /></td>
              <td><b>{`${r.seconds > 0 ? "+" : ""}${r.seconds.toFixed(1)} s`}</b></td>
              <td class="dim">{r.low !== undefined && r.high !== undefined ? `${r.low.toFixed(1)} to ${r.high.toFixed(1)}` : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {ledger.note && <p class="dim">{ledger.note}</p>}
    </section>
  );
}

function Worlds() {
  return (
    <section class="card">
      <h2>Worlds to watch</h2>
      <ul class="watch">
        {page().worlds.map((_, k) => (
          <li key={k}>
            <button type="button" onClick={() => { show(k); look({ kind: "truth" }); tab.value = "replay"; }}>{worldName(k, true)}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.map(plain).join(", ") || "–";
  if (typeof value === "object") return Object.entries(value).map(([k, v]) => `${k} ${plain(v)}`).join(", ");
  return JSON.stringify(value).replace(/^"|"$/g, "");
}

function Manifest() {
  const { manifest } = page().report!;
  return (
    <section class="card">
      <details>
        <summary><h2>Where this comes from</h2></summary>
        <dl class="manifest">
          {Object.entries(manifest).map(([key, value]) => (
            <div key={key}>
              <dt>{words(key)}</dt>
              <dd>{plain(value)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

export function Report() {
  const { scenario, report } = page();
  if (!report) return null;
  return (
    <main class="report">
      <p class="about">{scenario.about}</p>
      {report.status !== "complete" && <p class="warn">This run was interrupted: it speaks of the worlds that were played.</p>}
      {eyes.value.kind !== "truth" && <p class="dim">The report speaks of all worlds and of everybody, through nobody’s eyes.</p>}
      {report.summary.overflow.map((text) => <p class="warn" key={text}>{text}</p>)}
      <Shares />
      <Contact />
      <Slack />
      <Gaps />
      <LedgerCard />
      <Spent />
      <Worlds />
      <Manifest />
    </main>
  );
}
