import { describe, expect, it } from "vitest";
import { believedAt, type Eyes, knowledgeOf, membersOf, seenAt } from "../src/data/knowledge";
import { valueAt } from "../src/data/world";
import { ANN, BEA, CHEST, CID, DEE, tiny } from "./tiny";

const ann: Eyes = { kind: "person", person: ANN };
const spot = { x: 0, y: 0, z: 0 };

describe("knowledge", () => {
  it("holds only what was met", () => {
    const k = knowledgeOf(tiny({ sees: [[ANN, CID, 5, 10]] }), ann);
    expect(k.bodies.map((b) => b.index)).toEqual([ANN, CID]);
    expect(JSON.stringify(k)).not.toContain("Dee");
    expect(JSON.stringify(k)).not.toContain("Bea");
  });

  it("gives places only while in sight", () => {
    const k = knowledgeOf(tiny({ sees: [[ANN, CID, 5, 10]] }), ann);
    const cid = k.bodies.find((b) => b.index === CID)!;
    expect(seenAt(k, cid, 0.4, spot)).toBeNull();
    expect(seenAt(k, cid, 0.75, spot)).toMatchObject({ x: 20 });
    expect(seenAt(k, cid, 1.0, spot)).toBeNull();
    expect(Array.from(cid.x).filter((x) => !Number.isNaN(x))).toHaveLength(5);
  });

  it("keeps beliefs that are wrong", () => {
    const k = knowledgeOf(tiny({ beliefs: [[1, ANN, CID, 3, 4, 0.2, 3]] }), ann);
    const cid = k.bodies.find((b) => b.index === CID)!;
    expect(believedAt(k, cid, 0.3)).toBeNull();
    expect(believedAt(k, cid, 1.5)).toMatchObject({ x: 3, y: 4, time: 0.2 });
    expect(k.hearings).toHaveLength(1);
  });

  it("does not say whom another is busy with when that one is a stranger", () => {
    const k = knowledgeOf(tiny({ sees: [[ANN, CID, 0, 21]] }), ann);
    const cid = k.bodies.find((b) => b.index === CID)!;
    expect(valueAt(cid.states.against!, 3)).toBe(-1);
    expect(cid.states.order).toBeUndefined();
    expect(cid.levels.reserve).toBeUndefined();
  });

  it("opens the inner state of oneself alone", () => {
    const k = knowledgeOf(tiny({ sees: [[ANN, BEA, 0, 21], [ANN, CHEST, 0, 21]] }), ann);
    expect(k.bodies.find((b) => b.index === ANN)!.levels.reserve).toBeDefined();
    expect(k.bodies.find((b) => b.index === BEA)!.levels.reserve).toBeUndefined();
    expect(valueAt(k.bodies.find((b) => b.index === ANN)!.states.target!, 3)).toBe(CHEST);
  });

  it("adds up what a side sees and takes the freshest belief", () => {
    const world = tiny({
      sees: [[ANN, CID, 2, 6], [BEA, CID, 5, 9]],
      beliefs: [[2, ANN, CID, 1, 1, 0.9, 2], [3, BEA, CID, 2, 2, 0.5, 7]],
    });
    const side: Eyes = { kind: "side", side: 0 };
    expect(membersOf(world, side)).toEqual([ANN, BEA]);
    const cid = knowledgeOf(world, side).bodies.find((b) => b.index === CID)!;
    expect(cid.seen).toEqual([{ from: 2, to: 9 }]);
    expect(cid.beliefs.map((b) => b.x)).toEqual([1]);
  });

  it("knows a stage from when it was learnt", () => {
    const k = knowledgeOf(tiny({ sees: [[ANN, CHEST, 0, 3]], stages: [[0, ANN, 0, 0], [3, ANN, 0, 1]] }), ann);
    const chest = k.bodies.find((b) => b.payload)!;
    expect(valueAt(chest.stages!, 12)).toBe(0);
    expect(valueAt(chest.stages!, 15)).toBe(1);
    expect(chest.presence).toEqual([]);
  });

  it("shows everything to the truth", () => {
    const k = knowledgeOf(tiny(), { kind: "truth" });
    expect(k.bodies.map((b) => b.index)).toEqual([ANN, BEA, CID, DEE, CHEST]);
    expect(seenAt(k, k.bodies[DEE]!, 1.05, spot)!.y).toBeCloseTo(1.05, 5);
  });

  it("puts nobody on the ground before entering", () => {
    const k = knowledgeOf(tiny({ mode: [[[0, 0], [8, 1]], [[0, 1]], [[0, 1]], [[0, 1]]] }), ann);
    expect(seenAt(k, k.bodies[0]!, 0.5, spot)).toBeNull();
    expect(seenAt(k, k.bodies[0]!, 0.9, spot)).not.toBeNull();
  });
});
