// All worlds of the run: shares, times, slack, gaps, what people spent, where it came from.
import { words } from "../data/world";
import { eyes, look, page, show, tab, worldAt } from "../state";
import { Answers } from "./Answers";
import { worldName } from "./App";
import { Chart } from "./Chart";

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

function Contact() {
  const { contact, slack, summary } = page().report!;
  if (!contact) return null;
  const t = summary.time_to_contact;
  return (
    <section class={slack ? "card" : "card wide"}>
      <h2>Time to contact</h2>
      <Chart
        x={contact.times}
        lines={[{ label: "reached by then", values: contact.share, low: contact.low, high: contact.high, width: 2.2 }]}
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

const STEPS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];

function Slack() {
  const { slack, summary } = page().report!;
  if (!slack) return null;
  const peak = Math.max(...slack.counts);
  const n = slack.counts.length;
  const width = 560;
  const high = 190;
  const bar = width / n;
  const x = (t: number): number => ((t - slack.first) / (slack.width * n)) * width;
  const last = slack.first + slack.width * n;
  const step = STEPS.find((s) => (last - slack.first) / s <= 9) ?? 600;
  const ticks = Array.from({ length: 11 }, (_, k) => (Math.ceil(slack.first / step) + k) * step).filter((t) => t <= last);
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
        {ticks.map((t) => (
          <g key={t}>
            <line x1={x(t)} x2={x(t)} y1={high} y2={high + 4} class="base" />
            <text x={x(t)} y={high + 18} text-anchor={x(t) < 20 ? "start" : x(t) > width - 20 ? "end" : "middle"}>{`${String(t).replace("-", "−")} s`}</text>
          </g>
        ))}
        <text x={width} y="12" text-anchor="end">{`highest bar: ${peak} worlds`}</text>
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
  return (
    <main class="report">
      <p class="about">{scenario.about}</p>
      {report && report.status !== "complete" && <p class="warn">This run was interrupted: it speaks of the worlds that were played.</p>}
      {eyes.value.kind !== "truth" && <p class="dim">The report speaks of all worlds and of everybody, through nobody’s eyes.</p>}
      {report?.summary.overflow.map((text) => <p class="warn" key={text}>{text}</p>)}
      {report && <Shares />}
      {report && <Contact />}
      {report && <Slack />}
      {report && <Gaps />}
      <Answers />
      {report && <Spent />}
      <Worlds />
      {report && <Manifest />}
    </main>
  );
}
