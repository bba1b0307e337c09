import { describe, expect, it } from "vitest";
import { clock, sentenceOfAge } from "../src/data/ages";
import { unpack } from "../src/data/pack";
import { lastUpTo, valueAt } from "../src/data/world";
import { lookOf } from "../src/map/ground";
import { Camera } from "../src/stage/camera";
import { PACKED } from "./packed";

describe("packed data", () => {
  it("reads what Python writes", () => {
    const data = unpack(PACKED) as Record<string, { values: Int32Array; shape: number[] }> & { name: string };
    expect(data.name).toBe("Kankurō </script>");
    expect(Array.from(data.level!.values)).toEqual([5, 7, 7, -300, 70000]);
    expect(Array.from(data.track!.values)).toEqual([0, 100, 10, 90, 20, 80, 30, 71]);
    expect(data.track!.shape).toEqual([4, 2]);
  });
});

describe("looking things up", () => {
  it("finds the last entry up to a value", () => {
    expect([0, 1, 5, 6, 99].map((x) => lastUpTo([1, 5, 9], x))).toEqual([-1, 0, 1, 1, 2]);
    expect(valueAt({ frames: Int32Array.from([0, 4]), values: Int32Array.from([7, 8]) }, 3)).toBe(7);
  });
});

describe("words", () => {
  it("writes times as on a clock", () => {
    expect([0, 9.96, 65.04, 600].map(clock)).toEqual(["0:00.0", "0:10.0", "1:05.0", "10:00.0"]);
  });
  it("says how old knowledge is and where it comes from", () => {
    expect(sentenceOfAge(0.4, "heard")).toBe("heard just now");
    expect(sentenceOfAge(12.2, "told")).toBe("told 12 s ago");
  });
});

describe("grounds that a scenario names", () => {
  it("are drawn as what they are like", () => {
    expect(lookOf("roof", true, 0)).toBe("roof");
    expect(lookOf("forest in treetops", true, 0.04)).toBe("forest");
    expect(lookOf("brook", true, 0)).toBe("water");
    expect(lookOf("unheard-of", false, 0)).toBe("rock");
  });
});

describe("camera", () => {
  it("keeps the point under the pointer when it zooms", () => {
    const c = new Camera(400, 300);
    const before = [c.wx(100), c.wy(50)];
    c.zoom(1.7, 100, 50, false);
    expect(c.wx(100)).toBeCloseTo(before[0]!);
    expect(c.wy(50)).toBeCloseTo(before[1]!);
    expect(c.free).toBe(true);
  });
  it("goes to a box at once the first time", () => {
    const c = new Camera(400, 300);
    const whole = { x0: 0, y0: 0, x1: 500, y1: 500 };
    c.towards({ x0: 100, y0: 100, x1: 140, y1: 120 }, false, whole);
    expect([c.x, c.y]).toEqual([120, 110]);
  });
});
