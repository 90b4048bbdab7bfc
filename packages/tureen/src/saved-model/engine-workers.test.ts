import { describe, expect, it } from "vitest";
import { defaultEngineWorkers } from "./engine-workers.js";

const gibibyte = 2 ** 30;

describe("defaultEngineWorkers", () => {
  it("is one for each processor while they are small", () => {
    expect(defaultEngineWorkers(14 * 2 ** 20, 2, 8 * gibibyte)).toBe(2);
    expect(defaultEngineWorkers(14 * 2 ** 20, 8, 8 * gibibyte)).toBe(8);
  });

  it("keeps the second and later ones within an eighth of the memory", () => {
    expect(defaultEngineWorkers(0, 64, 2 * gibibyte)).toBe(3);
    expect(defaultEngineWorkers(0.4 * gibibyte, 16, 8 * gibibyte)).toBe(3);
    expect(defaultEngineWorkers(2 * gibibyte, 16, 8 * gibibyte)).toBe(1);
  });
});
