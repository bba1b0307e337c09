// The page: a bar on top, the picture, the time axis, panels beside or below.
import { useEffect, useRef } from "preact/hooks";
import { clock } from "../data/ages";
import { words } from "../data/world";
import { Stage } from "../stage/Stage";
import {
  allEyes, beside, besideKnowledge, choosing, current, eyes, follow, hasReport, help, knowledge, look, mood, nameOf, notice, page, parting, show, tab, theme,
  time,
} from "../state";
import type { Eyes } from "../data/knowledge";
import { Axis } from "./Axis";
import { Help } from "./Help";
import { Glyph, Roster } from "./Panels";
import { Report } from "./Report";
import { Told } from "./Story";
import { Transport } from "./Transport";

/** What the list calls a world. Through somebody's eyes nothing is said of how it ends, or of what others decided. */
export function worldName(index: number, withEnd: boolean): string {
  const { worlds, scenario } = page();
  const entry = worlds[index]!;
  const parts = [`World ${entry.world}`];
  if (!withEnd) return entry.variant ? `${parts[0]!}, decided otherwise` : parts[0]!;
  if (entry.variant) parts.push(`if ${words(entry.variant)}`);
  const outcome = entry.outcome >= 0 ? words(scenario.outcomes[entry.outcome]!.name) : "unresolved";
  const tags = entry.tags.map(words).filter((tag) => tag !== outcome);
  return [...parts, ...(tags.length ? [`(${tags.join(", ")})`] : []), `– ${outcome}, ${clock(entry.end)}`].join(" ");
}

export function eyesName(e: Eyes): string {
  const { scenario } = page();
  return e.kind === "truth" ? "Truth" : e.kind === "side" ? scenario.sides[e.side]! : scenario.people[e.person]!.title;
}

function EyesMenu() {
  const menu = useRef<HTMLDivElement>(null);
  const { scenario } = page();
  const open = choosing.value;
  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector<HTMLElement>("[aria-checked=true]")?.focus();
    const away = (e: PointerEvent): void => {
      if (!menu.current?.parentElement?.contains(e.target as Node)) choosing.value = false;
    };
    window.addEventListener("pointerdown", away);
    return () => window.removeEventListener("pointerdown", away);
  }, [open]);
  const same = (e: Eyes): boolean => JSON.stringify(e) === JSON.stringify(eyes.value);
  const item = (e: Eyes, key: string) => (
    <button type="button" role="menuitemradio" aria-checked={same(e)} key={`${key}${eyesName(e)}`} onClick={() => look(e)}>
      {e.kind !== "truth" && <Glyph side={e.kind === "side" ? e.side : scenario.people[e.person]!.side} />}
      <span>{eyesName(e)}</span>
      {key && <kbd>{key}</kbd>}
    </button>
  );
  const list = allEyes();
  return (
    <div class="eyes">
      <button type="button" class="chip" aria-haspopup="menu" aria-expanded={open} title="Whose eyes (V)" onClick={() => (choosing.value = !open)}>
        <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><path fill="currentColor" d="M10 4c4 0 7 3 8.600 6-1.600 3-4.600 6-8.600 6s-7-3-8.600-6C3 7 6 4 10 4zm0 2.200A3.800 3.800 0 1010 13.800 3.800 3.800 0 0010 6.200zM10 8a2 2 0 110 4 2 2 0 010-4z" /></svg>
        <b>{eyesName(eyes.value)}</b>
      </button>
      {open && (
        <div ref={menu} class="menu" role="menu" aria-label="Whose eyes">
          {item(list[0]!, "0")}
          {scenario.sides.map((_, side) => (
            <div key={side} role="group">
              {item({ kind: "side", side }, "")}
              <div class="people">
                {scenario.people.map((p, person) => (p.side === side ? item({ kind: "person", person }, person < 9 ? String(person + 1) : "") : null))}
              </div>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function Bar() {
  const { worlds, scenario } = page();
  const truth = eyes.value.kind === "truth";
  const themes = { auto: "◐", light: "☀", dark: "☾" } as const;
  return (
    <header class="bar">
      <h1><span>Rearguard</span> {scenario.name}</h1>
      {hasReport() && (
        <nav role="tablist" aria-label="Views">
          {(["replay", "report"] as const).map((name) => (
            <button type="button" role="tab" key={name} aria-selected={tab.value === name} onClick={() => (tab.value = name)}>
              {name === "replay" ? "Replay" : "Report"}
            </button>
          ))}
        </nav>
      )}
      {tab.value === "replay" && (
        <div class="choices">
          <span class="worlds">
            <button type="button" aria-label="World before" title="World before (P)" onClick={() => show(current.value - 1)}>‹</button>
            <select id="world" aria-label="World" value={current.value} onChange={(e) => show(Number(e.currentTarget.value))}>
              {worlds.map((_, k) => <option key={k} value={k}>{worldName(k, truth)}</option>)}
            </select>
            <button type="button" aria-label="Next world" title="Next world (N)" onClick={() => show(current.value + 1)}>›</button>
          </span>
          <select id="beside" aria-label="World beside it" title="Two worlds on one clock (C)" value={beside.value} onChange={(e) => (beside.value = Number(e.currentTarget.value))}>
            <option value={-1}>one world</option>
            {worlds.map((_, k) => (k === current.value ? null : <option key={k} value={k}>beside {worldName(k, truth)}</option>))}
          </select>
          <EyesMenu />
        </div>
      )}
      <span class="end">
        <button type="button" title="Light or dark (D)" aria-label={`Theme: ${theme.value}`} onClick={() => (theme.value = theme.value === "auto" ? (mood.value === "dark" ? "light" : "dark") : theme.value === "light" ? "dark" : "light")}>
          {themes[theme.value]}
        </button>
        <button type="button" title="Keys (?)" aria-label="Keys" onClick={() => (help.value = true)}>?</button>
      </span>
    </header>
  );
}

function Caption({ index, other }: { index: number; other?: boolean }) {
  const split = parting.value;
  return (
    <div class="caption">
      <b>{worldName(index, eyes.value.kind === "truth")}</b>
      {split !== null && other && <span>{time.value < split ? `parts at ${clock(split)}` : `parted at ${clock(split)}`}</span>}
      {split === null && other && beside.value >= 0 && <span>the same all along</span>}
    </div>
  );
}

function Replay() {
  const k = knowledge.value;
  const other = besideKnowledge.value;
  const e = eyes.value;
  const { columns, rows } = page().scenario.map;
  const flat = columns > 2.2 * rows;
  const followed = follow.value >= 0 ? nameOf(k, follow.value) : "";
  return (
    <div class="replay">
      <div class={`stages${other ? (flat ? " two rows" : " two") : ""}`}>
        <div class="pane">
          <Stage k={k} label={`Map of world ${page().worlds[current.value]!.world}`} />
          {other && <Caption index={current.value} />}
          <div class="notes" aria-live="polite">
            {e.kind !== "truth" && <span class="eyesnote">Only what {eyesName(e)} knows</span>}
            {followed && <span>following {followed}</span>}
            {notice.value && <span>{notice.value}</span>}
          </div>
        </div>
        {other && (
          <div class="pane">
            <Stage k={other} label={`Map of world ${page().worlds[beside.value]!.world}`} />
            <Caption index={beside.value} other />
          </div>
        )}
      </div>
      <div class="deck">
        <Transport />
        <Axis />
      </div>
      <aside class="side">
        <Roster />
        <Told />
      </aside>
    </div>
  );
}

export function App() {
  return (
    <div class={`app at-${tab.value}`}>
      <Bar />
      {tab.value === "replay" ? <Replay /> : <Report />}
      {help.value && <Help />}
    </div>
  );
}
