// Reads what `tell/page_pack.py` writes: a header in JSON, then arrays as differences, zigzag, byte by byte, deflated.
import { unzlibSync } from "fflate";

export class Grid {
  constructor(
    readonly shape: readonly number[],
    readonly values: Int32Array,
  ) {}
  /** Length of a row: the product of all dimensions but the first. */
  get row(): number {
    return this.shape.slice(1).reduce((a, b) => a * b, 1);
  }
}

type Layout = [width: number, differences: number, shape: number[], offset: number];

function bytesOf(text: string): Uint8Array {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let k = 0; k < binary.length; k++) bytes[k] = binary.charCodeAt(k);
  return bytes;
}

function gridAt(bytes: Uint8Array, start: number, [width, differences, shape, offset]: Layout): Grid {
  const count = shape.reduce((a, b) => a * b, 1);
  const values = new Int32Array(count);
  const base = start + offset;
  for (let k = 0; k < count; k++) {
    let zigzag = 0;
    for (let b = 0; b < width; b++) zigzag |= bytes[base + b * count + k]! << (8 * b);
    values[k] = (zigzag >>> 1) ^ -(zigzag & 1);
  }
  const row = shape.slice(1).reduce((a, b) => a * b, 1);
  for (let d = 0; d < differences; d++) for (let k = row; k < count; k++) values[k]! += values[k - row]!;
  return new Grid(shape, values);
}

/** Plain data with `Grid`s where arrays were. */
export function unpack(text: string): unknown {
  const bytes = unzlibSync(bytesOf(text));
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as { $arrays: Layout[]; data: unknown };
  const rich = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(rich);
    if (node === null || typeof node !== "object") return node;
    const entry = node as Record<string, unknown>;
    if (typeof entry.$ === "number") return gridAt(bytes, 4 + length, header.$arrays[entry.$]!);
    return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, rich(value)]));
  };
  return rich(header.data);
}
