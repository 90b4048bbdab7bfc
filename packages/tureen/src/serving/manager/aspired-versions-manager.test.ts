import { describe, expect, it } from "vitest";
import type { Clock } from "../../core/clock.js";
import { StatusError } from "../../core/status-error.js";
import { silentLog } from "../log.js";
import { directServable, type LoadServable } from "../servable/servable.js";
import { testModel } from "../testing/test-model.js";
import { AspiredVersionsManager } from "./aspired-versions-manager.js";
import { StateMonitor } from "./servable-state.js";

/** Sleeps that last until the test says so. */
function manualClock(): Clock & { wake(): void; readonly sleepers: number } {
  const waiting = new Set<() => void>();
  return {
    now: () => 0,
    monotonic: () => 0,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(done);
          resolve();
        };
        waiting.add(done);
        signal?.addEventListener("abort", done, { once: true });
      }),
    wake: () => {
      for (const done of [...waiting]) done();
    },
    get sleepers() {
      return waiting.size;
    },
  };
}

function setUp(load: LoadServable, maxRetries = 0) {
  const monitor = new StateMonitor();
  const clock = manualClock();
  const manager = new AspiredVersionsManager({
    load,
    monitor,
    clock,
    log: silentLog,
    retry: { maxRetries, intervalMs: 60_000 },
    loadConcurrency: 1,
    initialLoadConcurrency: 4,
  });
  const states = (): string =>
    monitor
      .statesOf("m")
      .map(({ version, state }) => `${version} ${state}`)
      .join(", ");
  const aspire = (...versions: number[]): void =>
    manager.setAspiredVersions(
      "m",
      versions.map((version) => ({ version: BigInt(version), path: `/m/${version}` })),
    );
  return { monitor, clock, manager, states, aspire };
}

const loadAny: LoadServable = async (name, version) => directServable(name, version, testModel());
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe("AspiredVersionsManager", () => {
  it("swaps versions without a gap, and lets requests under way finish on the old one", async () => {
    const { manager, states, aspire } = setUp(loadAny);
    aspire(1);
    await settle();
    expect(states()).toBe("1 AVAILABLE");
    const old = manager.acquire("m")!;
    aspire(2);
    await settle();
    expect(states()).toBe("2 AVAILABLE, 1 UNLOADING");
    expect(manager.acquire("m")!.servable.version).toBe(2n);
    expect(manager.acquire("m", 1n)).toBeUndefined();
    await expect(old.servable.run(new Map(), ["one:0"], {})).resolves.toHaveLength(1);
    old.release();
    await settle();
    expect(states()).toBe("2 AVAILABLE, 1 END");
    await expect(old.servable.run(new Map(), ["one:0"], {})).rejects.toThrow("Session has been closed.");
  });

  it("keeps the old version where the new one cannot be loaded, and does not try it for ever", async () => {
    let attempts = 0;
    const { manager, states, aspire, clock, monitor } = setUp(async (name, version, path) => {
      if (version === 1n) return loadAny(name, version, path);
      attempts += 1;
      throw new StatusError("NOT_FOUND", "nothing there");
    }, 2);
    aspire(1);
    await settle();
    aspire(2);
    for (let i = 0; i < 5; i++) {
      await settle();
      clock.wake();
    }
    await settle();
    expect(attempts).toBe(3);
    expect(states()).toBe("2 END, 1 AVAILABLE");
    expect(monitor.stateOf("m", 2n)?.error?.toString()).toBe("NOT_FOUND: nothing there");
    expect(manager.acquire("m")!.servable.version).toBe(1n);
  });

  it("stops retrying a version that is no longer wanted", async () => {
    const { states, aspire, clock, monitor } = setUp(async () => {
      throw new StatusError("UNAVAILABLE", "not yet");
    }, 1000);
    aspire(1);
    await settle();
    expect(clock.sleepers).toBe(1);
    // TensorFlow Serving's answers say LOADING; others say why it takes so long.
    const waiting = monitor.stateOf("m", 1n);
    expect([waiting?.state, waiting?.error, waiting?.lastFailure?.message]).toEqual(["LOADING", undefined, "not yet"]);
    aspire();
    await settle();
    expect(clock.sleepers).toBe(0);
    expect(states()).toBe("1 END");
  });

  it("drops a version that is given up while it loads", async () => {
    let finish: () => void = () => {};
    const model = testModel();
    const { states, aspire } = setUp(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(directServable("m", 1n, model));
        }),
    );
    aspire(1);
    await settle();
    aspire();
    finish();
    await settle();
    expect(states()).toBe("1 END");
    expect(model.closed).toBe(true);
  });

  it("loads a version again that comes back, once it is gone", async () => {
    const { manager, states, aspire } = setUp(loadAny);
    aspire(1);
    await settle();
    const handle = manager.acquire("m")!;
    aspire();
    await settle();
    expect(states()).toBe("1 UNLOADING");
    aspire(1);
    await settle();
    expect(states()).toBe("1 UNLOADING");
    handle.release();
    await settle();
    expect(states()).toBe("1 AVAILABLE");
  });

  it("loads as many at once as it may", async () => {
    let loading = 0;
    let most = 0;
    const { manager, aspire } = setUp(async (name, version, path) => {
      loading += 1;
      most = Math.max(most, loading);
      await settle();
      loading -= 1;
      return loadAny(name, version, path);
    });
    aspire(1, 2, 3, 4, 5, 6);
    for (let i = 0; i < 10; i++) await settle();
    expect(most).toBe(4);
    manager.endStartUp();
    most = 0;
    aspire(11, 12, 13);
    for (let i = 0; i < 20; i++) await settle();
    expect(most).toBe(1);
    expect(
      manager
        .loaded()
        .map(({ version }) => version)
        .sort(),
    ).toEqual([11n, 12n, 13n]);
  });
});
