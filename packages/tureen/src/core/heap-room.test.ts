import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { growingPercent } from "./heap-room.js";

const mebibyte = 2 ** 20;

describe("growingPercent", () => {
  it("leaves small heaps room, and large ones to V8", () => {
    expect(growingPercent(4 * mebibyte)).toBe(400);
    expect(growingPercent(32 * mebibyte)).toBe(200);
    expect(growingPercent(200 * mebibyte)).toBe(50);
    expect(growingPercent(300 * mebibyte)).toBe(0);
  });

  it("is something this V8 understands", () => {
    // V8 only complains of a flag that it does not know.
    const program = `require("node:v8").setFlagsFromString("--heap-growing-percent=${growingPercent(4 * mebibyte)}")`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
