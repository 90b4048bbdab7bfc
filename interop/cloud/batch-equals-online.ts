/**
 * Batch prediction gives what online prediction gives, record by record, for each input format: the recorded inputs of the shared SavedModels, and
 * the held-back rows of the examples through what the examples export.
 *
 * Records go as JSON, with and without keys, and as CSV where inputs are numbers; as text and in TFRecords, plain and packed, raw where the only
 * input is a string, else as JSON.
 *
 *     node --conditions=@tureen/source --import tsx interop/cloud/batch-equals-online.ts [--only MODEL]
 *
 * Numbers may differ in their last digits: a product of matrices rounds differently for one row than for many.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeExample } from "@tureen/protos/example";
import { type TensorValue, tensorValue } from "tureen";
import { loadDigits } from "../../examples/digits/digits.js";
import * as cars from "../../examples/fuel-economy/cars.js";
import * as penguins from "../../examples/penguins/penguins.js";
import { areaEstimator, areas } from "../../examples/serving-guide/custom.js";
import { trainAndExport } from "../../examples/serving-guide/export.js";
import { classifier } from "../../examples/serving-guide/flowers.js";
import { millimetres, parsing } from "../../examples/serving-guide/receivers.js";
import type { BatchOptions, DataFormat } from "../../packages/tureen/src/cloud/batch/batch-options.js";
import { runBatch } from "../../packages/tureen/src/cloud/batch/run-batch.js";
import type { RowForm } from "../../packages/tureen/src/cloud/predict/encode-rows.js";
import { loadPredictModel } from "../../packages/tureen/src/cloud/predict/load-predict-model.js";
import { parseJsonLine } from "../../packages/tureen/src/cloud/predict/parse-instances.js";
import { type PredictModel, predictOnline } from "../../packages/tureen/src/cloud/predict/predict-online.js";
import { encodeText } from "../../packages/tureen/src/core/text.js";
import { encodeTfRecords } from "../../packages/tureen/src/formats/tf-record.js";
import type { Recording } from "../shared-models/recording.js";
import { readTensor } from "../shared-models/stored-tensor.js";
import { counter, resultLines, root } from "./cloud-process.js";

const shared = join(import.meta.dirname, "../../..", "shared/models");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;
if (!existsSync(shared)) console.log("shared models: skipped, their folder is not there");
const tolerance = 1e-4;
/** Signatures of which a record of its own is no part of a batch, and why. */
const wholes: Readonly<Record<string, string>> = {
  "java_signatures_tf24/get_const_vector": "its output is one constant, however many records there are",
  "rust_regression_train_tf25/train": "each run changes its weights",
  "tfjs_int64_multiply/serving_default": "it takes exactly two rows",
};
/** A case with more numbers than this says nothing that a smaller one does not. */
const maxElements = 200_000;
const { check, report } = counter();
const scratch = mkdtempSync(join(tmpdir(), "batch-equals-online-"));

/** A row of a tensor as JSON; bytes as `{"b64": …}`. */
function rowJson({ dtype, shape, data }: TensorValue, row: number): string {
  const size = shape.slice(1).reduce((product, dimension) => product * dimension, 1);
  const element = (at: number): string => {
    if (dtype === "string") return `{"b64": "${Buffer.from((data as readonly Uint8Array[])[at]!).toString("base64")}"}`;
    const value = (data as Float64Array)[at]!;
    return dtype === "bool" ? String(value !== 0) : String(value);
  };
  const print = (depth: number, at: number, stride: number): string => {
    if (depth === shape.length) return element(at);
    const length = shape[depth]!;
    const step = length === 0 ? 0 : stride / length;
    return `[${Array.from({ length }, (_, i) => print(depth + 1, at + i * step, step)).join(", ")}]`;
  };
  return print(1, row * size, size);
}

/** Whether two texts are alike but for the last digits of their numbers. */
function alike(a: string, b: string): boolean {
  if (a === b) return true;
  const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;
  const [left, right] = [a.match(number) ?? [], b.match(number) ?? []];
  if (a.replace(number, "#") !== b.replace(number, "#") || left.length !== right.length) return false;
  return left.every((text, i) => {
    const [x, y] = [Number(text), Number(right[i])];
    return Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(x), Math.abs(y));
  });
}

async function online(
  model: PredictModel,
  signatureName: string,
  record: string | Uint8Array,
  form: RowForm = "bare",
): Promise<string | undefined> {
  try {
    const instance = typeof record === "string" ? parseJsonLine(encodeText(record)) : record;
    const rows = await predictOnline(model, { kind: "array", items: [instance] }, { signatureName, form });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}

interface Job {
  readonly id: string;
  readonly modelDir: string;
  readonly signature: string;
  readonly keyField?: string;
}

/** The field of keys where records have one. */
const keyField = "the key";
let jobs = 0;

async function compare(
  { id, modelDir, signature, ...key }: Job,
  dataFormat: DataFormat,
  content: string | Uint8Array,
  expected: readonly (string | undefined)[],
): Promise<void> {
  jobs += 1;
  const input = join(scratch, `${jobs}.input`);
  writeFileSync(input, content);
  const outputPath = join(scratch, String(jobs));
  const options: BatchOptions = {
    modelDir,
    inputPaths: [input],
    outputPath,
    dataFormat,
    signatureName: signature,
    ...key,
  };
  const { errorCount, failures } = await runBatch(options);
  const lines = [...resultLines(outputPath)];
  const good = expected.filter((row) => row !== undefined);
  const different = lines.findIndex((line, i) => !alike(line, good[i] ?? ""));
  check(
    `${id} as ${dataFormat}`,
    failures.length === 0 &&
      lines.length === good.length &&
      errorCount === expected.length - good.length &&
      different < 0,
    {
      failures: failures.map(({ error }) => error.message),
      lines: lines.length,
      good: good.length,
      different,
      errorCount,
    },
  );
}

/** All the formats that records of a signature can have. */
async function compareFormats(
  id: string,
  modelDir: string,
  model: PredictModel,
  signature: string,
  inputs: readonly (readonly [alias: string, value: TensorValue])[],
): Promise<void> {
  const rows = inputs[0]![1].shape[0]!;
  const infos = model.signatures.get(signature)!.inputs;
  const records = Array.from({ length: rows }, (_, row) =>
    inputs.map(([alias, value]) => `${JSON.stringify(alias)}: ${rowJson(value, row)}`).join(", "),
  );
  const objects = records.map((members) => `{${members}}`);
  const expected = await Promise.all(objects.map((record) => online(model, signature, record)));
  const job = { id, modelDir, signature };
  await compare(job, "json", objects.join("\n"), expected);
  if (!infos.has(keyField)) {
    const keys = records.map((_, row) => `"${keyField}": ${row % 2 === 0 ? row : `"row ${row}"`}`);
    const named = await Promise.all(objects.map((record) => online(model, signature, record, "named")));
    await compare(
      { ...job, keyField },
      "json",
      records.map((members, row) => `{${members}, ${keys[row]}}`).join("\n"),
      named.map((answer, row) => (answer === undefined ? undefined : `{${keys[row]}, ${answer.slice(1)}`)),
    );
  }
  const [, only] = inputs[0]!;
  if (inputs.length === 1 && only.dtype === "string") {
    if (only.shape.length !== 1) return;
    const raw = only.data as readonly Uint8Array[];
    const answers = await Promise.all(raw.map((record) => online(model, signature, record)));
    const packed = encodeTfRecords(raw);
    await compare(job, "tf-record", packed, answers);
    await compare(job, "tf-record-gzip", gzipSync(packed), answers);
    const isText = raw.every((record) => record.length > 0 && !record.includes(0x0a) && record.at(-1) !== 0x0d);
    if (isText)
      await compare(job, "text", Buffer.concat(raw.flatMap((record) => [record, Buffer.from("\n")])), answers);
    return;
  }
  const packed = encodeTfRecords(objects.map(encodeText));
  await compare(job, "text", objects.join("\n"), expected);
  await compare(job, "tf-record", packed, expected);
  await compare(job, "tf-record-gzip", gzipSync(packed), expected);
  // A field is JSON where the signature says that it is a list.
  const isList = ([alias]: readonly [string, TensorValue]): boolean => (infos.get(alias)?.shape?.length ?? 1) > 1;
  const fitsCsv = inputs.every(
    (input) => input[1].shape.length > 1 === isList(input) && input[1].dtype !== "string" && input[1].dtype !== "bool",
  );
  if (!fitsCsv) return;
  const lines = records.map((_, row) =>
    inputs.map((input) => (isList(input) ? `"${rowJson(input[1], row)}"` : rowJson(input[1], row))).join(","),
  );
  await compare(job, "csv", [inputs.map(([alias]) => alias).join(","), ...lines].join("\n"), expected);
}

async function trySharedModels(): Promise<void> {
  for (const name of readdirSync(join(shared, "expected")).sort()) {
    const modelDir = join(shared, name);
    if (!existsSync(join(modelDir, "saved_model.pb")) || (only !== undefined && only !== name)) continue;
    const recordings = join(shared, "expected", name);
    let model: Awaited<ReturnType<typeof loadPredictModel>>;
    try {
      model = await loadPredictModel(modelDir);
    } catch {
      // What does not load is the matter of the check "shared-models".
      continue;
    }
    for (const file of readdirSync(recordings).filter((entry) => entry.endsWith(".json"))) {
      const { signature, cases } = JSON.parse(readFileSync(join(recordings, file), "utf8")) as Recording;
      if (model.signatures.get(signature) === undefined || wholes[`${name}/${signature}`] !== undefined) continue;
      for (const test of cases) {
        if (test.error !== undefined || test.nondeterministic === true || test.extra_feeds !== undefined) continue;
        const inputs = Object.entries(test.inputs).map(
          ([alias, stored]) => [alias, readTensor(stored, recordings)] as const,
        );
        const rows = inputs[0]?.[1].shape[0] ?? 0;
        if (rows === 0 || inputs.some(([, value]) => value.shape[0] !== rows || value.data.length > maxElements))
          continue;
        await compareFormats(`${name}/${signature}/${test.name}`, modelDir, model, signature, inputs);
      }
    }
    model.close();
  }
}

type Columns = Readonly<Record<string, TensorValue>>;

/** What an example exports: by itself, run as its reader runs it but for fewer steps of training. */
function exportOf(example: string): string {
  const folder = join(scratch, "exports", example);
  const flags = ["--once", "--steps=50", "--port=0", "--rest_api_port=0", `--export_dir=${folder}`];
  const main = join(root, "examples", example, "main.ts");
  const run = spawnSync(process.execPath, ["--conditions=@tureen/source", "--import", "tsx", main, ...flags], {
    cwd: root,
    encoding: "utf8",
  });
  check(`the example ${example} runs`, run.status === 0, run.stderr);
  return join(folder, readdirSync(folder)[0]!);
}

/** Each row of the columns as a serialized tf.Example. */
function examplesOf(columns: Columns): TensorValue {
  const entries = Object.entries(columns);
  const rows = entries[0]![1].shape[0]!;
  const records = Array.from({ length: rows }, (_, row) => {
    const features = entries.map(([name, { data, shape }]) => {
      const size = shape.slice(1).reduce((product, dimension) => product * dimension, 1);
      const values = Array.from({ length: size }, (_, i) => (data as ArrayLike<number>)[row * size + i]!);
      return [name, values] as const;
    });
    return encodeExample(Object.fromEntries(features));
  });
  return { dtype: "string", shape: [rows], data: records };
}

/** The columns of a dataset's rows, of which it has `count`. */
function columnsOf(rows: Iterable<readonly [Columns, TensorValue]>): Columns {
  const [[columns]] = [...rows] as [readonly [Columns, TensorValue]];
  return columns;
}

async function tryExamples(): Promise<void> {
  const { images, rows } = loadDigits().test;
  const sepals: Columns = {
    sepal: tensorValue("float32", [4, 2], Float32Array.of(5.1, 3.5, 4.9, 3, 6.3, 3.3, 5.8, 2.7)),
  };
  const guide = join(scratch, "guide");
  const [flowers, numbers] = await trainAndExport(guide);
  const areasOf = areaEstimator(`${guide}/areas`);
  await areasOf.train(areas, { steps: 50 });
  const exports: [name: string, modelDir: string, columns: Columns][] = [
    ["digits", exportOf("digits"), { x: tensorValue("float32", [rows, 64], images) }],
    ["fuel-economy", exportOf("fuel-economy"), columnsOf(cars.testData().batch(cars.testRows))],
    ["penguins", exportOf("penguins"), columnsOf(penguins.testData().batch(penguins.testRows))],
    ["serving-guide/flowers", flowers, sepals],
    ["serving-guide/numbers", numbers, sepals],
    ["serving-guide/areas", await areasOf.exportSavedModel(`${guide}/export/areas`, parsing), sepals],
    [
      "serving-guide/millimetres",
      await classifier(`${guide}/run`).exportSavedModel(`${guide}/export/mm`, millimetres),
      { millimetres: sepals["sepal"]! },
    ],
  ];
  for (const [name, modelDir, columns] of exports) {
    const model = await loadPredictModel(modelDir);
    for (const [signature, { inputs }] of model.signatures) {
      const [alias, { dtype }] = [...inputs][0]!;
      const takesExamples = inputs.size === 1 && dtype === "string";
      const feeds = takesExamples ? ([[alias, examplesOf(columns)]] as const) : Object.entries(columns);
      await compareFormats(`${name}/${signature}`, modelDir, model, signature, feeds);
    }
    model.close();
  }
}

try {
  if (only === undefined) await tryExamples();
  if (existsSync(shared)) await trySharedModels();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${jobs} jobs`);
report();
