import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { fromText } from "@bufbuild/protobuf/txtpb";
import {
  ReloadConfigRequestSchema,
  ReloadConfigResponseSchema,
} from "@tureen/protos/gen/tensorflow_serving/apis/model_management_pb";
import { ModelServerConfigSchema } from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import { decodePredictResponse } from "@tureen/protos/serving-messages";
import { afterEach, describe, expect, it } from "vitest";
import { notFound } from "../core/status-error.js";
import { lineLog } from "./log.js";
import { type ModelServer, startModelServer } from "./model-server.js";
import type { ModelServerOptions } from "./model-server-options.js";
import { byteClient, floats, predictRequest, rpc } from "./testing/test-client.js";
import { testModel } from "./testing/test-model.js";
import { post, rest, startTestServer, testModels } from "./testing/test-server.js";

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folders() {
  const models = testModels();
  cleanups.push(() => models.remove());
  return models;
}

async function start(options: Partial<ModelServerOptions>, models = folders()): Promise<ModelServer> {
  const server = await startTestServer(models, { fileSystemPollWaitSeconds: 0.02, ...options });
  cleanups.push(() => server.close());
  return server;
}

/** Each version computes x / 2 + its number. */
const loadByVersion: ModelServerOptions["loadModel"] = async (path) => {
  if (path.includes("broken")) throw notFound(`nothing at ${path}`);
  return testModel({ offset: Number(path.split("/").at(-1)) });
};

async function eventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (JSON.stringify(await read()) === JSON.stringify(expected)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await read()).toEqual(expected);
}

async function states(server: ModelServer, model: string): Promise<Record<string, string>> {
  const { body } = await rest(server, `/v1/models/${model}`);
  const list = (JSON.parse(body).model_version_status ?? []) as { version: string; state: string }[];
  return Object.fromEntries(list.map(({ version, state }) => [version, state]));
}

async function predictZero(server: ModelServer, path: string): Promise<number | string> {
  const { body } = await post(server, `/v1/models/${path}:predict`, { instances: [0] });
  const { predictions, error } = JSON.parse(body) as { predictions?: number[]; error?: string };
  return predictions?.[0] ?? error!;
}

describe("startModelServer", () => {
  it("swaps to a version that appears, and back when it goes", async () => {
    const models = folders();
    const server = await start({ port: false, loadModel: loadByVersion }, models);
    expect(await predictZero(server, "half_plus_two")).toBe(123);
    models.add("half_plus_two", "200");
    await eventually(() => states(server, "half_plus_two"), { "200": "AVAILABLE", "123": "END" });
    expect(await predictZero(server, "half_plus_two")).toBe(200);
    rmSync(join(models.root, "half_plus_two", "200"), { recursive: true });
    await eventually(() => predictZero(server, "half_plus_two"), 123);
  });

  it("opens its ports where a model is broken or missing, reports it and serves the others", async () => {
    const models = folders();
    mkdirSync(join(models.root, "empty"));
    const log: string[] = [];
    const server = await start(
      {
        port: false,
        loadModel: loadByVersion,
        log: lineLog((line) => log.push(line)),
        maxNumLoadRetries: 5,
        models: [
          { name: "broken", basePath: models.add("broken", "1") },
          { name: "missing", basePath: join(models.root, "missing") },
          { name: "empty", basePath: join(models.root, "empty") },
          { name: "good", basePath: models.add("good", "7") },
        ],
      },
      models,
    );
    expect(await predictZero(server, "good")).toBe(7);
    expect(await states(server, "broken")).toEqual({ "1": "LOADING" });
    const ready = await rest(server, "/readyz");
    expect([ready.status, ready.body]).toEqual([
      200,
      "broken: not available\nmissing: not available\nempty: not available\ngood: available\n",
    ]);
    const status = async (name: string) =>
      JSON.parse((await rest(server, `/v1/models/${name}`)).body) as { error: string };
    const missing = `Could not find base path ${models.root}/missing for servable missing with error NOT_FOUND: ${models.root}/missing not found`;
    expect(await status("missing")).toEqual({ error: `Could not find any versions of model missing. ${missing}` });
    expect(await status("empty")).toEqual({
      error: `Could not find any versions of model empty. There is no version under base path ${models.root}/empty`,
    });
    expect(await status("unknown")).toEqual({ error: "Could not find any versions of model unknown" });
    expect(server.core.list().map(({ problem }) => problem?.slice(0, 20))).toEqual([
      undefined,
      "Could not find base ",
      "There is no version ",
      undefined,
    ]);
    const metrics = (await rest(server, "/metrics")).body;
    expect(metrics).toContain(':tureen:serving:model_available{model_name="missing"} 0');
    expect(metrics).toContain(':tureen:serving:model_available{model_name="good"} 1');
    const text = log.join("");
    expect(text).toContain(missing);
    expect(text).toContain("No versions of servable empty found under base path");
    expect(text).toContain(
      `Loading servable: {name: broken version: 1} failed: NOT_FOUND: nothing at ${models.root}/broken/1`,
    );
    expect(text).toContain("Successfully loaded servable version {name: good version: 7}");
    models.add("missing", "3");
    await eventually(() => predictZero(server, "missing"), 3);
    expect(log.filter((line) => line.includes("No versions of servable empty"))).toHaveLength(1);
  });

  it("says what is wrong with a folder that holds no SavedModel", async () => {
    const models = folders();
    mkdirSync(join(models.root, "m", "1"), { recursive: true });
    mkdirSync(join(models.root, "old", "1"), { recursive: true });
    writeFileSync(join(models.root, "old", "1", "export.meta"), "");
    const server = await start(
      { port: false, models: ["m", "old"].map((name) => ({ name, basePath: join(models.root, name) })) },
      models,
    );
    const status = async (name: string) =>
      (JSON.parse((await rest(server, `/v1/models/${name}`)).body) as { model_version_status: { status: object }[] })
        .model_version_status[0]!.status;
    expect(await status("m")).toEqual({
      error_code: "NOT_FOUND",
      error_message: `Specified file path does not appear to contain a SavedModel bundle (should have a file called \`saved_model.pb\`)\nSpecified file path: ${models.root}/m/1`,
    });
    expect(await status("old")).toEqual({
      error_code: "UNIMPLEMENTED",
      error_message: "Session Bundle is deprecated and removed.",
    });
  });

  it("reloads its configuration: models, versions and labels", async () => {
    const models = folders();
    const a = models.add("a", "1");
    models.add("a", "2");
    const b = models.add("b", "5");
    const server = await start(
      { loadModel: loadByVersion, models: [{ name: "a", basePath: a }], restApiPort: 0 },
      models,
    );
    const client = byteClient(server.grpcPort!);
    cleanups.push(() => client.close());
    const reload = (text: string, metricNames: string[] = []): Promise<Uint8Array> => {
      const config = fromText(ModelServerConfigSchema, text);
      return client.call(
        rpc.reload,
        toBinary(ReloadConfigRequestSchema, create(ReloadConfigRequestSchema, { config, metricNames })),
      );
    };
    const model = (name: string, path: string, more = ""): string =>
      `config { name: "${name}" base_path: "${path}" model_platform: "tensorflow" ${more} }`;
    const list = (...entries: string[]): string => `model_config_list { ${entries.join(" ")} }`;

    await client.call(rpc.predict, predictRequest({ name: "a" }, { x: floats([0]) }));
    const answer = fromBinary(
      ReloadConfigResponseSchema,
      await reload(list(model("a", a, "model_version_policy { all {} }"), model("b", b)), [
        "/tensorflow/cc/saved_model/load_attempt_count",
        "/no/such",
      ]),
    );
    expect(answer.status?.errorCode).toBe(0);
    expect(answer.metric.map(({ name }) => name)).toEqual([
      "/tensorflow/cc/saved_model/load_attempt_count",
      "/no/such",
    ]);
    expect(await predictZero(server, "b")).toBe(5);
    await eventually(() => states(server, "a"), { "1": "AVAILABLE", "2": "AVAILABLE" });
    expect(await predictZero(server, "a/versions/1")).toBe(1);

    const labelled = (version: number): string =>
      list(model("a", a, `model_version_policy { all {} } version_labels { key: "stable" value: ${version} }`));
    await reload(labelled(1));
    expect(await predictZero(server, "a/labels/stable")).toBe(1);
    const byLabel = decodePredictResponse(
      await client.call(rpc.predict, predictRequest({ name: "a", versionLabel: "stable" }, { x: floats([0]) })),
    );
    expect(byLabel.modelSpec?.version).toBe(1n);
    await expect(reload(labelled(9))).rejects.toMatchObject({
      code: 9,
      details: "Request to assign label to version 9 of model a, which is not currently available for inference",
    });
    expect(await predictZero(server, "a/labels/stable")).toBe(1);
    expect(await predictZero(server, "b")).toBe("Servable not found for request: Latest(b)");

    const failures: readonly (readonly [string, number, string])[] = [
      [list(model("a", a), model("a", a)), 3, "Illegal to list model a multiple times in config list"],
      [list(model("a", "relative")), 3, "Expected model a to have an absolute path or URI; got base_path()=relative"],
      [
        list(`config { name: "a" base_path: "${a}" }`),
        3,
        "Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform, model name is a",
      ],
      [
        list(`config { name: "a" base_path: "${a}" model_platform: "other" }`),
        3,
        "Illegal to change a model's platform. For model a platform was tensorflow and new platform requested is other",
      ],
      [
        list(model("b", b), `config { name: "c" base_path: "${a}" model_platform: "other" }`),
        3,
        "Model c requests unsupported platform other",
      ],
      [
        "",
        3,
        "ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is currently supported",
      ],
      [
        list(model("gone", join(models.root, "gone"))),
        2,
        `1 model(s) did not become available: {{{name: gone} due to error: INVALID_ARGUMENT: Could not find base path ${models.root}/gone for servable gone with error NOT_FOUND: ${models.root}/gone not found}, }`,
      ],
    ];
    for (const [text, code, details] of failures) await expect(reload(text)).rejects.toMatchObject({ code, details });
  });

  it("refuses a label at start-up unless labels may be ahead of their versions", async () => {
    const models = folders();
    const basePath = models.add("m", "4");
    const labelled = [{ name: "m", basePath, versionLabels: { next: 4 } }];
    await expect(start({ models: labelled }, models)).rejects.toThrow(
      "Request to assign label to version 4 of model m, which is not currently available for inference",
    );
    const server = await start(
      { models: labelled, allowVersionLabelsForUnavailableModels: true, port: false, loadModel: loadByVersion },
      models,
    );
    expect(await predictZero(server, "m/labels/next")).toBe(4);
  });

  it("follows its configuration file, and keeps the old one where the new one is wrong", async () => {
    const models = folders();
    const a = models.add("a", "1");
    const b = models.add("b", "2");
    const file = join(models.root, "models.config");
    const entry = (name: string, path: string): string =>
      `config: { name: '${name}', base_path: '${path}', model_platform: 'tensorflow' }`;
    writeFileSync(file, `model_config_list: { ${entry("a", a)} }`);
    const log: string[] = [];
    const server = await start(
      {
        port: false,
        loadModel: loadByVersion,
        modelConfigFile: file,
        modelConfigFilePollWaitSeconds: 0.02,
        log: lineLog((line) => log.push(line)),
      },
      models,
    );
    expect(await predictZero(server, "a")).toBe(1);
    writeFileSync(file, "model_config_list { nonsense }");
    await eventually(
      async () => log.some((line) => line.includes("Error parsing text-format tensorflow.serving.ModelServerConfig")),
      true,
    );
    expect(log.join("")).toContain(`Failed to read ModelServerConfig file: Invalid protobuf file: '${file}'`);
    expect(await predictZero(server, "a")).toBe(1);
    writeFileSync(file, `model_config_list { ${entry("b", b)} }`);
    await eventually(() => predictZero(server, "b"), 2);
    await eventually(() => states(server, "a"), { "1": "END" });
  });

  it("lets requests under way finish when it stops, and takes no more", async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const server = await startTestServer(folders(), { loadModel: async () => testModel({ gate: () => gate }) });
    const client = byteClient(server.grpcPort!);
    const overGrpc = client.call(rpc.predict, predictRequest({}, { x: floats([1]) }));
    const overRest = post(server, "/v1/models/half_plus_two:predict", { instances: [1] });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = server.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const refused = byteClient(server.grpcPort!);
    await expect(refused.call(rpc.predict, predictRequest({}, { x: floats([1]) }), 1000)).rejects.toThrow();
    refused.close();
    open();
    expect(decodePredictResponse(await overGrpc).outputs.get("y")).toEqual(floats([2.5]));
    expect((await overRest).status).toBe(200);
    await closed;
    client.close();
  });

  it("cuts requests off that outlast the grace", async () => {
    const server = await startTestServer(folders(), {
      loadModel: async () => testModel({ gate: () => new Promise(() => {}) }),
      drainGraceMs: 50,
      restApiPort: false,
    });
    const client = byteClient(server.grpcPort!);
    const hanging = client.call(rpc.predict, predictRequest({}, { x: floats([1]) }));
    hanging.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    const grpcClosed = server.close();
    await expect(hanging).rejects.toThrow();
    client.close();
    // The model is still in use, so the server itself waits for nothing more than its requests.
    await Promise.race([grpcClosed, new Promise((resolve) => setTimeout(resolve, 200))]);
  });

  it("names the port that is taken", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => new Promise((resolve) => taken.close(() => resolve())));
    const { port } = taken.address() as { port: number };
    const models = folders();
    const wanted = { host: "127.0.0.1", models: [], loadModel: loadByVersion };
    await expect(startModelServer({ ...wanted, port, restApiPort: false })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: the address is already in use`,
    );
    await expect(startModelServer({ ...wanted, port: false, restApiPort: port })).rejects.toThrow(
      `Cannot listen on port ${port}: the address is already in use`,
    );
    models.remove();
  });

  it("adds CORS headers and answers in tensor_content where it is told to", async () => {
    const server = await start({ restApiEnableCorsSupport: true, enableSerializationAsTensorContent: true });
    const reply = await rest(server, "/v1/models/half_plus_two");
    expect(reply.headers.get("access-control-allow-origin")).toBe("*");
    expect(reply.headers.get("access-control-allow-methods")).toBe("POST, GET");
    expect(reply.headers.get("access-control-allow-headers")).toBe("Content-Type");
    const client = byteClient(server.grpcPort!);
    const bytes = await client.call(rpc.predict, predictRequest({}, { x: floats([1]) }));
    client.close();
    // Field 4, length 4, the float 2.5.
    expect(Buffer.from(bytes).includes(Buffer.of(0x22, 4, 0, 0, 0x20, 0x40))).toBe(true);
  });

  it("checks method names where it is told to", async () => {
    const server = await start({ enableSignatureMethodNameCheck: true, port: false });
    const body = '{"signature_name":"regress_x_to_y","examples":[{"x":1.0}]}';
    const { body: reply } = await post(server, "/v1/models/half_plus_two:classify", body);
    expect(JSON.parse(reply).error).toBe(
      "Expected classification signature method_name to be tensorflow/serving/classify. Was: tensorflow/serving/regress",
    );
  });
});
