// The sheet of keys and signs.
import { useEffect, useRef } from "preact/hooks";
import { eyes, help, page } from "../state";

const KEYS: [string, string][] = [
  ["Space", "play or pause"],
  ["← →", "step by tick (while playing: slower, faster)"],
  ["Shift + ← →", "step by event"],
  ["Alt + ← →", "ten seconds back, on"],
  [", .", "to the start, to the end"],
  ["[ ]", "slower, faster (0.25 to 32×)"],
  ["L", "loop: from here, to here, no more"],
  ["0", "truth"],
  ["1 … 9", "through the eyes of the first nine people"],
  ["V, Shift + V", "next, previous eyes"],
  ["F", "follow the next one"],
  ["N P", "next, previous world"],
  ["C", "two worlds side by side"],
  ["G", "gap strip"],
  ["A", "account or events"],
  ["/", "search events"],
  ["+ −, drag, wheel", "zoom and move; R frames by itself"],
  ["D", "light or dark"],
  ["T", "replay or report"],
  ["?", "this sheet"],
];

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const person = eyes.value.kind !== "truth";
  return (
    <dialog ref={dialog} class="help" aria-label="Keys" onClose={() => (help.value = false)} onClick={(e) => e.target === dialog.current && dialog.current?.close()}>
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt><kbd>{key}</kbd></dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h2>Signs</h2>
      <p>
        Shape and colour are the side. The ring around a runner is what is left of the running reserve; a sector that fills is a technique being
        wound up. Dashed outlines stand where somebody was last known, with the age of that knowledge; the disc about them is how far they may have
        got since. Arcs beside a runner are sounds, by direction; dots are sign that is being followed.
      </p>
      <p>
        Every frame shows the state before the actions of its tick ({(page().scenario.dt * 1000).toFixed(0)} ms each).
        {person ? " Unseen ground is dark, and nothing on this page tells more than these eyes know. On the time axis a bar shows when each other one was in sight, a dot other news of it." : ""}
      </p>
      <button type="button" autofocus onClick={() => dialog.current?.close()}>Close</button>
    </dialog>
  );
}
