// Bars from 0 with their intervals, on one scale.
import type { BlockOf } from "../data/types";

/** The ends of the scale: 0 and whatever the values and intervals reach. */
export function reachOf(block: BlockOf<"bars">): [number, number] {
  const all = block.rows.flatMap((r) => [r.value, r.low, r.high]).filter((v): v is number => v !== null);
  const low = Math.min(0, ...all);
  const high = Math.max(block.whole ? 1 : 0, ...all);
  return high > low ? [low, high] : [0, 1];
}

export function Bars({ block }: { block: BlockOf<"bars"> }) {
  const [low, high] = reachOf(block);
  const at = (v: number): number => (100 * (v - low)) / (high - low);
  return (
    <figure class="block">
      <figcaption>{block.title}</figcaption>
      <table class="answer-bars">
        <tbody>
          {block.rows.map((r, n) => (
            <tr key={n}>
              <th scope="row">{r.name}{r.note && <small>{r.note}</small>}</th>
              <td class="bars">
                {low < 0 && <b style={{ left: `${at(0)}%` }} />}
                {r.value !== null && <i class={r.value < 0 ? "lost" : ""} style={{ left: `${at(Math.min(0, r.value))}%`, width: `${at(Math.max(0, r.value)) - at(Math.min(0, r.value))}%` }} />}
                {r.low !== null && r.high !== null && <u style={{ left: `${at(r.low)}%`, width: `${at(r.high) - at(r.low)}%` }} />}
              </td>
              <td class="value">{r.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
