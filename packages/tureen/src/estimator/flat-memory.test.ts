import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { Dataset } from "../data/index.js";
import { categoricalColumnWithHashBucket, embeddingColumn, numericColumn } from "./feature-column/index.js";
import { DNNLinearCombinedClassifier, quietLogger, runConfig, type SessionRunHook } from "./index.js";

/** 100,000 with TUREEN_MEMORY_STEPS=100000, which takes a minute. */
const steps = Number(process.env["TUREEN_MEMORY_STEPS"] ?? 4000);

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function bytesInUse(): Promise<number> {
  // What native code holds is let go of in turns of the event loop after its wrapper was collected.
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it(`holds no more memory after ${steps} steps than after the first quarter of them`, { timeout: 600_000 }, async () => {
  const rows = 512;
  const data = [
    {
      x: Array.from({ length: rows }, (_, i) => [i / rows]),
      word: Array.from({ length: rows }, (_, i) => `word-${(i * 7) % 40}`),
      // Strings that never repeat within the data: they must not be gathered anywhere.
      name: Array.from({ length: rows }, (_, i) => `name-${i}`),
    },
    Array.from({ length: rows }, (_, i) => i % 2),
  ] as const;
  const words = categoricalColumnWithHashBucket("word", 50);
  const names = categoricalColumnWithHashBucket("name", 1000);
  const x = numericColumn("x");
  const seen: number[] = [];
  let step = 0;
  const watch: SessionRunHook = {
    afterRun() {
      step += 1;
      if (step !== steps / 4 && step !== steps - 1) return;
      return bytesInUse().then((bytes) => void seen.push(bytes));
    },
  };
  const model = new DNNLinearCombinedClassifier({
    linearFeatureColumns: [words, names],
    dnnFeatureColumns: [x, embeddingColumn(words, 4)],
    dnnHiddenUnits: [8],
    config: runConfig({ logger: quietLogger, saveCheckpointsSecs: undefined, saveCheckpointsSteps: undefined }),
  });
  await model.train(() => Dataset.fromTensorSlices(data).shuffle(rows).repeat().batch(16), { steps, hooks: [watch] });
  // What the compiler and the summaries' file hold may still move a little; a kilobyte a step would be a leak of 3 MB.
  expect(seen[1]! - seen[0]!).toBeLessThan(1_500_000);
});
