import { describe, expect, it } from "vitest";
import { type Eyes, knowledgeOf } from "../src/data/knowledge";
import { sentence } from "../src/data/sentences";
import { ANN, BEA, CHEST, CID, DEE, type Story, tiny } from "./tiny";

const ann: Eyes = { kind: "person", person: ANN };
const kinds = (story: Story, eyes: Eyes = ann): string[] => knowledgeOf(tiny(story), eyes).events.map((e) => e.kind);

describe("events through somebody's eyes", () => {
  it("leaves out what happens unseen", () => {
    expect(kinds({ events: [[3, "push", BEA, CID]] })).toEqual([]);
    expect(kinds({ events: [[3, "push", BEA, CID]], sees: [[ANN, BEA, 0, 6]] })).toEqual(["push"]);
    expect(kinds({ events: [[8, "push", BEA, CID]], sees: [[ANN, BEA, 0, 6]] })).toEqual([]);
  });

  it("names no stranger", () => {
    const k = knowledgeOf(tiny({ events: [[3, "push", BEA, DEE]], sees: [[ANN, BEA, 0, 6]] }), ann);
    expect(k.events[0]).toMatchObject({ actor: BEA, target: -1 });
  });

  it("feels a blow from the dark without knowing whose", () => {
    const k = knowledgeOf(tiny({ events: [[3, "push", CID, ANN, 0]] }), ann);
    expect(k.events[0]).toMatchObject({ actor: -1, target: ANN, what: "" });
    const name = (e: number): string => (e === ANN ? "Ann" : "someone");
    expect(sentence(k.events[0]!, name)).toBe("someone pushes Ann, 5\u00a0N s");
  });

  it("does not know who looks at it", () => {
    expect(kinds({ events: [[3, "sight", CID, ANN]], sees: [[ANN, CID, 0, 9]] })).toEqual([]);
    expect(kinds({ events: [[3, "hear", CID, ANN]], sees: [[ANN, CID, 0, 9]] })).toEqual([]);
  });

  it("does not know what others mean to do", () => {
    expect(kinds({ events: [[3, "order", CID, ANN, 1]], sees: [[ANN, CID, 0, 9]] })).toEqual([]);
  });

  it("learns of a stage when it learns of it", () => {
    const story: Story = { events: [[10, "stage", -1, CHEST, 1]], sees: [[ANN, CHEST, 0, 3]], stages: [[0, ANN, 0, 0], [3, ANN, 0, 1]] };
    const events = knowledgeOf(tiny(story), ann).events;
    expect(events.map((e) => [e.kind, e.tick, e.what])).toEqual([["learn_stage", 15, "open"]]);
    expect(kinds(story, { kind: "truth" })).toEqual(["stage"]);
  });

  it("hides how the world ends and how much time was left", () => {
    const k = knowledgeOf(tiny({ events: [[4, "contact", BEA, CHEST], [6, "end", -1, -1, 0]], sees: [[ANN, BEA, 0, 9]] }), ann);
    expect(k.events.map((e) => [e.kind, e.value, e.what])).toEqual([["contact", null, ""], ["end", null, ""]]);
  });
});
