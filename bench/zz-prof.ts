/**
 * Batch prediction of a million JSON records through a small classifier (four numbers, two hidden layers, six outputs), by one job on two
 * worker processes: records a second from start to end, and how much memory the largest worker takes.
 *
 * Prints a line of JSON a case: {"bench": "batch", "name", "recordsPerSecond", "peakMegabytes", "reference"}. The reference is a Python
 * TensorFlow loop over the same file with the same batches (bench/batch_reference.py), timed without its imports and the loading of the model.
 * BENCH_RECORDS sets the number of records.
 */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeExample } from "@tureen/protos/example";
import * as tf from "tureen";
import { runBatch } from "tureen/cloud";
import { encodeTfRecords } from "../packages/tureen/src/formats/tf-record.js";

const records = Number(process.env["BENCH_RECORDS"] ?? 1_000_000);
const only = process.env["BENCH_ONLY"] ?? "";
const root = join(import.meta.dirname, "..");
const scratch = "/root/w/q/bench";
const names = ["width", "height", "depth", "weight"];

/** Numbers from 0 to 10 with three digits behind the point: the same every time. */
function* numbers(): Generator<number, never> {
  let state = 42;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield Math.round((state / 2 ** 32) * 10_000) / 1000;
  }
}

/** Two exports of one model: one takes the features, the other serialized tf.Examples. */
async function exportModels(): Promise<{ readonly raw: string; readonly parsing: string }> {
  const columns = names.map((name) => tf.featureColumn.numericColumn(name));
  const classifier = new tf.estimator.DNNClassifier({
    featureColumns: columns,
    hiddenUnits: [16, 8],
    nClasses: 3,
    modelDir: join(scratch, "run"),
    config: tf.estimator.runConfig({ tfRandomSeed: 1, logger: tf.estimator.quietLogger }),
  });
  const source = numbers();
  const rows = 64;
  const column = (): Float32Array => Float32Array.from({ length: rows }, () => source.next().value);
  const features = Object.fromEntries(
    names.map((name) => [name, tf.tensorValue("float32", [rows], column())] as const),
  );
  const labels = tf.tensorValue(
    "int64",
    [rows],
    BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 3)),
  );
  await classifier.train(() => tf.data.Dataset.fromTensors([features, labels] as const).repeat(), { steps: 20 });
  const spec = tf.featureColumn.makeParseExampleSpec(columns);
  const placeholders = Object.fromEntries(names.map((name) => [name, { dtype: "float32", shape: [-1] }] as const));
  return {
    raw: await classifier.exportSavedModel(
      join(scratch, "raw"),
      tf.estimator.export.buildRawServingInputReceiverFn(placeholders),
    ),
    parsing: await classifier.exportSavedModel(
      join(scratch, "parsing"),
      tf.estimator.export.buildParsingServingInputReceiverFn(spec),
    ),
  };
}

function writeInput(path: string, record: (values: readonly number[]) => string | Uint8Array): void {
  const source = numbers();
  const fd = openSync(path, "w");
  let parts: Uint8Array[] = [];
  for (let i = 0; i < records; i++) {
    const item = record(names.map(() => source.next().value));
    parts.push(typeof item === "string" ? Buffer.from(item) : item);
    if (parts.length === 10_000 || i === records - 1) {
      writeSync(fd, Buffer.concat(parts));
      parts = [];
    }
  }
  closeSync(fd);
}

/** The most memory that a process of this job has taken, in megabytes. */
function watchMemory(): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    for (const child of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const status = readFileSync(`/proc/${child}/status`, "utf8");
        if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== process.pid) continue;
        peak = Math.max(peak, Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
      } catch {
        // The process has just ended.
      }
    }
  }, 200);
  return () => {
    clearInterval(timer);
    return Math.round(peak);
  };
}

async function reference(args: readonly string[]): Promise<object | undefined> {
  const venv = process.env["TUREEN_INTEROP_VENV"] ?? join(root, "interop/.venv");
  const python = join(venv, "bin/python");
  if (!existsSync(python)) return undefined;
  const child = spawn(python, [join(import.meta.dirname, "batch_reference.py"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`batch_reference.py ended with ${code}`);
  return JSON.parse(output) as object;
}

try {
  const models = await exportModels();
  const cases = [
    {
      name: "JSON lines",
      dataFormat: "json",
      modelDir: models.raw,
      record: (values: readonly number[]) => `{${names.map((name, i) => `"${name}": ${values[i]}`).join(", ")}}\n`,
    },
    {
      name: "TFRecords of tf.Examples",
      dataFormat: "tf-record",
      modelDir: models.parsing,
      record: (values: readonly number[]) =>
        encodeTfRecords([encodeExample(Object.fromEntries(names.map((name, i) => [name, values[i]!] as const)))]),
    },
  ] as const;
  for (const { name, dataFormat, modelDir, record } of cases) {
    if (!name.includes(only)) continue;
    const input = join(scratch, "input-" + dataFormat);
    writeInput(input, record);
    const outputPath = join(scratch, `output-${dataFormat}`);
    const peak = watchMemory();
    const options = { modelDir, inputPaths: [input], outputPath, dataFormat, signatureName: "predict" } as const;
    const { predictionCount, failures, seconds } = await runBatch(options, { workers: 0 });
    if (predictionCount !== records) throw new Error(`${predictionCount} predictions; ${failures[0]?.error.message}`);
    const figures = { recordsPerSecond: Math.round(records / seconds), peakMegabytes: peak() };
    const other = undefined;
    console.log(JSON.stringify({ bench: "batch", name, ...figures, reference: other }));
  }
} finally {
}
