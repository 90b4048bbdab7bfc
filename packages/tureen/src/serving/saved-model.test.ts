import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  decodeClassificationResponse,
  decodePredictResponse,
  decodeRegressionResponse,
} from "@tureen/protos/serving-messages";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lineLog } from "./log.js";
import { type ModelServer, startModelServer } from "./model-server.js";
import { type ByteClient, byteClient, examplesRequest, floats, predictRequest, rpc } from "./testing/test-client.js";
import { post } from "./testing/test-server.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const fixtures = new URL("./fixtures/", import.meta.url).pathname;
const basePath = join(fixtures, "half_plus_two");

describe("a SavedModel that TensorFlow made", () => {
  const log: string[] = [];
  let server: ModelServer;
  let client: ByteClient;

  beforeAll(async () => {
    server = await startModelServer({
      host: "127.0.0.1",
      models: [{ name: "half_plus_two", basePath }],
      log: lineLog((line) => log.push(line)),
      maxNumLoadRetries: 0,
    });
    client = byteClient(server.grpcPort!);
  });

  afterAll(async () => {
    client.close();
    await server.close();
  });

  it("is warmed up, then answers", async () => {
    expect(log.join("")).toContain("Number of warmup records read: 1.");
    const { outputs, modelSpec } = decodePredictResponse(
      await client.call(rpc.predict, predictRequest({}, { x: floats([1, 2, 5]) })),
    );
    expect(modelSpec?.version).toBe(123n);
    expect(outputs.get("y")).toEqual(floats([2.5, 3, 4.5]));
    const { body } = await post(server, "/v1/models/half_plus_two:predict", { instances: [1, 2, 5] });
    expect(body).toBe('{\n    "predictions": [2.5, 3.0, 4.5\n    ]\n}');
  });

  it("classifies and regresses Examples", async () => {
    const classified = await client.call(
      rpc.classify,
      examplesRequest({ signatureName: "classify_with_labels" }, [1, 3]),
    );
    expect(decodeClassificationResponse(classified).classifications).toEqual([
      [{ label: "1.0", score: 2.5 }],
      [{ label: "3.0", score: 3.5 }],
    ]);
    const regressed = await client.call(rpc.regress, examplesRequest({ signatureName: "regress_x_to_y" }, [1, 3]));
    expect([...decodeRegressionResponse(regressed).values]).toEqual([2.5, 3.5]);
    const wrong = examplesRequest({ signatureName: "regress_x_to_y" }, []);
    await expect(client.call(rpc.regress, wrong)).rejects.toMatchObject({ code: 3, details: "Input is empty." });
  });
});

// Models of TensorFlow Serving's own tests; they are not part of this project.
const shared = new URL("../../../../../shared/models/", import.meta.url).pathname;
const reason = existsSync(shared) ? "" : ` (skipped: there is no ${shared})`;

describe.skipIf(reason !== "")(`TensorFlow Serving's own test models${reason}`, () => {
  it.each([
    ["tfs_half_plus_two_cpu_tf114", [2.5, 3, 4.5]],
    ["tfs_half_plus_two_tf2", [2.5, 3, 4.5]],
    ["tfs_half_plus_three", [3.5, 4, 5.5]],
  ])("%s", async (name, expected) => {
    const versions = mkdtempSync(join(tmpdir(), "tureen-shared-"));
    symlinkSync(join(shared, name), join(versions, "1"));
    const server = await startModelServer({
      host: "127.0.0.1",
      port: false,
      models: [{ name: "m", basePath: versions }],
      maxNumLoadRetries: 0,
    });
    const { body } = await post(server, "/v1/models/m:predict", { inputs: [[1], [2], [5]] });
    await server.close();
    rmSync(versions, { recursive: true });
    expect(JSON.parse(body)).toEqual({ outputs: expected.map((value) => [value]) });
  });
});
