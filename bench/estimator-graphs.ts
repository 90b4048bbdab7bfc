/**
 * Times of served models whose graphs feature columns built: penguins, and those of the shared models where that folder is there.
 *
 *     node --conditions=@tureen/source --import tsx bench/estimator-graphs.ts [--only=NAME] [--penguins=EXPORT] [--steps] [--plan] [--json]
 *
 * `--steps` shows how often each op runs in one call and the time it takes, `--plan` the steps of the plan. Without an export of the
 * penguins example (`--penguins`) one is made. Prints microseconds a call for batches of 1 and 32.
 */
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTensor, type StoredTensor } from "../interop/shared-models/stored-tensor.js";
import { encodeExample } from "../packages/client/src/index.js";
import type { NumericArray } from "../packages/tureen/src/core/dtype.js";
import { stringValue, type TensorValue, tensorValue } from "../packages/tureen/src/core/tensor-value.js";
import type { KernelTable } from "../packages/tureen/src/runtime/kernel.js";
import { kernelTable } from "../packages/tureen/src/runtime/kernels/index.js";
import { ortPartitioner } from "../packages/tureen/src/runtime/ort/index.js";
import type { Session, SessionOptions } from "../packages/tureen/src/runtime/session.js";
import { loadSavedModel } from "../packages/tureen/src/saved-model/index.js";

/** Long enough for the compiler to settle and for a stable mean, short enough for a shared machine. */
const [warmUpMs, measureMs] = [600, 800];
const root = join(import.meta.dirname, "..");
const option = (name: string): string | undefined =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const flag = (name: string): boolean => process.argv.includes(`--${name}`);

interface Subject {
  readonly name: string;
  readonly directory: string;
  readonly signature: string;
  /** Inputs by alias for a batch. */
  readonly inputs: (batch: number) => Record<string, TensorValue>;
}

/** Rows of a value, taken in turns until there are `count`. */
function cycleRows(value: TensorValue, count: number): TensorValue {
  const [rows, ...inner] = value.shape;
  const width = inner.reduce((a, b) => a * b, 1);
  const pick = (i: number): number => (Math.floor(i / width) % rows!) * width + (i % width);
  if (value.dtype === "string") {
    const texts = value.data as readonly Uint8Array[];
    return stringValue(
      Array.from({ length: count * width }, (_, i) => texts[pick(i)]!),
      [count, ...inner],
    );
  }
  const source = value.data as unknown as NumericArray;
  const data = new (source.constructor as new (length: number) => NumericArray)(count * width);
  for (let i = 0; i < data.length; i++) data[i] = source[pick(i)]!;
  return tensorValue(value.dtype, [count, ...inner], data as never);
}

function recorded(model: string, signature: string): Subject[] {
  const folder = join(root, "../shared/models");
  const file = join(folder, "expected", model, `${signature}.json`);
  if (!existsSync(file)) {
    console.error(`${model}: not measured, the folder of shared models is not there`);
    return [];
  }
  const recording = JSON.parse(readFileSync(file, "utf8")) as {
    readonly cases: readonly { readonly name: string; readonly inputs: Record<string, StoredTensor> }[];
  };
  const { inputs } = recording.cases.find(({ name }) => name === "batch3")!;
  return [
    {
      name: model,
      directory: join(folder, model),
      signature,
      inputs: (batch) =>
        Object.fromEntries(
          Object.entries(inputs).map(([alias, stored]) => [alias, cycleRows(readTensor(stored, folder), batch)]),
        ),
    },
  ];
}

/** The features of the rows of the example's table, as its columns want them. */
function penguinExamples(): Uint8Array[] {
  const [header, ...lines] = readFileSync(join(root, "examples/penguins/data/penguins.csv"), "utf8").trim().split("\n");
  const names = header!.trim().split(",");
  return lines.map((line) => {
    const cells = new Map(
      line
        .trim()
        .split(",")
        .map((cell, i) => [names[i]!, cell]),
    );
    const text = (key: string): string => cells.get(key)!;
    const number = (key: string): number => Number(cells.get(key));
    return encodeExample({
      species: text("species"),
      island: text("island"),
      nest: text("nest"),
      bill_length_mm: Float32Array.of(number("bill_length_mm")),
      bill_depth_mm: Float32Array.of(number("bill_depth_mm")),
      flipper_length_mm: Float32Array.of(number("flipper_length_mm")),
      body_mass_g: Float32Array.of(number("body_mass_g")),
    });
  });
}

async function exportPenguins(): Promise<string> {
  const tf = await import("tureen");
  const { dnnColumns, linearColumns, trainingData } = await import("../examples/penguins/penguins.js");
  const classifier = new tf.estimator.DNNLinearCombinedClassifier({
    linearFeatureColumns: linearColumns,
    dnnFeatureColumns: dnnColumns,
    dnnHiddenUnits: [32, 16],
    labelVocabulary: ["female", "male"],
    modelDir: mkdtempSync(join(tmpdir(), "penguins-")),
    config: tf.estimator.runConfig({ tfRandomSeed: 1, logger: { log() {} } }),
  });
  await classifier.train(() => trainingData().batch(32), { steps: 5 });
  const spec = tf.featureColumn.makeParseExampleSpec([...linearColumns, ...dnnColumns]);
  const base = mkdtempSync(join(tmpdir(), "penguins-export-"));
  return classifier.exportSavedModel(base, tf.estimator.export.buildParsingServingInputReceiverFn(spec));
}

interface Tally {
  calls: number;
  ms: number;
}

/** The kernels, each of which counts its calls and its time. */
function countingKernels(tallies: Map<string, Tally>): KernelTable {
  return Object.fromEntries(
    Object.entries(kernelTable).map(([type, factory]) => [
      type,
      (node) => {
        const kernel = factory(node);
        const tally = tallies.get(type) ?? { calls: 0, ms: 0 };
        tallies.set(type, tally);
        return (inputs, context) => {
          const start = performance.now();
          const outputs = kernel(inputs, context);
          tally.ms += performance.now() - start;
          tally.calls += 1;
          return outputs;
        };
      },
    ]),
  );
}

function middle(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1]!;
}

function microseconds(run: () => void): { readonly mean: number; readonly median: number } {
  for (const end = performance.now() + warmUpMs; performance.now() < end; ) run();
  const times: number[] = [];
  for (const end = performance.now() + measureMs; performance.now() < end; ) {
    const start = performance.now();
    run();
    times.push((performance.now() - start) * 1000);
  }
  return { mean: times.reduce((a, b) => a + b, 0) / times.length, median: middle(times) };
}

async function open(subject: Subject, session: SessionOptions) {
  const model = await loadSavedModel(subject.directory, { session });
  const info = model.signatures.get(subject.signature)!;
  const fetches = [...info.outputs.values()].map(({ name }) => name);
  const feedsOf = (batch: number): Map<string, TensorValue> =>
    new Map(Object.entries(subject.inputs(batch)).map(([alias, value]) => [info.inputs.get(alias)!.name, value]));
  return { model, fetches, feedsOf };
}

/** Runs whose time of an op is measured; the middle one is shown, as a shared machine makes some of them long. */
const countedRuns = 1000;

async function showSteps(subject: Subject, batch: number): Promise<void> {
  const tallies = new Map<string, Tally>();
  const kernels = countingKernels(tallies);
  const { model, fetches, feedsOf } = await open(subject, { kernels, partitioner: ortPartitioner({ kernels }) });
  const feeds = feedsOf(batch);
  for (let i = 0; i < 2000; i++) model.run(feeds, fetches);
  const samples = new Map<string, number[]>([...tallies.keys(), "whole run"].map((type) => [type, []]));
  for (let i = 0; i < countedRuns; i++) {
    for (const tally of tallies.values()) Object.assign(tally, { calls: 0, ms: 0 });
    const start = performance.now();
    model.run(feeds, fetches);
    samples.get("whole run")!.push(performance.now() - start);
    for (const [type, { ms }] of tallies) samples.get(type)!.push(ms);
  }
  const rows = [...tallies]
    .filter(([, { calls }]) => calls > 0)
    .map(([type, { calls }]) => ({ type, calls, us: middle(samples.get(type)!) * 1000 }))
    .sort((x, y) => y.us - x.us);
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  const us = rows.reduce((sum, row) => sum + row.us, 0);
  const whole = middle(samples.get("whole run")!) * 1000;
  console.log(`\n${subject.name}, batch ${batch}: ${calls} kernel calls, ${us.toFixed(0)} of ${whole.toFixed(0)} us`);
  for (const row of rows.slice(0, 45)) {
    console.log(`  ${row.type.padEnd(36)} ${String(row.calls).padStart(4)} ${row.us.toFixed(1).padStart(8)} us`);
  }
  model.close();
}

async function showPlan(subject: Subject): Promise<void> {
  const { model, fetches, feedsOf } = await open(subject, {});
  const { session } = model as unknown as { readonly session: Session };
  const { steps } = session.explain({ feeds: [...feedsOf(1).keys()], fetches });
  console.log(`\n${subject.name}: ${steps.length} steps`);
  for (const { type, name, where, minUnits, ops } of steps) {
    const segment = where === "host" ? "" : `  [onnxruntime from ${minUnits?.toFixed(1)}: ${ops!.join(" ")}]`;
    console.log(`  ${type.padEnd(30)} ${name}${segment}`);
  }
  model.close();
}

const examples = penguinExamples();
const penguins: Subject = {
  name: "penguins",
  directory: option("penguins") ?? "",
  signature: "serving_default",
  inputs: (batch) => ({ inputs: stringValue(Array.from({ length: batch }, (_, i) => examples[i % examples.length]!)) }),
};
const all: Subject[] = [
  penguins,
  ...recorded("tfs_half_plus_two_cpu_tf114", "serving_default"),
  ...recorded("gcp_babyweight_dnnlinear_tf113", "predict"),
  ...recorded("tfx_taxi_estimator_tf21", "serving_default"),
];

const rows: { name: string; batch: number; meanUs: number; medianUs: number }[] = [];
for (const listed of all) {
  if (option("only") !== undefined && !listed.name.includes(option("only")!)) continue;
  const subject = listed.directory === "" ? { ...listed, directory: await exportPenguins() } : listed;
  if (flag("plan")) await showPlan(subject);
  if (flag("steps")) for (const batch of [1, 32]) await showSteps(subject, batch);
  for (const batch of [1, 32]) {
    const { model, fetches, feedsOf } = await open(subject, {});
    const feeds = feedsOf(batch);
    const { mean, median } = microseconds(() => model.run(feeds, fetches));
    rows.push({ name: subject.name, batch, meanUs: mean, medianUs: median });
    model.close();
  }
}

if (flag("json")) console.log(JSON.stringify(rows));
else {
  console.log(`\n${"".padEnd(40)} batch   mean us  median us`);
  for (const { name, batch, meanUs, medianUs } of rows) {
    console.log(
      `${name.padEnd(40)} ${String(batch).padStart(5)} ${meanUs.toFixed(1).padStart(9)} ${medianUs.toFixed(1).padStart(10)}`,
    );
  }
}
