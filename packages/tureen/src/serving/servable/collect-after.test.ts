import { expect, it, vi } from "vitest";
import { collectAfter } from "./collect-after.js";

it("collects once after a large model, and after many small ones", async () => {
  vi.useFakeTimers();
  try {
    const collect = vi.fn();
    let bytes = 0;
    const load = collectAfter(
      async (name, version) => ({
        name,
        version,
        signatures: new Map(),
        run: () => [],
        memoryBytes: () => bytes,
        close: () => {},
      }),
      collect,
    );
    const unload = async (size: number): Promise<void> => {
      bytes = size;
      (await load("m", 1n, "/m/1")).close();
    };
    await unload(100);
    await vi.runAllTimersAsync();
    expect(collect).toHaveBeenCalledTimes(0);
    await unload(50_000_000);
    await unload(50_000_000);
    expect(collect).toHaveBeenCalledTimes(0);
    await vi.runAllTimersAsync();
    expect(collect).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 25; i++) await unload(1);
    await vi.runAllTimersAsync();
    expect(collect).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});
