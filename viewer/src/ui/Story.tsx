// What happened, as a list of events or as the account of whoever's eyes they are; each sentence leads to its time.
import { useEffect, useRef } from "preact/hooks";
import { clock } from "../data/ages";
import type { StorySection } from "../data/types";
import { current, eyes, eyesKey, playing, reading, seek, world } from "../state";
import { coarse, Events } from "./Panels";
import "./story.css";

function Account({ sections }: { sections: StorySection[] }) {
  const now = coarse.value;
  const box = useRef<HTMLDivElement>(null);
  const times = sections.flatMap((s) => s.paragraphs.flatMap((p) => p.map(([t]) => t)));
  const at = times.findLast((t) => t <= now + 1e-6) ?? -1;
  useEffect(() => {
    const row = box.current?.querySelector<HTMLElement>(".now");
    const node = box.current;
    if (!node || !row) return;
    const top = row.getBoundingClientRect().top - node.getBoundingClientRect().top;
    if (top < 20 || top > node.clientHeight - 60) node.scrollTop += top - node.clientHeight / 3;
  }, [at, sections]);
  return (
    <div class="account" ref={box}>
      {sections.map((section, k) => (
        <section key={k}>
          {section.title && <h3>{section.title}</h3>}
          {section.paragraphs.map((paragraph, n) => (
            <p key={n}>
              {paragraph.map(([t, text], m) => (
                <a
                  key={m}
                  href={`#w=${current.value}&t=${t.toFixed(1)}&pov=${encodeURIComponent(eyesKey(eyes.value))}`}
                  title={clock(t)}
                  class={t === at ? "now" : t > now + 1e-6 ? "later" : ""}
                  onClick={(e) => {
                    e.preventDefault();
                    playing.value = false;
                    seek(t);
                  }}
                >
                  {text}{" "}
                </a>
              ))}
            </p>
          ))}
        </section>
      ))}
    </div>
  );
}

/** The list of events and, where the page has it, the account. */
export function Told() {
  const stories = world.value.data.stories;
  if (!stories) return <Events />;
  const sections = stories[eyesKey(eyes.value)];
  return (
    <div class="told">
      <nav role="tablist" aria-label="What happened">
        {[false, true].map((account) => (
          <button
            type="button" role="tab" key={String(account)} title="Account or events (A)" aria-selected={reading.value === account}
            onClick={() => (reading.value = account)}
          >
            {account ? "Account" : "Events"}
          </button>
        ))}
      </nav>
      {!reading.value ? <Events /> : sections ? <Account sections={sections} /> : <p class="none">was never here</p>}
    </div>
  );
}
