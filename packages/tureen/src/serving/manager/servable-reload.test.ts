import { describe, expect, it } from "vitest";
import { systemClock } from "../../core/clock.js";
import { silentLog } from "../log.js";
import { directServable } from "../servable/servable.js";
import { testModel } from "../testing/test-model.js";
import { ServableHarness } from "./servable-harness.js";
import { StateMonitor } from "./servable-state.js";

function harness(made: ReturnType<typeof testModel>[], onLoad: () => Promise<void> = async () => {}): ServableHarness {
  return new ServableHarness("m", 1n, "/m/1", {
    load: async (name, version) => {
      await onLoad();
      const model = testModel();
      made.push(model);
      return directServable(name, version, model);
    },
    monitor: new StateMonitor(),
    clock: systemClock,
    log: silentLog,
    retry: { maxRetries: 0, intervalMs: 0 },
  });
}

describe("a version that is reloaded", () => {
  it("serves the new servable at once and frees the old one after its last request", async () => {
    const made: ReturnType<typeof testModel>[] = [];
    const version = harness(made);
    await expect(version.reload()).rejects.toThrow("Servable version {name: m version: 1} is not in service");
    await version.load();
    const old = version.acquire()!;
    const reloaded = version.reload();
    await expect.poll(() => made.length).toBe(2);
    const fresh = version.acquire()!;
    expect(fresh.servable).not.toBe(old.servable);
    expect(made.map(({ closed }) => closed)).toEqual([false, false]);
    old.release();
    await reloaded;
    expect(made.map(({ closed }) => closed)).toEqual([true, false]);
    fresh.release();
    await version.unload();
    expect(made.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it("drops the new servable where the version has gone meanwhile, and keeps the old one where the load fails", async () => {
    const made: ReturnType<typeof testModel>[] = [];
    let next = async (): Promise<void> => {};
    const version = harness(made, () => next());
    await version.load();
    next = () => Promise.reject(new Error("broken"));
    await expect(version.reload()).rejects.toThrow("broken");
    expect(version.acquire()).toBeDefined();
    next = async () => {};
    const other = harness(made, () => next());
    await other.load();
    next = async () => {
      await other.unload();
    };
    await expect(other.reload()).rejects.toThrow("was taken out of service while it was reloaded");
    expect(made.at(-1)!.closed).toBe(true);
  });
});
