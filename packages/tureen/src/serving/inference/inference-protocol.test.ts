import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ModelInferRequestSchema,
  ModelInferResponseSchema,
  ModelMetadataRequestSchema,
  ModelMetadataResponseSchema,
  ModelReadyRequestSchema,
  ModelReadyResponseSchema,
  RepositoryIndexRequestSchema,
  RepositoryIndexResponseSchema,
  RepositoryModelLoadRequestSchema,
  RepositoryModelUnloadRequestSchema,
  ServerMetadataResponseSchema,
} from "@tureen/protos/gen/inference/grpc_inference_service_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../model-server.js";
import { type ByteClient, byteClient } from "../testing/test-client.js";
import { post, rest, startTestServer, testModels } from "../testing/test-server.js";

const models = testModels();
let server: ModelServer;
let client: ByteClient;

beforeAll(async () => {
  server = await startTestServer(models, { enableModelManagement: true });
  client = byteClient(server.grpcPort!);
});

afterAll(async () => {
  client.close();
  await server.close();
  models.remove();
});

const inferPath = "/v2/models/half_plus_two/infer";
const rpc = (method: string): string => `/inference.GRPCInferenceService/${method}`;
const x = { name: "x", datatype: "FP32", shape: [3], data: [1, 2, 5] };

/** A body of JSON and binary data, as the binary tensor data extension has it. */
function binaryBody(json: object, ...data: ArrayBufferView[]): RequestInit {
  const head = Buffer.from(JSON.stringify(json));
  const parts = data.map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength));
  return {
    method: "POST",
    body: Buffer.concat([head, ...parts]),
    headers: { "Inference-Header-Content-Length": String(head.length) },
  };
}

describe("the Open Inference Protocol over REST", () => {
  it("says how the server and the model do", async () => {
    for (const path of ["/v2/health/live", "/v2/health/ready", "/v2/models/half_plus_two/ready"]) {
      expect(await rest(server, path)).toMatchObject({ status: 200, body: "" });
    }
    expect((await rest(server, "/v2/models/nobody/ready")).status).toBe(503);
    expect(JSON.parse((await rest(server, "/v2")).body).extensions).toContain("binary_tensor_data");
    expect(JSON.parse((await rest(server, "/v2/models/half_plus_two/versions/123")).body)).toEqual({
      name: "half_plus_two",
      versions: ["123"],
      platform: "tensorflow_savedmodel",
      inputs: [{ name: "x", datatype: "FP32", shape: [-1] }],
      outputs: [{ name: "y", datatype: "FP32", shape: [-1] }],
    });
  });

  it("infers on JSON data, flat or nested", async () => {
    const flat = await post(server, inferPath, { id: "7", inputs: [x] });
    expect([flat.status, flat.body]).toEqual([
      200,
      '{"model_name":"half_plus_two","model_version":"123","id":"7","outputs":[{"name":"y","datatype":"FP32","shape":[3],"data":[2.5,3.0,4.5]}]}',
    ]);
    expect(flat.headers.get("x-model-version")).toBe("123");
    const nested = {
      parameters: { signature_name: "echo_int64" },
      inputs: [{ name: "v", datatype: "INT64", shape: [2, 2], data: [[1, 2], "3", 4].flat().map(Number) }],
    };
    expect(JSON.parse((await post(server, inferPath, nested)).body).outputs[0]).toMatchObject({ data: [1, 2, 3, 4] });
    const exact = `{"parameters":{"signature_name":"echo_int64"},"inputs":[{"name":"v","datatype":"INT64","shape":[1,1],"data":[[9007199254740993]]}]}`;
    expect((await post(server, inferPath, exact)).body).toContain('"shape":[1,1],"data":[9007199254740993]');
  });

  it("takes and gives binary data", async () => {
    const { data: _, ...head } = x;
    const input = { ...head, parameters: { binary_data_size: 12 } };
    const all = { inputs: [input], parameters: { binary_data_output: true } };
    const response = await fetch(
      `http://127.0.0.1:${server.restPort}${inferPath}`,
      binaryBody(all, Float32Array.of(1, 2, 5)),
    );
    const length = Number(response.headers.get("inference-header-content-length"));
    const body = Buffer.from(await response.arrayBuffer());
    expect(JSON.parse(body.subarray(0, length).toString()).outputs).toEqual([
      { name: "y", datatype: "FP32", shape: [3], parameters: { binary_data_size: 12 } },
    ]);
    expect(new Float32Array(new Uint8Array(body.subarray(length)).buffer)).toEqual(Float32Array.of(2.5, 3, 4.5));

    const texts = Buffer.concat(
      ["a", "bcd"].flatMap((text) => [Buffer.from([text.length, 0, 0, 0]), Buffer.from(text)]),
    );
    const echo = {
      parameters: { signature_name: "echo_text" },
      inputs: [{ name: "text", datatype: "BYTES", shape: [2], parameters: { binary_data_size: texts.length } }],
    };
    const reply = await fetch(`http://127.0.0.1:${server.restPort}${inferPath}`, binaryBody(echo, texts));
    expect(await reply.json()).toMatchObject({ outputs: [{ datatype: "BYTES", shape: [2], data: ["a", "bcd"] }] });
  });

  it("takes and gives 16-bit floats as JSON numbers", async () => {
    const half = { parameters: { signature_name: "half" }, inputs: [x] };
    expect(JSON.parse((await post(server, inferPath, half)).body)).toMatchObject({
      outputs: [{ datatype: "FP16", shape: [3], data: expect.arrayContaining([expect.any(Number)]) }],
    });
    const echo = {
      parameters: { signature_name: "echo_bfloat16" },
      inputs: [{ name: "v", datatype: "BF16", shape: [2], data: [0.5, -3] }],
    };
    expect(JSON.parse((await post(server, inferPath, echo)).body)).toMatchObject({
      outputs: [{ datatype: "BF16", shape: [2], data: [0.5, -3] }],
    });
  });

  it.each([
    [{ inputs: [{ ...x, datatype: "FP31" }] }, "input 'x' has the unknown datatype 'FP31'"],
    [{ inputs: [{ ...x, shape: [4] }] }, "input 'x' needs 4 elements but got 3"],
    [{ inputs: [{ ...x, shape: [-1] }] }, "input 'x' has a dimension of -1"],
    [{ inputs: [x, x] }, "input 'x' is given twice"],
    [
      { inputs: [{ ...x, parameters: { binary_data_size: 12 } }] },
      "input 'x' has a binary_data_size that the body does not hold",
    ],
    [{ inputs: [{ ...x, datatype: "INT32" }] }, "Expects arg[0] to be float but int32 is provided"],
    [
      { inputs: [x], outputs: [{ name: "z" }] },
      "output tensor alias not found in signature: z Outputs expected to be in the set {y}.",
    ],
    [{ inputs: [{ ...x, data: 1 }] }, "input 'x' needs a list of data"],
    [{ inputs: [{ ...x, name: 7 }] }, "'name' must be a string"],
    [{ inputs: [x], parameters: { binary_data_output: 1 } }, "the parameter binary_data_output must be a boolean"],
    [{ inputs: {} }, "'inputs' must be a list"],
    [[], "the request must be a JSON object"],
  ])("refuses %j", async (body, error) => {
    const reply = await post(server, inferPath, body);
    expect([reply.status, JSON.parse(reply.body)]).toEqual([400, { error }]);
  });

  it.each([
    ["9", "", "the body is shorter than its JSON part of 9 bytes"],
    ["x", "{}", "'x' is no length of a JSON part"],
    ["13", '{"inputs":[]}1234', "4 bytes follow the last input's data"],
  ])("refuses a JSON part of %s bytes", async (length, body, error) => {
    const headers = { "Inference-Header-Content-Length": length };
    const reply = await rest(server, inferPath, { method: "POST", body, headers });
    expect([reply.status, JSON.parse(reply.body)]).toEqual([400, { error }]);
  });

  it("refuses byte strings that end too early or are too few", async () => {
    const input = { name: "text", datatype: "BYTES", shape: [2], parameters: { binary_data_size: 6 } };
    const head = { parameters: { signature_name: "echo_text" }, inputs: [input] };
    const send = async (...bytes: number[]): Promise<unknown> => {
      const reply = await fetch(
        `http://127.0.0.1:${server.restPort}${inferPath}`,
        binaryBody(head, Uint8Array.from(bytes)),
      );
      return ((await reply.json()) as { readonly error: string }).error;
    };
    expect(await send(9, 0, 0, 0, 65, 66)).toBe("input 'text' ends inside of element 0");
    expect(await send(2, 0, 0, 0, 65, 66)).toBe("input 'text' needs 2 elements but got 1");
  });

  it("answers 404 for what it does not know", async () => {
    expect((await post(server, "/v2/models/nobody/infer", { inputs: [x] })).status).toBe(404);
    const unknown = await rest(server, "/v2/nothing");
    expect([unknown.status, JSON.parse(unknown.body).error]).toEqual([404, "Unknown request: GET /v2/nothing"]);
    const broken = await rest(server, "/v2/models/%ff");
    expect([broken.status, JSON.parse(broken.body).error]).toEqual([400, "'%ff' is not a percent-encoded name"]);
    expect((await post(server, "/v2/models/half_plus_two/versions/7/infer", { inputs: [x] })).status).toBe(404);
  });
});

describe("GRPCInferenceService", () => {
  const raw = Float32Array.of(1, 2, 5);
  const request = (extra: object): Uint8Array =>
    toBinary(
      ModelInferRequestSchema,
      create(ModelInferRequestSchema, {
        modelName: "half_plus_two",
        id: "9",
        inputs: [{ name: "x", datatype: "FP32", shape: [3n] }],
        ...extra,
      }),
    );

  it("infers on raw and on typed contents, and answers in kind", async () => {
    const rawBytes = request({ rawInputContents: [new Uint8Array(raw.buffer)] });
    const rawReply = fromBinary(ModelInferResponseSchema, await client.call(rpc("ModelInfer"), rawBytes));
    expect(rawReply).toMatchObject({ modelName: "half_plus_two", modelVersion: "123", id: "9" });
    expect(new Float32Array(new Uint8Array(rawReply.rawOutputContents[0]!).buffer)).toEqual(
      Float32Array.of(2.5, 3, 4.5),
    );
    const typed = request({
      inputs: [{ name: "x", datatype: "FP32", shape: [3n], contents: { fp32Contents: [1, 2, 5] } }],
    });
    const reply = fromBinary(ModelInferResponseSchema, await client.call(rpc("ModelInfer"), typed));
    expect(reply.rawOutputContents).toEqual([]);
    expect(reply.outputs[0]).toMatchObject({ name: "y", datatype: "FP32", shape: [3n] });
    expect(reply.outputs[0]!.contents!.fp32Contents).toEqual([2.5, 3, 4.5]);
  });

  it.each(["float64", "int64", "uint8", "bool", "uint64", "int32", "float16"] as const)("echoes %s", async (dtype) => {
    const datatype = {
      float64: "FP64",
      int64: "INT64",
      uint8: "UINT8",
      bool: "BOOL",
      uint64: "UINT64",
      int32: "INT32",
      float16: "FP16",
    }[dtype];
    const width = { float64: 8, int64: 8, uint8: 1, bool: 1, uint64: 8, int32: 4, float16: 2 }[dtype];
    const bytes = Uint8Array.from({ length: 2 * width }, (_, i) => (dtype === "bool" ? i % 2 : i));
    const parameters = {
      signature_name: { parameterChoice: { case: "stringParam" as const, value: `echo_${dtype}` } },
    };
    const message = request({
      parameters,
      inputs: [{ name: "v", datatype, shape: [2n] }],
      rawInputContents: [bytes],
    });
    const reply = fromBinary(ModelInferResponseSchema, await client.call(rpc("ModelInfer"), message));
    expect([reply.outputs[0]!.datatype, [...reply.rawOutputContents[0]!]]).toEqual([datatype, [...bytes]]);
    if (dtype === "float16") return;
    const field = {
      float64: "fp64Contents",
      int64: "int64Contents",
      uint8: "uintContents",
      bool: "boolContents",
      uint64: "uint64Contents",
      int32: "intContents",
    }[dtype];
    const values = dtype === "bool" ? [true, false] : dtype === "int64" || dtype === "uint64" ? [7n, 8n] : [7, 8];
    const typed = request({
      parameters,
      inputs: [{ name: "v", datatype, shape: [2n], contents: { [field]: values } }],
    });
    const echoed = fromBinary(ModelInferResponseSchema, await client.call(rpc("ModelInfer"), typed));
    expect(echoed.outputs[0]!.contents).toMatchObject({ [field]: values });
  });

  it("refuses contents that do not fit", async () => {
    const short = request({ rawInputContents: [new Uint8Array(8)] });
    await expect(client.call(rpc("ModelInfer"), short)).rejects.toMatchObject({
      code: 3,
      details: "input 'x' of shape [3] needs 12 bytes of data but got 8",
    });
    const two = request({ rawInputContents: [new Uint8Array(12), new Uint8Array(0)] });
    await expect(client.call(rpc("ModelInfer"), two)).rejects.toMatchObject({
      code: 3,
      details: "expected one entry of raw_input_contents for each of 1 inputs but got 2",
    });
    const contents = { fp32Contents: [1, 2, 5] };
    const input = { name: "x", datatype: "FP32", shape: [3n], contents };
    const both = request({ inputs: [input], rawInputContents: [new Uint8Array(12)] });
    await expect(client.call(rpc("ModelInfer"), both)).rejects.toMatchObject({
      details: "input 'x' has contents beside raw_input_contents",
    });
    const half = request({ inputs: [{ ...input, datatype: "FP16" }] });
    await expect(client.call(rpc("ModelInfer"), half)).rejects.toMatchObject({
      details: "input 'x' of datatype FP16 needs raw_input_contents",
    });
    const number = { signature_name: { parameterChoice: { case: "int64Param" as const, value: 1n } } };
    await expect(client.call(rpc("ModelInfer"), request({ parameters: number }))).rejects.toMatchObject({
      details: "input 'x' needs 3 elements but got 0",
    });
    const named = request({ parameters: number, rawInputContents: [new Uint8Array(12)] });
    await expect(client.call(rpc("ModelInfer"), named)).rejects.toMatchObject({
      details: "the parameter signature_name must be a string",
    });
    const version = request({ modelVersion: "stable", rawInputContents: [new Uint8Array(12)] });
    await expect(client.call(rpc("ModelInfer"), version)).rejects.toMatchObject({
      code: 3,
      details: "Unrecognized servable version label: stable",
    });
  });

  it("describes the server and the model", async () => {
    const none = new Uint8Array(0);
    expect([...(await client.call(rpc("ServerLive"), none))]).toEqual([8, 1]);
    expect([...(await client.call(rpc("ServerReady"), none))]).toEqual([8, 1]);
    expect(fromBinary(ServerMetadataResponseSchema, await client.call(rpc("ServerMetadata"), none)).name).toBe(
      "tureen",
    );
    const named = toBinary(ModelMetadataRequestSchema, create(ModelMetadataRequestSchema, { name: "half_plus_two" }));
    expect(fromBinary(ModelMetadataResponseSchema, await client.call(rpc("ModelMetadata"), named))).toMatchObject({
      versions: ["123"],
      inputs: [{ name: "x", datatype: "FP32", shape: [-1n] }],
    });
    const ready = toBinary(
      ModelReadyRequestSchema,
      create(ModelReadyRequestSchema, { name: "half_plus_two", version: "9" }),
    );
    expect(fromBinary(ModelReadyResponseSchema, await client.call(rpc("ModelReady"), ready)).ready).toBe(false);
  });

  it("unloads and loads models, in step with the index of both transports", async () => {
    const unload = toBinary(
      RepositoryModelUnloadRequestSchema,
      create(RepositoryModelUnloadRequestSchema, { modelName: "half_plus_two" }),
    );
    await client.call(rpc("RepositoryModelUnload"), unload);
    expect(JSON.parse((await post(server, "/v2/repository/index", "")).body)).toEqual([
      { name: "half_plus_two", version: "123", state: "UNAVAILABLE", reason: "unloaded" },
    ]);
    expect((await post(server, inferPath, { inputs: [x] })).status).toBe(404);
    const ready = await rest(server, "/v2/models/half_plus_two/ready");
    expect(JSON.parse(ready.body).error).toBe("Model half_plus_two is not available");
    expect((await rest(server, "/v2/health/ready")).body).toBe("");
    expect((await post(server, "/v2/repository/models/half_plus_two/load", "{}")).status).toBe(200);
    const index = toBinary(RepositoryIndexRequestSchema, create(RepositoryIndexRequestSchema, { ready: true }));
    const reply = fromBinary(RepositoryIndexResponseSchema, await client.call(rpc("RepositoryIndex"), index));
    expect(reply.models).toMatchObject([{ name: "half_plus_two", version: "123", state: "READY" }]);
    const load = toBinary(
      RepositoryModelLoadRequestSchema,
      create(RepositoryModelLoadRequestSchema, { modelName: "nobody" }),
    );
    await expect(client.call(rpc("RepositoryModelLoad"), load)).rejects.toMatchObject({ code: 5 });
  });
});
