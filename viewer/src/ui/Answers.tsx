// What studies found: sentences, charts, and the tables behind them.
import type { Answer, Block, BlockOf } from "../data/types";
import { page } from "../state";
import { Bars } from "./Bars";
import { Chart } from "./Chart";
import { Matrix } from "./Matrix";

const FEW = 12;

function Sheet({ block }: { block: BlockOf<"sheet"> }) {
  const table = (
    <div class="scroll">
      <table class="sheet">
        <thead>
          <tr>{block.head.map((name, k) => <th scope="col" key={k} class={block.right[k] ? "right" : ""}>{name}</th>)}</tr>
        </thead>
        <tbody>
          {block.rows.map((row, n) => <tr key={n}>{row.map((cell, k) => <td key={k} class={block.right[k] ? "right" : ""}>{cell}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
  if (!block.folded && block.rows.length <= FEW) return <figure class="block">{block.title && <figcaption>{block.title}</figcaption>}{table}</figure>;
  return <details class="block"><summary>{block.title || "table"} ({block.rows.length} rows)</summary>{table}</details>;
}

function Part({ block, paired }: { block: Block; paired: boolean }) {
  switch (block.kind) {
    case "note": return <p class={block.strong ? "said" : ""}>{block.text}</p>;
    case "sheet": return <Sheet block={block} />;
    case "bars": return <Bars block={block} />;
    case "matrix": return <Matrix block={block} />;
    case "curves": return (
      <figure class={paired ? "block half" : "block"}>
        <figcaption>{block.title}</figcaption>
        <Chart
          x={block.x}
          lines={block.lines}
          xLabel={block.x_label}
          yLabel={block.y_label}
          label={block.title}
          share={block.share}
          wanted={block.wanted}
          marks={block.marks}
        />
      </figure>
    );
  }
}

function Card({ answer }: { answer: Answer }) {
  return (
    <section class="card wide answer" data-study={answer.study}>
      <h2>{answer.title}</h2>
      {answer.blocks.map((block, k) => <Part key={k} block={block} paired={[k - 1, k + 1].some((n) => answer.blocks[n]?.kind === block.kind)} />)}
    </section>
  );
}

export function Answers() {
  return <>{page().answers.map((answer, k) => <Card key={k} answer={answer} />)}</>;
}
