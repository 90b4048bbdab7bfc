/**
 * What batching is worth: Predict of one row on a multilayer perceptron at concurrency 64, with a batching queue and without.
 *
 * Prints a line of JSON: {"bench": "requests-batching", "name", "requestsPerSecond", "cpuMicros", "p50Millis", "reference"}; the reference is
 * the same server without batching. BENCH_REQUESTS sets the requests.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { BatchingParametersSchema } from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import { encodePredictRequest } from "@tureen/protos/serving-messages";
import * as tf from "tureen";
import { startModelServer } from "tureen/serving";
import { type Figures, measure } from "./requests-load.js";

const requests = Number(process.env["BENCH_REQUESTS"] ?? 6000);
const width = 256;
const work = mkdtempSync(join(tmpdir(), "tureen-bench-"));
const x = tf.featureColumn.numericColumn("x", { shape: [width] });
// Wide enough that the weights do not stay in the processor's cache: reading them once for many rows is what batching saves.
const classifier = new tf.estimator.DNNClassifier({
  featureColumns: [x],
  hiddenUnits: [1024, 1024, 512],
  nClasses: 10,
  modelDir: join(work, "run"),
  config: tf.estimator.runConfig({ tfRandomSeed: 1, logger: { log() {} } }),
});
const rows = tf.tensorValue("float32", [8, width], new Float32Array(8 * width));
const labels = tf.tensorValue("int64", [8], new BigInt64Array(8));
await classifier.train(() => tf.data.Dataset.fromTensors([{ x: rows }, labels] as const).repeat(), { steps: 1 });
const base = join(work, "mlp");
await classifier.exportSavedModel(
  base,
  tf.estimator.export.buildRawServingInputReceiverFn({ x: { dtype: "float32", shape: [-1, width] } }),
);
const body = encodePredictRequest({
  modelSpec: { name: "mlp", signatureName: "predict" },
  inputs: new Map([
    ["x", { dtype: 1, shape: [1, width], data: Float32Array.from({ length: width }, (_, i) => Math.sin(i)) }],
  ]),
  outputFilter: ["probabilities"],
});

async function figures(isBatched: boolean): Promise<Figures> {
  const parameters = create(BatchingParametersSchema, {
    maxBatchSize: 64n,
    batchTimeoutMicros: 0n,
    numBatchThreads: 1n,
  });
  const server = await startModelServer({
    host: "127.0.0.1",
    restApiPort: false,
    models: [{ name: "mlp", basePath: base }],
    ...(isBatched ? { batching: parameters } : {}),
  });
  const cpuMicros = (): number => {
    const { user, system } = process.cpuUsage();
    return user + system;
  };
  const item = { name: "", kind: "grpc", path: "/tensorflow.serving.PredictionService/Predict", body } as const;
  const subject = { grpcPort: server.grpcPort!, restPort: undefined, cpuMicros };
  try {
    return await measure(subject, item, { concurrency: 64, requests, warmUp: 3000 });
  } finally {
    await server.close();
  }
}

const reference = await figures(false);
const own = await figures(true);
const name = "MLP Predict of one row, batching, concurrency 64";
console.log(JSON.stringify({ bench: "requests-batching", name, ...own, reference }));
rmSync(work, { recursive: true, force: true });
