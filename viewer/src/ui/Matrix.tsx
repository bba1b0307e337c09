// A value for every pair of plans, shaded from what is bad for the rows to what is good.
import type { BlockOf } from "../data/types";

/** How good a value is among all of the matrix, 0 to 1; half where all are the same. */
export function goodness(block: BlockOf<"matrix">, value: number | null): number | null {
  if (value === null) return null;
  const all = block.values.flat().filter((v): v is number => v !== null);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (high === low) return 0.5;
  const part = (value - low) / (high - low);
  return block.high_is_good ? part : 1 - part;
}

export function Matrix({ block }: { block: BlockOf<"matrix"> }) {
  return (
    <figure class="block">
      <figcaption>{block.title}</figcaption>
      <div class="scroll">
        <table class="matrix">
          <thead>
            <tr><td />{block.columns.map((name) => <th scope="col" key={name}>{name}</th>)}</tr>
          </thead>
          <tbody>
            {block.rows.map((name, i) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {block.columns.map((column, j) => {
                  const good = goodness(block, block.values[i]![j]!);
                  return <td key={column} style={good === null ? {} : { "--good": `${(100 * good).toFixed(0)}%` }}>{block.texts[i]![j]}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
