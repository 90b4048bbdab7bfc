import { mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { PredictionLogSchema } from "@tureen/protos/gen/tensorflow_serving/apis/prediction_log_pb";
import {
  ModelConfigSchema,
  ModelServerConfigSchema,
} from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import { afterAll, describe, expect, it } from "vitest";
import { readTfRecords } from "../../formats/tf-record.js";
import { silentLog } from "../log.js";
import { type ModelServer, startModelServer } from "../model-server.js";
import { servingMetrics } from "../monitoring/serving-metrics.js";
import { byteClient, examplesRequest, floats, predictRequest, rpc } from "../testing/test-client.js";
import { loadTestModel, post, rest, testModels } from "../testing/test-server.js";
import { RequestLog } from "./request-log.js";

const models = testModels();
afterAll(() => models.remove());

function start(folder: string, type: string, samplingRate = 1): Promise<ModelServer> {
  const basePath = models.add("half_plus_two", "1");
  const entry: MessageInitShape<typeof ModelConfigSchema> = {
    name: "half_plus_two",
    basePath,
    modelPlatform: "tensorflow",
    loggingConfig: {
      logCollectorConfig: { type, filenamePrefix: join(models.root, folder, "log") },
      samplingConfig: { samplingRate },
    },
  };
  const config = create(ModelServerConfigSchema, { config: { case: "modelConfigList", value: { config: [entry] } } });
  return startModelServer({ host: "127.0.0.1", config, loadModel: loadTestModel, requestLogRecordsPerFile: 3 });
}

const files = (folder: string): string[] => readdirSync(join(models.root, folder)).sort();

describe("request logging", () => {
  it("writes PredictionLogs of all transports that warm another server up", async () => {
    const server = await start("tfrecord", "");
    const client = byteClient(server.grpcPort!);
    await client.call(rpc.predict, predictRequest({}, { x: floats([1, 2]) }));
    await client.call(rpc.classify, examplesRequest({ signatureName: "classify_x_to_y" }, [2]));
    await client.call(rpc.regress, examplesRequest({ signatureName: "regress_x_to_y" }, [2]));
    await post(server, "/v1/models/half_plus_two:predict", { instances: [1, 5] });
    await post(
      server,
      "/v1/models/half_plus_two:regress",
      '{"signature_name":"regress_x_to_y","examples":[{"x":3.0}]}',
    );
    await post(server, "/v2/models/half_plus_two/infer", {
      inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [4] }],
    });
    await post(server, "/v1/models/half_plus_two:predict", { instances: ["no number"] });
    expect((await rest(server, "/metrics")).body).toContain(
      ':tensorflow:serving:request_log_count{model_name="half_plus_two",status_code="OK"} 6',
    );
    client.close();
    await server.close();

    expect(files("tfrecord")).toHaveLength(2);
    const logs = files("tfrecord").flatMap((file) =>
      [...readTfRecords(readFileSync(join(models.root, "tfrecord", file)))].map((record) =>
        fromBinary(PredictionLogSchema, record),
      ),
    );
    expect(logs.map(({ logType }) => logType.case)).toEqual([
      "predictLog",
      "classifyLog",
      "regressLog",
      "predictLog",
      "regressLog",
      "predictLog",
    ]);
    expect(logs[0]!.logMetadata).toMatchObject({
      modelSpec: { name: "half_plus_two", versionChoice: { value: { value: 1n } }, signatureName: "serving_default" },
      samplingConfig: { samplingRate: 1 },
      savedModelTags: ["serve"],
    });
    const rested = logs[3]!.logType;
    if (rested.case !== "predictLog") throw new Error("unreachable");
    expect(
      rested.value.request!.inputs["x"]!.tensorContent.length + rested.value.request!.inputs["x"]!.floatVal.length,
    ).toBeGreaterThan(0);
    expect(rested.value.response!.outputs["y"]!.floatVal).toEqual([2.5, 4.5]);

    const extra = join(models.root, "half_plus_two", "1", "assets.extra");
    mkdirSync(extra);
    renameSync(join(models.root, "tfrecord", files("tfrecord")[0]!), join(extra, "tf_serving_warmup_requests"));
    const warmed = await startModelServer({
      host: "127.0.0.1",
      port: false,
      models: [{ name: "half_plus_two", basePath: join(models.root, "half_plus_two") }],
      loadModel: loadTestModel,
    });
    expect((await rest(warmed, "/metrics")).body).toMatch(/model_warmup_records_read\{[^}]*status="OK"\} 3/);
    await warmed.close();
  });

  it("writes lines of JSON", async () => {
    const server = await start("jsonl", "jsonl");
    await expect
      .poll(async () => {
        await post(server, "/v1/models/half_plus_two:predict", { instances: [1] });
        return files("jsonl").length;
      })
      .toBeGreaterThan(0);
    await server.close();
    const [line] = readFileSync(join(models.root, "jsonl", files("jsonl")[0]!), "utf8").split("\n");
    expect(JSON.parse(line!)).toMatchObject({ predictLog: { response: { outputs: { y: { floatVal: [2.5] } } } } });
  });

  it("logs the share that is asked for", async () => {
    const draws = [0.1, 0.5, 0.3, 0.29];
    const metrics = servingMetrics();
    const log = new RequestLog({
      log: silentLog,
      metrics,
      tags: ["serve"],
      maxRecordsPerFile: 10,
      random: () => draws.shift()!,
    });
    log.configure([
      create(ModelConfigSchema, {
        name: "m",
        loggingConfig: {
          logCollectorConfig: { filenamePrefix: join(models.root, "missing-folder", "log") },
          samplingConfig: { samplingRate: 0.3 },
        },
      }),
    ]);
    let made = 0;
    const bytes = (): Uint8Array => {
      made += 1;
      return new Uint8Array(0);
    };
    for (let i = 0; i < 4; i++) log.note({ name: "m", signatureName: "" }, "predict", bytes, bytes);
    log.note({ name: "other", signatureName: "" }, "predict", bytes, bytes);
    expect(made).toBe(4);
    await log.close();
    log.note({ name: "m", signatureName: "" }, "predict", bytes, bytes);
    expect(made).toBe(4);
  });

  it.each([
    [{ filenamePrefix: "relative" }, 1, "needs an absolute filename_prefix"],
    [{ filenamePrefix: "/x", type: "csv" }, 1, "neither tfrecord nor jsonl"],
    [{ filenamePrefix: "/x" }, 2, "logging_config of model m has a sampling_rate of 2"],
  ])("refuses %j at %d", (logCollectorConfig, samplingRate, message) => {
    const log = new RequestLog({ log: silentLog, metrics: servingMetrics(), tags: [], maxRecordsPerFile: 1 });
    const config = create(ModelConfigSchema, {
      name: "m",
      loggingConfig: { logCollectorConfig, samplingConfig: { samplingRate } },
    });
    expect(() => log.configure([config])).toThrow(message);
  });
});
