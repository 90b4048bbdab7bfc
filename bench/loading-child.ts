/** One process of loading.ts: opens a model, or runs it under load with so many engine workers. Prints a line of JSON. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { elementCount } from "../packages/tureen/src/core/shape.js";
import { type TensorValue, zeros } from "../packages/tureen/src/core/tensor-value.js";
import { type LoadedSavedModel, loadSavedModel } from "../packages/tureen/src/saved-model/index.js";

const [mode, directory, workers] = process.argv.slice(2) as [string, string, string];
const megabyte = 1e6;
const resident = (): number => process.memoryUsage.rss() / megabyte;

/** Zeros of the declared shapes, one row. */
function inputsOf(model: LoadedSavedModel, key: string): Map<string, TensorValue> {
  const { inputs } = model.signatures.get(key)!;
  return new Map(
    [...inputs.values()].map(({ name, dtype, shape }) => {
      const sizes = (shape ?? []).map((size) => (size < 0 ? 1 : size));
      return [
        name,
        dtype === "string"
          ? { dtype, shape: sizes, data: new Array<Uint8Array>(elementCount(sizes)).fill(new Uint8Array(0)) }
          : zeros(dtype, sizes),
      ];
    }),
  );
}

async function open(warmUp: boolean): Promise<Record<string, number>> {
  const before = resident();
  const began = performance.now();
  const model = await loadSavedModel(directory, { engineWorkers: 0, warmUp });
  const millis = performance.now() - began;
  // Linux counts it in kilobytes.
  const peakMegabytes = process.resourceUsage().maxRSS / 1e3 - before;
  const key = model.signatures.has("serving_default") ? "serving_default" : [...model.signatures.keys()][0]!;
  const fetches = [...model.signatures.get(key)!.outputs.values()].map(({ name }) => name);
  const feeds = inputsOf(model, key);
  const run = (): number => {
    const at = performance.now();
    try {
      model.run(feeds, fetches);
    } catch {
      // Empty texts are no Examples of some models; how long it takes to say so counts the same.
    }
    return performance.now() - at;
  };
  const firstMillis = run();
  const times = Array.from({ length: 100 }, run);
  const steadyMillis = times.slice(50).sort((a, b) => a - b)[25]!;
  if (warmUp) return { warmMillis: millis, warmFirstMillis: firstMillis };
  return {
    millis,
    firstMillis,
    steadyMillis,
    peakMegabytes,
    firstPeakMegabytes: process.resourceUsage().maxRSS / 1e3 - before,
  };
}

async function serve(): Promise<Record<string, number>> {
  const before = resident();
  const model = await loadSavedModel(directory, { engineWorkers: Number(workers), warmUp: true });
  const fetches = [...model.signatures.get("serving_default")!.outputs.values()].map(({ name }) => name);
  const feeds = inputsOf(model, "serving_default");
  const firstAt = performance.now();
  await model.runAsync(feeds, fetches);
  const firstMillis = performance.now() - firstAt;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  const runs = 200;
  for (let done = 0; done < runs; done += 4) {
    await Promise.all(Array.from({ length: 4 }, () => model.runAsync(feeds, fetches)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const runsPerSecond = (runs / (performance.now() - began)) * 1000;
  delay.disable();
  globalThis.gc?.();
  const megabytes = resident() - before;
  model.close();
  return {
    firstMillis,
    runsPerSecond,
    megabytes,
    delayP50Millis: delay.percentile(50) / 1e6,
    delayP99Millis: delay.percentile(99) / 1e6,
    delayMaxMillis: delay.max / 1e6,
  };
}

console.log(JSON.stringify(await (mode === "serve" ? serve() : open(mode === "warm"))));
process.exit(0);
