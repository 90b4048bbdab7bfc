/**
 * Batch prediction gives what online prediction gives, record by record: the recorded inputs of the shared SavedModels as JSON lines, as CSV where
 * every input is one value, and raw in TFRecords, plain and packed, where the only input is a string.
 *
 *     node --conditions=@tureen/source --import tsx interop/cloud/batch-equals-online.ts [--only MODEL]
 *
 * Numbers may differ in their last digits: a product of matrices rounds differently for one row than for many.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BatchOptions, DataFormat } from "../../packages/tureen/src/cloud/batch/batch-options.js";
import { runBatch } from "../../packages/tureen/src/cloud/batch/run-batch.js";
import { loadPredictModel } from "../../packages/tureen/src/cloud/predict/load-predict-model.js";
import { parseJsonLine } from "../../packages/tureen/src/cloud/predict/parse-instances.js";
import { type PredictModel, predictOnline } from "../../packages/tureen/src/cloud/predict/predict-online.js";
import type { TensorValue } from "../../packages/tureen/src/core/index.js";
import { encodeText } from "../../packages/tureen/src/core/text.js";
import { encodeTfRecords } from "../../packages/tureen/src/formats/tf-record.js";
import type { Recording } from "../shared-models/recording.js";
import { readTensor } from "../shared-models/stored-tensor.js";
import { counter, resultLines } from "./cloud-process.js";

const shared = join(import.meta.dirname, "../../..", "shared/models");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;
if (!existsSync(shared)) {
  console.log("skipped: the folder of shared models is not there\n0 passed, 0 failed");
  process.exit(0);
}
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
): Promise<string | undefined> {
  try {
    const instance = typeof record === "string" ? parseJsonLine(encodeText(record)) : record;
    const rows = await predictOnline(model, { kind: "array", items: [instance] }, { signatureName });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}

let jobs = 0;
async function compare(
  id: string,
  modelDir: string,
  signatureName: string,
  dataFormat: DataFormat,
  content: string | Uint8Array,
  expected: readonly (string | undefined)[],
): Promise<void> {
  jobs += 1;
  const input = join(scratch, `${jobs}.input`);
  writeFileSync(input, content);
  const outputPath = join(scratch, String(jobs));
  const options: BatchOptions = { modelDir, inputPaths: [input], outputPath, dataFormat, signatureName };
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

try {
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
      const info = model.signatures.get(signature);
      if (info === undefined || wholes[`${name}/${signature}`] !== undefined) continue;
      for (const test of cases) {
        if (test.error !== undefined || test.nondeterministic === true || test.extra_feeds !== undefined) continue;
        const inputs = Object.entries(test.inputs).map(
          ([alias, stored]) => [alias, readTensor(stored, recordings)] as const,
        );
        const rows = inputs[0]?.[1].shape[0] ?? 0;
        if (rows === 0 || inputs.some(([, value]) => value.shape[0] !== rows || value.data.length > maxElements))
          continue;
        const id = `${name}/${signature}/${test.name}`;
        const records = Array.from(
          { length: rows },
          (_, row) =>
            `{${inputs.map(([alias, value]) => `${JSON.stringify(alias)}: ${rowJson(value, row)}`).join(", ")}}`,
        );
        const expected = await Promise.all(records.map((record) => online(model, signature, record)));
        await compare(id, modelDir, signature, "json", records.join("\n"), expected);
        const [, only] = inputs[0]!;
        if (inputs.length === 1 && only.dtype === "string" && only.shape.length === 1) {
          const raw = only.data as readonly Uint8Array[];
          const answers = await Promise.all(raw.map((record) => online(model, signature, record)));
          const packed = encodeTfRecords(raw);
          await compare(id, modelDir, signature, "tf-record", packed, answers);
          await compare(id, modelDir, signature, "tf-record-gzip", gzipSync(packed), answers);
        }
        const isFlat = inputs.every(
          ([, value]) => value.shape.length === 1 && value.dtype !== "string" && value.dtype !== "bool",
        );
        if (isFlat) {
          const header = inputs.map(([alias]) => alias).join(",");
          const lines = records.map((_, row) => inputs.map(([, value]) => rowJson(value, row)).join(","));
          await compare(id, modelDir, signature, "csv", [header, ...lines].join("\n"), expected);
        }
      }
    }
    model.close();
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
report();
