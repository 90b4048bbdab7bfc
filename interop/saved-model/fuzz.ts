/**
 * Loads and runs mutated SavedModels: each must end in a status or a loaded model, in bounded time and memory.
 *
 *     node --conditions=@tureen/source --import tsx interop/saved-model/fuzz.ts [MUTATIONS=10000] [FIRST_SEED=0] [MODEL_DIR]
 *
 * Exits with 1 where one ends otherwise; its seed and MODEL_DIR make it come again.
 */
import { join } from "node:path";
import { type FuzzResult, fuzzModel } from "../../packages/tureen/src/saved-model/testing/fuzz.js";

const [mutations = "10000", first = "0", only] = process.argv.slice(2);
const packages = join(import.meta.dirname, "../../packages/tureen/src");
const models =
  only === undefined
    ? [
        join(packages, "saved-model/fixtures/tour"),
        join(packages, "saved-model/fixtures/loop_v1"),
        join(packages, "saved-model/fixtures/counter"),
        join(packages, "serving/fixtures/half_plus_two/00000123"),
      ]
    : [only];
const count = Math.ceil(Number(mutations) / models.length);
const outcomes = new Map<string, number>();
const defects = new Map<string, string>();
let slowest: FuzzResult | undefined;
let largest = 0;
const began = performance.now();
for (const model of models) {
  await fuzzModel(
    model,
    Array.from({ length: count }, (_, i) => Number(first) + i),
    (result) => {
      outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
      if (slowest === undefined || result.milliseconds > slowest.milliseconds) slowest = result;
      if (result.milliseconds > 2000)
        console.log(`slow: seed ${result.seed} of ${model}: ${result.milliseconds.toFixed(0)} ms, ${result.outcome}`);
      largest = Math.max(largest, process.memoryUsage.rss());
      if (result.defect === undefined) return;
      const key = result.defect.split("\n").slice(0, 2).join("\n");
      if (!defects.has(key)) defects.set(key, `seed ${result.seed} of ${model}:\n${result.defect}`);
    },
  );
}
for (const defect of defects.values()) console.log(`DEFECT ${defect}\n`);
const table = [...outcomes].sort((a, b) => b[1] - a[1]).map(([outcome, n]) => `${outcome} ${n}`);
console.log(
  `${count * models.length} mutations in ${((performance.now() - began) / 1000).toFixed(0)} s: ${table.join(", ")}; slowest ${slowest?.milliseconds.toFixed(0)} ms, memory at most ${(largest / 2 ** 20).toFixed(0)} MiB, ${defects.size} kinds of defects`,
);
process.exitCode = defects.size === 0 ? 0 : 1;
