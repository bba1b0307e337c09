// Beside the picture: who is known to be where, and what is known to have happened.
import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { clock, sentenceOfAge } from "../data/ages";
import { classOf, sentence } from "../data/sentences";
import { valueAt, words } from "../data/world";
import { believedAt, type KnownBody, seenAt } from "../data/knowledge";
import { inkOf, shapeOf } from "../stage/ink";
import { levelAt, modeName } from "../stage/scene";
import { follow, knowledge, mood, nameOf, page, playing, search, seek, time } from "../state";

/** The time for the panels: at most eight times a second, however it moves, and always the last. */
export const coarse = signal(time.peek());
let waiting = false;
time.subscribe((t) => {
  if (waiting || t === coarse.peek()) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    coarse.value = time.peek();
  }, 125);
});

export function Glyph({ side, payload }: { side: number; payload?: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const tone = mood.value;
  useEffect(() => {
    const node = canvas.current!;
    const ctx = node.getContext("2d")!;
    ctx.setTransform(2, 0, 0, 2, 0, 0);
    ctx.clearRect(0, 0, 18, 18);
    ctx.translate(9, 9);
    const ink = inkOf(side, tone);
    ctx.beginPath();
    if (payload) ctx.ellipse(0, 0, 5, 6.4, 0, 0, 7);
    else shapeOf(ctx, side, 6);
    ctx.fillStyle = payload ? "#d9b779" : ink.fill;
    ctx.fill();
    ctx.lineWidth = 1.2;
    ctx.strokeStyle = payload ? "#4c3514" : ink.line;
    ctx.stroke();
  }, [side, payload, tone]);
  return <canvas ref={canvas} class="glyph" width={36} height={36} aria-hidden="true" />;
}

const WORDS: Record<string, string> = {
  feet: "on the feet", air: "in the air", climb: "climbing", skid: "thrown off", down: "down", hang: "hanging", out: "out", away: "not here yet",
};

function Meter({ label, value, warn }: { label: string; value: number; warn?: boolean }) {
  const part = Math.max(0, Math.min(1, value));
  return (
    <span class={`meter${warn ? " warn" : ""}`} title={`${label} ${(100 * part).toFixed(0)} %`}>
      <i style={{ width: `${100 * part}%` }} />
    </span>
  );
}

function doing(body: KnownBody, tick: number, t: number): string {
  const k = knowledge.value;
  const { scenario } = page();
  const at = seenAt(k, body, t, { x: 0, y: 0, z: 0 });
  if (!at) {
    const held = believedAt(k, body, t);
    return held ? sentenceOfAge(t - held.time, scenario.words.sources[held.how]) : "out of sight";
  }
  if (body.payload) {
    const stage = body.stages ? valueAt(body.stages, tick) : -1;
    const names = scenario.payloads[body.index - scenario.people.length]!.stages;
    return stage >= 0 && names.length > 1 ? words(names[stage]) : "";
  }
  const parts: string[] = [];
  const mode = modeName(scenario, body, tick);
  const phase = body.states.phase ? valueAt(body.states.phase, tick) : 0;
  const technique = body.states.technique ? valueAt(body.states.technique, tick) : -1;
  const held = body.states.held_by ? valueAt(body.states.held_by, tick) : -1;
  if (held >= 0) parts.push(`held by ${nameOf(k, held, t)}`);
  else if (phase > 0 && technique >= 0) parts.push(words(scenario.techniques[technique]?.name));
  else if (mode && mode !== "feet") parts.push(WORDS[mode] ?? mode);
  if (body.states.order && mode !== "out") {
    const order = valueAt(body.states.order, tick);
    const target = body.states.target ? valueAt(body.states.target, tick) : -1;
    if (order >= 0) parts.push(words(scenario.words.orders[order]) + (target >= 0 && target !== body.index ? ` · ${nameOf(k, target, t)}` : ""));
  }
  return parts.join(", ") || (body.own ? "" : "in sight");
}

/** Names in a row; of many the first and the last. */
function listed(names: string[]): string {
  return names.length > 4 ? `${names[0]!} … ${names.at(-1)!} (${names.length})` : names.join(", ");
}

export function Roster() {
  const k = knowledge.value;
  const t = coarse.value;
  const tick = Math.floor(t / k.dt + 1e-6);
  const { sides } = page().scenario;
  const known = k.bodies.filter((b) => b.since <= tick);
  return (
    <section class="roster" aria-label="Who">
      {sides.map((side, n) => {
        const all = known.filter((b) => b.side === n);
        if (!all.length) return null;
        const absent = all.filter((b) => b.own && !b.payload && !seenAt(k, b, t, { x: 0, y: 0, z: 0 }));
        const own = all.filter((b) => !absent.includes(b));
        return (
          <div key={side}>
            <h3><Glyph side={n} /> {side}</h3>
            <ul>
              {own.map((body) => {
                const seen = body.own || seenAt(k, body, t, { x: 0, y: 0, z: 0 }) !== null;
                return (
                  <li key={body.index} class={seen ? "" : "unseen"}>
                    <button type="button" aria-pressed={follow.value === body.index} title="Follow" onClick={() => (follow.value = follow.value === body.index ? -1 : body.index)}>
                      {body.payload && <Glyph side={n} payload />}
                      <b>{body.title}</b>
                      <span>{doing(body, tick, t)}</span>
                      {body.own && (
                        <em>
                          <Meter label="reserve" value={levelAt(k, body.levels.reserve, t)} />
                          <Meter label="power" value={levelAt(k, body.levels.power, t)} />
                          {levelAt(k, body.levels.wound, t) > 0.005 && <Meter label="wounds" value={levelAt(k, body.levels.wound, t)} warn />}
                        </em>
                      )}
                    </button>
                  </li>
                );
              })}
            </ul>
            {absent.length > 0 && <p>not here yet: {listed(absent.map((b) => b.title))}</p>}
          </div>
        );
      })}
    </section>
  );
}

const ROWS = 160;
const everything = signal(false);

export function Events() {
  const k = knowledge.value;
  const list = useRef<HTMLOListElement>(null);
  const wanted = search.value.trim().toLowerCase();
  const rows = useMemo(() => {
    const all = k.events.map((e) => ({ e, text: sentence(e, (who) => nameOf(k, who, e.time)) }));
    if (wanted) return all.filter(({ e, text }) => text.toLowerCase().includes(wanted) || e.kind.includes(wanted));
    return everything.value ? all : all.filter(({ e }) => !["mind", "move"].includes(classOf(e.kind)));
  }, [k, wanted, everything.value]);
  const now = coarse.value;
  let at = rows.length - 1;
  while (at >= 0 && rows[at]!.e.time > now + 1e-6) at--;
  // long lists show what lies about the present
  const first = Math.max(0, Math.min(at - ROWS / 2, rows.length - ROWS));
  const shown = rows.slice(first, first + ROWS);
  useEffect(() => {
    const node = list.current;
    const row = node?.children[at - first];
    if (!node || !(row instanceof HTMLElement)) return;
    const top = row.getBoundingClientRect().top - node.getBoundingClientRect().top;
    if (top < 20 || top > node.clientHeight - 60) node.scrollTop += top - node.clientHeight / 2;
  }, [at, first]);
  return (
    <section class="events" aria-label="What happened">
      <div class="find">
        <input
          id="search"
          type="search"
          placeholder="Search events  (/)"
          aria-label="Search events"
          value={search.value}
          onInput={(e) => (search.value = e.currentTarget.value)}
        />
        <button type="button" aria-pressed={everything.value} onClick={() => (everything.value = !everything.value)} title="Orders, leaps and climbs as well">all</button>
      </div>
      <ol ref={list}>
        {shown.map(({ e, text }, n) => (
          <li key={e.index} class={`${classOf(e.kind)}${n + first === at ? " now" : ""}${e.time > now + 1e-6 ? " later" : ""}`}>
            <button type="button" onClick={() => { playing.value = false; seek(e.time); }}>
              <time>{clock(e.time)}</time>
              <span>{text}</span>
            </button>
          </li>
        ))}
        {!shown.length && <li class="none">{wanted ? "nothing found" : "nothing yet"}</li>}
      </ol>
    </section>
  );
}
