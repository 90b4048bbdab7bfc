import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, encodeExample, float } from "@tureen/protos/example";
import { afterAll, afterEach, expect, it } from "vitest";
import { tensorValue } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { featureStatistics } from "../../estimator/export/index.js";
import { lineLog } from "../log.js";
import type { ModelServer } from "../model-server.js";
import type { ModelServerOptions } from "../model-server-options.js";
import { byteClient, examplesRequest, floats, predictRequest, rpc } from "../testing/test-client.js";
import { post, rest, startTestServer, testModels } from "../testing/test-server.js";
import { DriftMonitor } from "./drift-monitor.js";

const models = testModels();
const numbers = Array.from({ length: 1000 }, (_, i) => i / 100);
const known = await featureStatistics({ inputFn: () => Dataset.fromTensorSlices({ x: numbers }).batch(100) });
let server: ModelServer | undefined;
const lines: string[] = [];

afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => models.remove());

function writeStatistics(text: string): void {
  const folder = join(models.add("half_plus_two", "00000123"), "00000123", "assets.extra");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "feature_statistics.json"), text);
}

async function start(options: Partial<ModelServerOptions> = {}): Promise<ModelServer> {
  writeStatistics(JSON.stringify(known));
  server = await startTestServer(models, {
    featureDriftSamplingRate: 1,
    enableModelManagement: true,
    log: lineLog((line) => lines.push(line)),
    ...options,
  });
  return server;
}

async function report(): Promise<unknown> {
  const { status, body } = await rest(server!, "/manage/v1/models/half_plus_two/drift");
  expect(status).toBe(200);
  return JSON.parse(body);
}

it("compares requests of every kind with an export's statistics", async () => {
  await start();
  expect(lines.join("\n")).toContain("Comparing requests with the statistics of 1 features");
  expect(await report()).toMatchObject({ versions: [{ version: "123", rows: 0, training_rows: 1000, features: [] }] });
  const client = byteClient(server!.grpcPort!);
  for (let i = 0; i < 30; i++) {
    await client.call(rpc.predict, predictRequest({}, { x: floats(numbers.slice(i * 33, i * 33 + 32)) }));
    await client.call(rpc.classify, examplesRequest({ signatureName: "classify_x_to_y" }, [i / 3, 10 - i / 3]));
    await post(server!, "/v1/models/half_plus_two:predict", { instances: [i / 3, ((7 * i) % 30) / 3] });
  }
  const steady = (await report()) as { versions: [{ rows: number; features: [{ index: number }] }] };
  expect(steady.versions[0]).toMatchObject({
    rows: 30 * 36,
    skipped_rows: 0,
    sampling_rate: 1,
    features: [{ name: "x", state: "steady", missing_share: { training: 0, requests: 0 }, new_values: [] }],
  });
  for (let i = 0; i < 30; i++)
    await client.call(rpc.predict, predictRequest({}, { x: floats(numbers.slice(0, 32).map((x) => x + 100)) }));
  await post(server!, "/v1/models/half_plus_two:regress", {
    signature_name: "regress_x_to_y",
    examples: Array.from({ length: 20 }, () => ({ y: 1 })),
  });
  expect(await report()).toMatchObject({
    versions: [{ rows: 30 * 36 + 30 * 32 + 20, features: [{ name: "x", state: "moved" }] }],
  });
  client.close();

  const { body } = await rest(server!, "/metrics");
  const gauge = (name: string): number =>
    Number(
      new RegExp(`:tureen:serving:${name}\\{model_name="half_plus_two",version="123"[^}]*\\} (\\S+)`).exec(body)?.[1],
    );
  expect(gauge("feature_drift")).toBeGreaterThan(0.25);
  expect(gauge("feature_drift_noise")).toBeLessThan(0.05);
  expect(gauge("feature_missing_share")).toBeCloseTo(20 / (30 * 36 + 30 * 32 + 20));
  expect(gauge("feature_drift_rows")).toBe(30 * 36 + 30 * 32 + 20);
});

it("is off unless asked for, needs statistics that can be read, and forgets with its version", async () => {
  await start({ featureDriftSamplingRate: 0 });
  expect(await report()).toEqual({ versions: [] });
  expect((await rest(server!, "/metrics")).body).not.toContain("feature_drift{");
  expect((await rest(server!, "/manage/v1/models/nobody/drift")).status).toBe(404);
  await server!.close();
  await start({ enableModelManagement: false });
  expect((await rest(server!, "/manage/v1/models/half_plus_two/drift")).status).toBe(403);
  await server!.close();

  await start();
  await post(server!, "/v1/models/half_plus_two:predict", { instances: [1, 2] });
  expect(await report()).toMatchObject({ versions: [{ rows: 2 }] });
  writeStatistics('{"format": "something else"}');
  await server!.core.reloadModel("half_plus_two");
  expect(await report()).toEqual({ versions: [] });
  expect(lines.join("\n")).toContain("feature_statistics.json is of another format");
  await expect(start({ featureDriftSamplingRate: 2 })).rejects.toThrow("must be between 0 and 1, not 2");
});

it("takes its share of the requests, a few rows of each, and no more than it can hold", () => {
  const draws = [0.05, 0.5, 0.99];
  const monitor = new DriftMonitor(known, { samplingRate: 0.1, random: () => draws.shift() ?? 1 });
  const feed = (rows: number) => [
    { input: { alias: "x" }, value: tensorValue("float32", [rows], new Float32Array(rows)) },
  ];
  for (let i = 0; i < 3; i++) monitor.offer(feed(100_000));
  expect(monitor.report()).toMatchObject({ rows: 32, skippedRows: 0 });
  monitor.close();

  const full = new DriftMonitor(known, { samplingRate: 1 });
  const example = encodeExample({ x: float(1), image: bytes(Buffer.alloc(100_000)) });
  const examples = { input: { alias: "examples" }, value: tensorValue("string", [30], new Array(30).fill(example)) };
  full.offer([examples]);
  full.offer([examples]);
  expect(full.report()).toMatchObject({ rows: 30, skippedRows: 30 });
  // What is no Example is no row.
  full.offer([{ ...examples, value: tensorValue("string", [1], [Buffer.from("no Example")]) }]);
  expect(full.report()).toMatchObject({ rows: 30, skippedRows: 31 });
  full.close();
});

it("forgets what is older than an hour", () => {
  let seconds = 1000;
  const monitor = new DriftMonitor(known, { samplingRate: 1, now: () => seconds });
  monitor.offer([{ input: { alias: "x" }, value: tensorValue("float32", [2], Float32Array.of(1, 2)) }]);
  expect(monitor.report()).toMatchObject({ rows: 2, seconds: 3600 });
  seconds += 3000;
  expect(monitor.report()).toMatchObject({ rows: 2 });
  seconds += 900;
  expect(monitor.report()).toMatchObject({ rows: 0, features: [] });
  monitor.close();
});
