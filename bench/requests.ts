/**
 * Whole requests over gRPC and REST at concurrency 16: throughput, the server's CPU time a request, and the median latency at concurrency 1.
 *
 * Prints a line of JSON a case: {"bench": "requests", "name", "requestsPerSecond", "cpuMicros", "p50Millis", "reference"}. The reference is
 * a Python gRPC server over TensorFlow's own session (bench/requests_reference.py), measured in the same run where its environment is there.
 * The client runs in a process of its own; BENCH_REQUESTS sets the requests of a case, BENCH_ONLY picks cases by a part of their names,
 * BENCH_DIRECT=0 has the gRPC library answer calls.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeExample } from "@tureen/protos/example";
import { encodeExamplesRequest, encodePredictRequest } from "@tureen/protos/serving-messages";
import * as tf from "tureen";
import { startModelServer } from "tureen/serving";
import { dataset, loadDigits, pixels } from "../examples/digits/digits.js";
import { type Amount, type Case, lineReader, measure, processCpuMicros, type Subject } from "./requests-load.js";

const requests = Number(process.env["BENCH_REQUESTS"] ?? 8000);
const only = process.env["BENCH_ONLY"] ?? "";
const root = join(import.meta.dirname, "..");
const halfPlusTwo = join(root, "packages/tureen/src/serving/fixtures/half_plus_two");

const amount: Amount = {
  concurrency: 16,
  requests,
  // The compiler needs some thousands of requests to settle.
  warmUp: Math.max(requests / 2, 3000),
};

async function startReference(digits: string): Promise<(Subject & { readonly stop: () => void }) | undefined> {
  const venv = process.env["TUREEN_INTEROP_VENV"] ?? join(root, "interop/.venv");
  const python = join(venv, "bin/python");
  if (!existsSync(python) || process.platform !== "linux") return undefined;
  const child = spawn(python, [join(import.meta.dirname, "requests_reference.py"), halfPlusTwo, digits], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
  });
  const grpcPort = Number(await lineReader(child)());
  const { pid } = child;
  return { grpcPort, restPort: undefined, cpuMicros: () => processCpuMicros(pid!), stop: () => child.kill() };
}

const work = mkdtempSync(join(tmpdir(), "tureen-bench-"));
const x = tf.featureColumn.numericColumn("x", { shape: [pixels] });
const digits = loadDigits();
const classifier = new tf.estimator.DNNClassifier({
  featureColumns: [x],
  hiddenUnits: [128, 32],
  nClasses: 10,
  modelDir: join(work, "run"),
  config: tf.estimator.runConfig({ tfRandomSeed: 1, logger: { log() {} } }),
});
await classifier.train(() => dataset(digits.train).batch(64), { steps: 10 });
const base = join(work, "digits");
await classifier.exportSavedModel(
  base,
  tf.estimator.export.buildParsingServingInputReceiverFn(tf.featureColumn.makeParseExampleSpec([x])),
);

const images = (count: number): Float32Array[] =>
  Array.from({ length: count }, (_, i) => digits.test.images.subarray(i * pixels, (i + 1) * pixels));
const grpcExamples = (count: number): Uint8Array =>
  encodeExamplesRequest({
    modelSpec: { name: "digits", signatureName: "" },
    input: { examples: images(count).map((image) => encodeExample({ x: image })) },
  });
const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
const three = { dtype: 1, shape: [3], data: Float32Array.of(1, 2, 5) };
// JSON has no 1.0, and an integer is another kind of feature.
const restImages = images(1).map((image) => ({ x: Array.from(image, (value) => value + 0.03) }));

const cases: readonly Case[] = [
  {
    name: "half_plus_two Predict, gRPC",
    kind: "grpc",
    path: "/tensorflow.serving.PredictionService/Predict",
    body: encodePredictRequest({
      modelSpec: { name: "half_plus_two", signatureName: "" },
      inputs: new Map([["x", three]]),
      outputFilter: [],
    }),
  },
  {
    name: "digits DNN Classify of 1 Example, gRPC",
    kind: "grpc",
    path: "/tensorflow.serving.PredictionService/Classify",
    body: grpcExamples(1),
  },
  {
    name: "digits DNN Classify of 32 Examples, gRPC",
    kind: "grpc",
    path: "/tensorflow.serving.PredictionService/Classify",
    body: grpcExamples(32),
  },
  {
    name: "half_plus_two Predict, REST",
    kind: "rest",
    path: "/v1/models/half_plus_two:predict",
    body: json({ instances: [1, 2, 5] }),
  },
  {
    name: "half_plus_two Predict of 1000 floats, REST",
    kind: "rest",
    path: "/v1/models/half_plus_two:predict",
    body: json({ instances: Array.from({ length: 1000 }, (_, i) => Math.fround(Math.sin(i))) }),
  },
  {
    name: "digits DNN Classify of 1 Example, REST",
    kind: "rest",
    path: "/v1/models/digits:classify",
    body: json({ examples: restImages }),
  },
];

const server = await startModelServer({
  host: "127.0.0.1",
  grpcDirectCalls: process.env["BENCH_DIRECT"] !== "0",
  models: [
    { name: "half_plus_two", basePath: halfPlusTwo },
    { name: "digits", basePath: base },
  ],
});
const ours: Subject = {
  grpcPort: server.grpcPort!,
  restPort: server.restPort,
  cpuMicros: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};
const reference = process.env["BENCH_REFERENCE"] === "0" ? undefined : await startReference(base);
// Training has left a full heap and a busy compiler behind: what runs first would pay for it.
await measure(ours, cases[0]!, amount);
for (const item of cases) {
  if (!item.name.includes(only)) continue;
  const figures = await measure(ours, item, amount);
  const theirs = reference === undefined || item.kind === "rest" ? undefined : await measure(reference, item, amount);
  console.log(JSON.stringify({ bench: "requests", name: item.name, ...figures, reference: theirs }));
}
reference?.stop();
await server.close();
rmSync(work, { recursive: true, force: true });
