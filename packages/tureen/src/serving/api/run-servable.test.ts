import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { floatValue } from "../../core/tensor-value.js";
import { readFixture } from "../../estimator/recorded-fixture.js";
import type { ModelServer } from "../model-server.js";
import { servingMetrics } from "../monitoring/serving-metrics.js";
import { directServable } from "../servable/servable.js";
import { testModel } from "../testing/test-model.js";
import { startTestServer, testModels } from "../testing/test-server.js";
import { multiInference } from "./multi-inference.js";
import { predict, predictWith } from "./predict.js";
import type { ApiContext, CallContext } from "./request-context.js";

const models = testModels();
let server: ModelServer;
let context: ApiContext;

beforeAll(async () => {
  server = await startTestServer(models, { port: false, restApiPort: false });
  context = { core: server.core, metrics: servingMetrics(), checkMethodName: true };
});

afterAll(async () => {
  await server.close();
  models.remove();
});

const ask = async (call: CallContext): Promise<unknown> =>
  predict(
    context,
    {
      modelSpec: { name: "half_plus_two", signatureName: "" },
      inputs: new Map([["x", floatValue([1], [1])]]),
      outputFilter: [],
    },
    call,
  );

describe("runs that nobody waits for", () => {
  it("are not begun", async () => {
    await expect(ask({ isCancelled: () => true })).rejects.toMatchObject({
      code: "CANCELLED",
      message: "Run call was cancelled",
    });
    await expect(ask({ deadline: performance.now() - 1 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: "Timed out waiting for notification",
    });
    await expect(ask({ deadline: performance.now() + 1000, isCancelled: () => false })).resolves.toBeDefined();
  });
});

describe("sparse and ragged tensors", () => {
  const y = { name: "y:0", dtype: "float32" as const, shape: [-1] };
  const sparse = { ...y, sparse: { values: "y:0", indices: "s/indices:0", denseShape: "s/shape:0" } };
  const ragged = { ...y, composite: { components: [y], typeSpec: undefined } };
  it.each([
    ["a sparse input", sparse, y],
    ["a ragged input", ragged, y],
    ["a sparse output", y, sparse],
    ["a ragged output", y, ragged],
  ])("can neither be fed nor fetched by Predict, as in TensorFlow Serving: %s", async (_, input, output) => {
    const info = {
      inputs: new Map([["s", input]]),
      outputs: new Map([["y", output]]),
      methodName: "tensorflow/serving/predict",
      defaults: new Map(),
    };
    const model = { ...testModel(), signatures: new Map([["serving_default", info]]) };
    const request = {
      modelSpec: { name: "m", signatureName: "" },
      inputs: new Map([["s", floatValue([1], [1])]]),
      outputFilter: [],
    };
    const asked = async (): Promise<unknown> => predictWith(context, directServable("m", 1n, model), request, {});
    const { nameless } = readFixture<{ nameless: Record<"fed" | "fetched", { code: number; message: string }> }>(
      "ragged-exports",
    );
    const { code, message } = input === y ? nameless.fetched : nameless.fed;
    expect([code, message]).toEqual([
      3,
      "Tensor :0, specified in either feed_devices or fetch_devices was not found in the Graph",
    ]);
    await expect(asked()).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message });
  });
});

describe("the check of method names", () => {
  it("lets Predict use no signature of another method", async () => {
    const info = { inputs: new Map(), outputs: new Map(), methodName: "tensorflow/serving/other", defaults: new Map() };
    const model = { ...testModel(), signatures: new Map([["serving_default", info]]) };
    const request = { modelSpec: { name: "m", signatureName: "" }, inputs: new Map(), outputFilter: [] };
    const asked = async (): Promise<unknown> => predictWith(context, directServable("m", 1n, model), request, {});
    await expect(asked()).rejects.toMatchObject({
      code: "INTERNAL",
      message:
        "Expected prediction signature method_name to be one of {tensorflow/serving/predict, tensorflow/serving/classify, tensorflow/serving/regress}. Was: tensorflow/serving/other",
    });
  });
});

describe("MultiInference", () => {
  const input = { examples: [new Uint8Array(0)] };
  it.each([
    [
      [{ modelSpec: { name: "half_plus_two", signatureName: "a" } }, { modelSpec: undefined }],
      "Requested signature not found in model graph: a",
    ],
    [
      [{ modelSpec: { name: "half_plus_two", signatureName: "regress_x_to_y" } }, { modelSpec: undefined }],
      "Found ModelSpec with an empty model name.",
    ],
  ])("checks its tasks in their order: %#", async (specs, message) => {
    const tasks = specs.map(({ modelSpec }) => ({ modelSpec, methodName: "tensorflow/serving/regress" }));
    await expect(multiInference(context, { tasks, input }, {})).rejects.toThrow(message);
  });
});
