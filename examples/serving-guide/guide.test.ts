import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodeExample, MlClient, PredictionClient, RestClient } from "@tureen/client";
import { loadSavedModel } from "tureen";
import { runBatch, startCloudServer } from "tureen/cloud";
import { startModelServer } from "tureen/serving";
import { afterAll, beforeAll, expect, it } from "vitest";
import { askGrpc, askRest } from "./ask.js";
import { deployAndPredict } from "./cloud.js";
import { areaEstimator, areas } from "./custom.js";
import { trainAndExport } from "./export.js";
import { trainWithExporter } from "./exporters.js";
import { classifier } from "./flowers.js";
import { millimetres, parsing } from "./receivers.js";

// What docs/guides/exporting-a-trained-model-for-serving.md shows is the code of these files.
const work = mkdtempSync(join(tmpdir(), "serving-guide-"));
let exported: readonly [string, string];

beforeAll(async () => {
  exported = await trainAndExport(work);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

it("serves the export on both transports", async () => {
  const server = await startModelServer({ models: [{ name: "flowers", basePath: dirname(exported[0]) }] });
  const grpc = new PredictionClient(`localhost:${server.grpcPort}`);
  try {
    expect(await askGrpc(grpc)).toEqual(["0", "0"]);
    expect(await askRest(new RestClient(`http://localhost:${server.restPort}`))).toEqual(["0", "0"]);
  } finally {
    grpc.close();
    await server.close();
  }
});

it("receives what the receivers say", async () => {
  const folder = await classifier(`${work}/run`).exportSavedModel(`${work}/export/mm`, millimetres);
  const model = await loadSavedModel(folder);
  expect([...model.signatures.keys()]).toEqual(["predict"]);
  expect([...model.signatures.get("predict")!.inputs.keys()]).toEqual(["millimetres"]);
  model.close();
});

it("exports a custom Estimator's outputs as signatures", async () => {
  const estimator = areaEstimator(`${work}/areas`);
  await estimator.train(areas, { steps: 300 });
  const folder = await estimator.exportSavedModel(`${work}/export/areas`, parsing);
  const model = await loadSavedModel(folder);
  expect([...model.signatures].map(([key, { methodName }]) => [key, methodName])).toEqual([
    ["parts", "tensorflow/serving/predict"],
    ["serving_default", "tensorflow/serving/regress"],
  ]);
  model.close();
});

it("exports at the end of training", async () => {
  await trainWithExporter(`${work}/exporters`);
  const [version] = readdirSync(`${work}/exporters/export/servo`);
  expect(readdirSync(`${work}/exporters/export/servo/${version}`)).toContain("saved_model.pb");
});

it("predicts on the cloud server, online and in batch, with equal results", async () => {
  const server = await startCloudServer({ dataDir: `${work}/cloud` });
  try {
    const client = new MlClient(`http://127.0.0.1:${server.port}`, { project: "guide" });
    expect(await deployAndPredict(client, exported[1], work)).toEqual(["0", "1", "2"]);
    const online = await client.predict({
      model: "flowers",
      signatureName: "predict",
      instances: [{ sepal: [5.0, 3.4] }, { sepal: [6.2, 3.0] }],
    });
    const lines = readFileSync(`${work}/predictions/prediction.results-00000-of-00001`, "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(online);
  } finally {
    await server.close();
  }
});

it("predicts Examples in batch as the export of Examples does online", async () => {
  const { encodeTfRecords } = await import("../../packages/tureen/src/formats/tf-record.js");
  const { writeFileSync } = await import("node:fs");
  const records = [
    [5, 3.4],
    [6.2, 3],
  ].map((sepal) => encodeExample({ sepal }));
  writeFileSync(`${work}/flowers.tfrecord`, encodeTfRecords(records));
  const result = await runBatch({
    modelDir: exported[0],
    inputPaths: [`${work}/flowers.tfrecord`],
    outputPath: `${work}/records`,
    dataFormat: "tf-record",
    signatureName: "predict",
  });
  expect(result).toMatchObject({ predictionCount: 2, errorCount: 0 });
  const [batch, online] = ["records", "predictions"].map((folder) =>
    readFileSync(`${work}/${folder}/prediction.results-00000-of-00001`, "utf8"),
  );
  expect(batch).toBe(online);
});
