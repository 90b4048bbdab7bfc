/**
 * One training of training-census.mjs: `census-child KIND INPUT BATCH SECONDS FILE`, with the time of its start in BENCH_STARTED (ms).
 *
 * Prints a line of JSON: steps a second (median and best of windows of 50 steps after 100), CPU ms a step, seconds from the start of the process to the
 * end of the first step, and with `BENCH_EXPORT` those of an export.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { estimator } from "tureen";
import { estimatorOf, inputOf, receiver, writeExamples } from "./census.js";

const [kind = "", source = "", batch = "", seconds = "", file = ""] = process.argv.slice(2);
const window = 50;
const warmUp = 100;

if (kind === "write") writeExamples(source);
else await train();

async function train(): Promise<void> {
  const started = Number(process.env["BENCH_STARTED"]);
  const times: number[] = [];
  let cpu = 0;
  const cpuMillis = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const clock: estimator.SessionRunHook = {
    afterRun(context) {
      times.push(performance.timeOrigin + performance.now());
      if (times.length === warmUp + 1) cpu = cpuMillis();
      if (times.length > warmUp + window && times.at(-1)! - times[warmUp]! > Number(seconds) * 1000)
        context.requestStop();
    },
  };
  const model = estimatorOf(kind);
  await model.train(inputOf(source, Number(batch), file), { hooks: [clock] });
  const t = times.slice(warmUp);
  const rates: number[] = [];
  for (let i = 0; i + window < t.length; i += window) rates.push((window * 1000) / (t[i + window]! - t[i]!));
  rates.sort((a, b) => a - b);
  const result: Record<string, number> = {
    stepsPerSecond: rates[rates.length >> 1]!,
    bestStepsPerSecond: rates.at(-1)!,
    meanStepsPerSecond: ((t.length - 1) * 1000) / (t.at(-1)! - t[0]!),
    cpuMillis: (cpuMillis() - cpu) / (t.length - 1),
    firstStepSeconds: (times[0]! - started) / 1000,
  };
  if (process.env["BENCH_EXPORT"]) {
    const took: number[] = [];
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      await model.exportSavedModel(mkdtempSync(join(tmpdir(), "tureen-bench-export-")), receiver());
      took.push((performance.now() - began) / 1000);
    }
    result["firstExportSeconds"] = took[0]!;
    result["exportSeconds"] = took.sort((a, b) => a - b)[1]!;
  }
  console.log(JSON.stringify(result));
}
