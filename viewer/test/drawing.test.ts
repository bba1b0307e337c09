import { describe, expect, it } from "vitest";
import type { BlockOf } from "../src/data/types";
import { knowledgeOf } from "../src/data/knowledge";
import { Camera } from "../src/stage/camera";
import { atEdge, pointers } from "../src/stage/beyond";
import { firstFree, overlaps } from "../src/stage/labels";
import { type Scene, sightings } from "../src/stage/scene";
import { reachOf } from "../src/ui/Bars";
import { seriesOf } from "../src/ui/Chart";
import { goodness } from "../src/ui/Matrix";
import { newsOf, rowsOf } from "../src/ui/sights";
import { ANN, BEA, CHEST, CID, DEE, scenario, tiny } from "./tiny";

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 });

describe("names beside bodies", () => {
  it("take the first place that is inside and free", () => {
    const places = [box(90, 40, 110, 55), box(40, 40, 60, 55), box(40, 60, 60, 75)];
    const taken = box(30, 30, 50, 50);
    expect(firstFree(places, 100, 100, (p) => overlaps(p, taken))).toBe(2);
    expect(firstFree(places.slice(0, 2), 100, 100, (p) => overlaps(p, taken))).toBe(-1);
  });
});

describe("those out of the picture", () => {
  const scene = (k: ReturnType<typeof knowledgeOf>): Scene => {
    // ten metres a body along x: the picture shows the first two
    const camera = new Camera(200, 100);
    camera.scale = 10;
    camera.x = 5;
    camera.y = 0;
    return { camera, k } as unknown as Scene;
  };
  it("stand at the edge in their direction", () => {
    expect(atEdge(1000, 0, 200, 100)).toEqual({ x: 185, y: 50 });
    expect(atEdge(0, -1000, 200, 100)).toEqual({ x: 100, y: 15 });
    expect(atEdge(-300, 30, 200, 100)).toEqual({ x: 15, y: 58.5 });
  });
  it("share a pointer when they are of one side in one direction", () => {
    const k = knowledgeOf(tiny(), { kind: "truth" });
    const found = pointers(scene(k), sightings(k, scenario, 1));
    expect(found.map((p) => [p.one.body.index, p.more])).toEqual([[CHEST, 2]]);
  });
  it("are only those that the eyes know of", () => {
    const k = knowledgeOf(tiny({ sees: [[ANN, CID, 0, 20]] }), { kind: "person", person: ANN });
    const found = pointers(scene(k), sightings(k, scenario, 1));
    expect(found.map((p) => [p.one.body.index, p.more])).toEqual([[CID, 0]]);
  });
});

describe("rows of what was in sight", () => {
  const k = knowledgeOf(
    tiny({ sees: [[ANN, BEA, 0, 20], [ANN, CID, 4, 8], [ANN, CHEST, 6, 9]], beliefs: [[1, ANN, CID, 20, 0, 0.5, 2], [3, ANN, CID, 20, 0, 1.5, 3], [4, ANN, CID, 20, 0, 1.5, 3]] }),
    { kind: "person", person: ANN },
  );
  it("have what is carried first, then enemies, then friends, and no stranger", () => {
    expect(rowsOf(k, 0).map((b) => b.index)).toEqual([CHEST, CID, BEA]);
    expect(rowsOf(k, 0).some((b) => b.index === DEE)).toBe(false);
    expect(rowsOf(knowledgeOf(tiny(), { kind: "truth" }), 0)).toEqual([]);
  });
  it("mark news that came while it was out of sight, once", () => {
    expect(newsOf(k.bodies.find((b) => b.index === CID)!)).toEqual([15]);
  });
});

describe("charts of answers", () => {
  const bars = (rows: [number | null, number | null, number | null][], whole = false): BlockOf<"bars"> => ({
    kind: "bars", title: "", whole, rows: rows.map(([value, low, high]) => ({ name: "", value, low, high, text: "", note: "" })),
  });
  it("hold every interval on one scale with 0", () => {
    expect(reachOf(bars([[2, 1, 3], [-1, -4, 0.5], [null, null, null]]))).toEqual([-4, 3]);
    expect(reachOf(bars([[0.2, 0.1, 0.3]], true))).toEqual([0, 1]);
    expect(reachOf(bars([[0, 0, 0]]))).toEqual([0, 1]);
  });
  it("shade what is good for the rows, whichever way that is", () => {
    const matrix = (high_is_good: boolean): BlockOf<"matrix"> => ({
      kind: "matrix", title: "", rows: ["a"], columns: ["x", "y", "z"], values: [[1, 2, 3]], texts: [["", "", ""]], high_is_good,
    });
    expect([1, 2, 3].map((v) => goodness(matrix(true), v))).toEqual([0, 0.5, 1]);
    expect([1, 2, 3].map((v) => goodness(matrix(false), v))).toEqual([1, 0.5, 0]);
    expect(goodness(matrix(true), null)).toBeNull();
  });
  it("draw the ends of an interval as edges of its line", () => {
    const found = seriesOf([{ label: "a", values: [1], low: [0], high: [2] }, { label: "b", values: [3] }]);
    expect(found.map((s) => [s.line, s.edge, s.values[0]])).toEqual([[0, false, 1], [0, true, 2], [0, true, 0], [1, false, 3]]);
  });
});
