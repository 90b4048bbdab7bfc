/**
 * Batch prediction of a million records through a small classifier (four numbers, two hidden layers, six outputs), by one job on two
 * worker processes: records a second from start to end, and how much memory the largest worker takes.
 *
 * Prints a line of JSON a case: {"bench": "batch", "name", "recordsPerSecond", "cpuMicros" (of CPU time a record), "peakMegabytes",
 * "megabytesByTenths" (what the largest worker has when a tenth, two tenths and so on of the records are done: flat is right), "reference"}. The
 * reference is a Python TensorFlow loop over the same file with the same batches (bench/batch_reference.py), timed without its imports and the
 * loading of the model; ours is timed with both. BENCH_RECORDS sets the number of records, BENCH_ONLY a part of a case's name. The built program
 * is what is measured, where it is built.
 */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { encodeExample } from "@tureen/protos/example";
import * as tf from "tureen";
import type { RunBatchOptions } from "../packages/tureen/src/cloud/batch/run-batch.js";
import { encodeTfRecords } from "../packages/tureen/src/formats/tf-record.js";

const records = Number(process.env["BENCH_RECORDS"] ?? 1_000_000);
const only = process.env["BENCH_ONLY"] ?? "";
const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "bench-batch-"));
const built = join(root, "packages/tureen/dist/cloud/index.js");
const cloud = existsSync(built) ? pathToFileURL(built).href : "tureen/cloud";
const { runBatch } = (await import(cloud)) as typeof import("tureen/cloud");
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

/** The features of a record as members of an object in JSON. */
function members(values: readonly number[]): string {
  return names.map((name, i) => `"${name}": ${values[i]}`).join(", ");
}

function writeInput(path: string, record: (values: readonly number[], i: number) => string | Uint8Array): void {
  const source = numbers();
  const fd = openSync(path, "w");
  let parts: Uint8Array[] = [];
  for (let i = 0; i < records; i++) {
    const item = record(
      names.map(() => source.next().value),
      i,
    );
    parts.push(typeof item === "string" ? Buffer.from(item) : item);
    if (parts.length === 10_000 || i === records - 1) {
      writeSync(fd, Buffer.concat(parts));
      parts = [];
    }
  }
  closeSync(fd);
}

interface Watch {
  /** For `runBatch`. */
  readonly onProgress: NonNullable<RunBatchOptions["onProgress"]>;
  end(): {
    readonly cpuSeconds: number;
    readonly peakMegabytes: number;
    readonly megabytesByTenths: readonly number[];
  };
}

/** Looks at this program's worker processes: the most memory that one has, in megabytes, and their CPU time, in seconds. */
function watchWorkers(): Watch {
  let peak = 0;
  let latest = 0;
  const tenths: number[] = [];
  const ticks = new Map<string, number>();
  const look = (): void => {
    latest = 0;
    for (const child of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const status = readFileSync(`/proc/${child}/status`, "utf8");
        if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== process.pid) continue;
        latest = Math.max(latest, Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024));
        const [, user, system] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(readFileSync(`/proc/${child}/stat`, "utf8")) ?? [];
        ticks.set(child, Number(user) + Number(system));
      } catch {
        // The process has just ended.
      }
    }
    peak = Math.max(peak, latest);
  };
  const timer = setInterval(look, 100);
  return {
    onProgress({ predictionCount }) {
      while (tenths.length < 10 && predictionCount * 10 >= records * (tenths.length + 1)) tenths.push(latest);
    },
    end() {
      clearInterval(timer);
      const total = [...ticks.values()].reduce((sum, value) => sum + value, 0);
      // Linux counts hundredths of a second.
      return { cpuSeconds: total / 100, peakMegabytes: peak, megabytesByTenths: tenths };
    },
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
      keyField: undefined,
      modelDir: models.raw,
      record: (values: readonly number[]) => `{${members(values)}}\n`,
    },
    {
      name: "JSON lines with keys",
      dataFormat: "json",
      keyField: "id",
      modelDir: models.raw,
      record: (values: readonly number[], i: number) => `{"id": ${i}, ${members(values)}}\n`,
    },
    {
      name: "TFRecords of tf.Examples",
      dataFormat: "tf-record",
      keyField: undefined,
      modelDir: models.parsing,
      record: (values: readonly number[]) =>
        encodeTfRecords([encodeExample(Object.fromEntries(names.map((name, i) => [name, values[i]!] as const)))]),
    },
  ] as const;
  for (const { name, dataFormat, keyField, modelDir, record } of cases) {
    if (!name.includes(only)) continue;
    const input = join(scratch, "input");
    writeInput(input, record);
    const outputPath = join(scratch, `output-${name}`);
    const watch = watchWorkers();
    const key = keyField === undefined ? {} : { keyField };
    const options = {
      modelDir,
      inputPaths: [input],
      outputPath,
      dataFormat,
      signatureName: "predict",
      ...key,
    } as const;
    const { onProgress } = watch;
    const { predictionCount, failures, seconds } = await runBatch(options, { workers: 2, onProgress });
    if (predictionCount !== records) throw new Error(`${predictionCount} predictions; ${failures[0]?.error.message}`);
    const { cpuSeconds, ...memory } = watch.end();
    const cpuMicros = Math.round((cpuSeconds / records) * 1e8) / 100;
    const figures = { recordsPerSecond: Math.round(records / seconds), cpuMicros, ...memory };
    const passedOn = keyField === undefined ? [] : [keyField];
    const other = await reference([modelDir, "predict", dataFormat, input, join(scratch, "reference"), ...passedOn]);
    console.log(JSON.stringify({ bench: "batch", name, ...figures, reference: other }));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
