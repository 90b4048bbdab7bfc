import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { Client, credentials } from "@grpc/grpc-js";
import { encodeExample } from "@tureen/protos/example";
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from "@tureen/protos/gen/grpc/health/v1/health_pb";
import { ExampleSchema } from "@tureen/protos/gen/tensorflow/core/example/example_pb";
import {
  GetModelMetadataRequestSchema,
  GetModelMetadataResponseSchema,
  SignatureDefMapSchema,
} from "@tureen/protos/gen/tensorflow_serving/apis/get_model_metadata_pb";
import {
  GetModelStatusRequestSchema,
  GetModelStatusResponseSchema,
  ModelVersionStatus_State,
} from "@tureen/protos/gen/tensorflow_serving/apis/get_model_status_pb";
import {
  MultiInferenceRequestSchema,
  MultiInferenceResponseSchema,
} from "@tureen/protos/gen/tensorflow_serving/apis/inference_pb";
import { PredictResponseSchema } from "@tureen/protos/gen/tensorflow_serving/apis/predict_pb";
import {
  decodeClassificationResponse,
  decodePredictResponse,
  decodeRegressionResponse,
} from "@tureen/protos/serving-messages";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../model-server.js";
import {
  type ByteClient,
  byteClient,
  examplesRequest,
  floats,
  predictRequest,
  rpc,
  strings,
} from "../testing/test-client.js";
import { testModel } from "../testing/test-model.js";
import { startTestServer, testModels } from "../testing/test-server.js";
import { grpcStatus } from "./status.js";

describe.each([
  ["through the library", false],
  ["straight on HTTP/2", true],
])("gRPC %s", (_title, grpcDirectCalls) => {
  const models = testModels();
  const socketFolder = mkdtempSync(join(tmpdir(), "tureen-socket-"));
  const socketPath = join(socketFolder, "serving.sock");
  let server: ModelServer;
  let client: ByteClient;
  let gate: Promise<void> | undefined;

  beforeAll(async () => {
    server = await startTestServer(models, {
      restApiPort: false,
      grpcDirectCalls,
      grpcSocketPath: socketPath,
      loadModel: async () => testModel({ gate: async () => gate }),
    });
    client = byteClient(server.grpcPort!);
  });

  afterAll(async () => {
    client.close();
    await server.close();
    models.remove();
    rmSync(socketFolder, { recursive: true, force: true });
  });

  async function predict(request: Uint8Array): Promise<ReturnType<typeof decodePredictResponse>> {
    return decodePredictResponse(await client.call(rpc.predict, request));
  }

  describe("PredictionService", () => {
    it("predicts, and says which model did", async () => {
      const { modelSpec, outputs } = await predict(predictRequest({}, { x: floats([1, 2, 5]) }));
      expect(modelSpec).toEqual({ name: "half_plus_two", version: 123n, signatureName: "serving_default" });
      expect(outputs.get("y")).toEqual(floats([2.5, 3, 4.5]));
      const raw = fromBinary(
        PredictResponseSchema,
        await client.call(rpc.predict, predictRequest({}, { x: floats([1]) })),
      );
      expect(raw.outputs["y"]!.floatVal).toEqual([2.5]);
      expect(raw.outputs["y"]!.tensorContent).toHaveLength(0);
    });

    it("fills defaults in and filters outputs", async () => {
      const spec = { signatureName: "with_default" };
      expect((await predict(predictRequest(spec, { x: floats([1]) }))).outputs.get("z")).toEqual(floats([11]));
      const bias = floats([5], []);
      expect((await predict(predictRequest(spec, { x: floats([1]), bias }))).outputs.get("z")).toEqual(floats([6]));
      const two = predictRequest(
        { signatureName: "two_inputs" },
        { a: floats([1]), b: { dtype: 3, shape: [1], data: Int32Array.of(4) } },
        ["sum"],
      );
      expect([...(await predict(two)).outputs.keys()]).toEqual(["sum"]);
    });

    // Codes and texts: TensorFlow Serving's predict_util.cc, classifier.cc, regressor.cc, server_core.cc; TensorFlow's saved_model/util.cc.
    const x = { x: floats([1]) };
    const badTensor = { dtype: 1, shape: [1], data: Float32Array.of(1) };
    it.each([
      ["no name", predictRequest({ name: "" }, x), "INVALID_ARGUMENT", "ModelSpec has no name specified."],
      ["no spec", new Uint8Array(0), "INVALID_ARGUMENT", "Missing ModelSpec"],
      ["unknown model", predictRequest({ name: "m" }, x), "NOT_FOUND", "Servable not found for request: Latest(m)"],
      [
        "unknown version",
        predictRequest({ version: 5n }, x),
        "NOT_FOUND",
        "Servable not found for request: Specific(half_plus_two, 5)",
      ],
      [
        "unknown label",
        predictRequest({ versionLabel: "l" }, x),
        "INVALID_ARGUMENT",
        "Unrecognized servable version label: l",
      ],
      [
        "unknown signature",
        predictRequest({ signatureName: "s" }, x),
        "FAILED_PRECONDITION",
        'Serving signature key "s" not found.',
      ],
      [
        "too few inputs",
        predictRequest({}, {}),
        "INVALID_ARGUMENT",
        "input size does not match signature: 0!=1 len({}) != len({x}). Sent extra: {}. Missing but required: {x}.",
      ],
      [
        "too many inputs",
        predictRequest({}, { z: badTensor, x: badTensor }),
        "INVALID_ARGUMENT",
        "input size does not match signature: 2!=1 len({x,z}) != len({x}). Sent extra: {z}. Missing but required: {}.",
      ],
      [
        "another input",
        predictRequest({}, { z: badTensor }),
        "INVALID_ARGUMENT",
        "Signature input alias: x(feed name: x:0) not found in request and no default value provided. Inputs expected to be in the request {z}, or default input alias set: ",
      ],
      [
        "an input that is left over",
        predictRequest({ signatureName: "with_default" }, { x: floats([1]), q: floats([1]) }),
        "INVALID_ARGUMENT",
        "Inputs contains invalid name. Used request inputs: x, request input: q,x",
      ],
      [
        "another dtype",
        predictRequest({}, { x: strings(["a"]) }),
        "INVALID_ARGUMENT",
        "Expects arg[0] to be float but string is provided",
      ],
      [
        "another dtype among several inputs",
        predictRequest({ signatureName: "two_inputs" }, { a: floats([1]), b: floats([2]) }),
        "INVALID_ARGUMENT",
        "Expects arg[1] to be int32 but float is provided",
      ],
      [
        "an unknown output",
        predictRequest({}, x, ["z"]),
        "INVALID_ARGUMENT",
        "output tensor alias not found in signature: z Outputs expected to be in the set {y}.",
      ],
      ["an output twice", predictRequest({}, x, ["y", "y"]), "INVALID_ARGUMENT", "duplicate output tensor alias: y"],
    ] as const)("Predict with %s", async (_, request, code, message) => {
      await expect(client.call(rpc.predict, request)).rejects.toMatchObject({ code: codes[code], details: message });
    });

    it("names the tensor that does not decode, and refuses what is no message", async () => {
      // A float tensor of two elements whose content has four bytes.
      const tensor = Uint8Array.of(0x08, 1, 0x12, 4, 0x12, 2, 0x08, 2, 0x22, 4, 0, 0, 0, 0);
      const entry = Uint8Array.of(0x0a, 1, 0x78, 0x12, tensor.length, ...tensor);
      const spec = Uint8Array.of(0x0a, 15, 0x0a, 13, ...Buffer.from("half_plus_two"));
      const request = Uint8Array.of(...spec, 0x12, entry.length, ...entry);
      await expect(client.call(rpc.predict, request)).rejects.toMatchObject({
        code: 3,
        details: "tensor parsing error: x",
      });
      await expect(client.call(rpc.predict, Uint8Array.of(0x0a, 200))).rejects.toMatchObject({ code: 13 });
    });

    it("classifies and regresses", async () => {
      const classified = decodeClassificationResponse(
        await client.call(rpc.classify, examplesRequest({ signatureName: "classify_labels" }, [2, 4])),
      );
      expect(classified.modelSpec).toEqual({ name: "half_plus_two", version: 123n, signatureName: "classify_labels" });
      expect(classified.classifications).toEqual([[{ label: "x=2", score: 3 }], [{ label: "x=4", score: 4 }]]);
      const regressed = decodeRegressionResponse(
        await client.call(rpc.regress, examplesRequest({ signatureName: "regress_x_to_y" }, [1, 2])),
      );
      expect([...regressed.values]).toEqual([2.5, 3]);
    });

    it.each([
      [rpc.classify, examplesRequest({ signatureName: "s" }, [1]), "No signature was found with the name: s"],
      [rpc.classify, examplesRequest({ signatureName: "classify_x_to_y" }, []), "Input is empty."],
      [rpc.classify, examplesRequest({ signatureName: "two_inputs" }, [1]), "Expected one input Tensor."],
      [
        rpc.classify,
        examplesRequest({ signatureName: "regress_x_to_y" }, [1]),
        'Expected classification signature outputs to contain at least one of "classes" or "scores". Signature was: inputs {',
      ],
      [rpc.regress, examplesRequest({ signatureName: "classify_labels" }, [1]), "Expected one output Tensor."],
      [
        rpc.regress,
        examplesRequest({ signatureName: "classify_x_to_y" }, [1]),
        "No regression outputs found in SignatureDef: inputs {",
      ],
      [rpc.regress, examplesRequest({}, [1]), "No regression inputs found in SignatureDef: inputs {"],
    ])("%s fails with TensorFlow Serving's text", async (path, request, message) => {
      await expect(client.call(path, request)).rejects.toMatchObject({
        code: 3,
        details: expect.stringContaining(message),
      });
    });

    it("answers several tasks in one run", async () => {
      const request = (tasks: readonly (readonly [string, string, string])[]): Uint8Array =>
        toBinary(
          MultiInferenceRequestSchema,
          create(MultiInferenceRequestSchema, {
            tasks: tasks.map(([name, signatureName, method]) => ({
              modelSpec: { name, signatureName },
              methodName: `tensorflow/serving/${method}`,
            })),
            input: {
              kind: { case: "exampleList", value: { examples: [fromBinary(ExampleSchema, encodeExample({ x: 2 }))] } },
            },
          }),
        );
      const both = [
        ["half_plus_two", "regress_x_to_y", "regress"],
        ["half_plus_two", "classify_labels", "classify"],
      ] as const;
      const { results } = fromBinary(
        MultiInferenceResponseSchema,
        await client.call(rpc.multiInference, request(both)),
      );
      expect(results.map(({ modelSpec }) => modelSpec?.signatureName)).toEqual(["regress_x_to_y", "classify_labels"]);
      expect(results[0]!.result).toMatchObject({ case: "regressionResult", value: { regressions: [{ value: 3 }] } });
      expect(results[1]!.result).toMatchObject({
        case: "classificationResult",
        value: { classifications: [{ classes: [{ label: "x=2", score: 3 }] }] },
      });
      const failing: readonly (readonly [Parameters<typeof request>[0], number, string])[] = [
        [[], 3, "ModelSpec has no name specified."],
        [
          [both[0], ["other", "regress_x_to_y", "regress"]],
          3,
          "All ModelSpecs in a MultiInferenceRequest must access the same model name.",
        ],
        [[both[0], both[0]], 3, "Duplicate evaluation of signature: regress_x_to_y"],
        [[["half_plus_two", "s", "regress"]], 3, "Requested signature not found in model graph: s"],
        [
          [["half_plus_two", "regress_x_to_y", "predict"]],
          12,
          "Unsupported signature method_name: tensorflow/serving/predict",
        ],
      ];
      for (const [tasks, code, details] of failing) {
        await expect(client.call(rpc.multiInference, request(tasks))).rejects.toMatchObject({ code, details });
      }
    });

    it("gives metadata", async () => {
      const ask = (fields: readonly string[], name = "half_plus_two"): Promise<Uint8Array> =>
        client.call(
          rpc.metadata,
          toBinary(
            GetModelMetadataRequestSchema,
            create(GetModelMetadataRequestSchema, { modelSpec: { name }, metadataField: [...fields] }),
          ),
        );
      const response = fromBinary(GetModelMetadataResponseSchema, await ask(["signature_def"]));
      expect(response.modelSpec).toMatchObject({ name: "half_plus_two", signatureName: "" });
      const any = response.metadata["signature_def"]!;
      expect(any.typeUrl).toBe("type.googleapis.com/tensorflow.serving.SignatureDefMap");
      const { signatureDef } = anyUnpack(any, SignatureDefMapSchema)!;
      expect(signatureDef["serving_default"]!.inputs["x"]).toMatchObject({
        dtype: 1,
        encoding: { case: "name", value: "x:0" },
      });
      await expect(ask([])).rejects.toMatchObject({
        code: 3,
        details: "GetModelMetadataRequest must specify at least one metadata_field",
      });
      await expect(ask(["x"], "unknown")).rejects.toMatchObject({
        code: 3,
        details: "Metadata field x is not supported",
      });
      await expect(ask(["signature_def"], "unknown")).rejects.toMatchObject({ code: 5 });
    });
  });

  describe("ModelService", () => {
    it("gives states", async () => {
      const ask = (modelSpec: object): Promise<Uint8Array> =>
        client.call(
          rpc.status,
          toBinary(GetModelStatusRequestSchema, create(GetModelStatusRequestSchema, { modelSpec })),
        );
      const { modelVersionStatus } = fromBinary(GetModelStatusResponseSchema, await ask({ name: "half_plus_two" }));
      expect(modelVersionStatus).toMatchObject([
        { version: 123n, state: ModelVersionStatus_State.AVAILABLE, status: { errorCode: 0 } },
      ]);
      const version = { case: "version" as const, value: { value: 9n } };
      await expect(ask({ name: "half_plus_two", versionChoice: version })).rejects.toMatchObject({
        code: 5,
        details: "Could not find version 9 of model half_plus_two",
      });
      await expect(ask({ name: "m" })).rejects.toMatchObject({
        code: 5,
        details: "Could not find any versions of model m",
      });
    });
  });

  describe("the transport", () => {
    it("listens on a UNIX socket as well", async () => {
      const local = byteClient(`unix:${socketPath}`);
      await expect(local.call(rpc.predict, predictRequest({}, { x: floats([1]) }))).resolves.toBeInstanceOf(Uint8Array);
      local.close();
    });

    it("takes messages beyond gRPC's usual four megabytes, both ways", async () => {
      const many = floats(new Array<number>(2_000_000).fill(1));
      const { outputs } = await predict(predictRequest({}, { x: many }));
      expect(outputs.get("y")!.data).toHaveLength(2_000_000);
    });

    it("answers health checks and lists its services by reflection", async () => {
      const health = async (service: string): Promise<number> => {
        const request = toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service }));
        return fromBinary(HealthCheckResponseSchema, await client.call("/grpc.health.v1.Health/Check", request)).status;
      };
      for (const name of ["", "PredictionService", "ModelService"]) {
        expect(await health(name)).toBe(HealthCheckResponse_ServingStatus.SERVING);
      }
      for (const version of ["v1", "v1alpha"]) {
        const reflected = await listServices(
          server.grpcPort!,
          `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        );
        expect(reflected).toContain("tensorflow.serving.PredictionService");
        expect(reflected).toContain("tensorflow.serving.ModelService");
      }
    });

    it("skips the work of a call whose time is up", async () => {
      let open: () => void = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      await expect(client.call(rpc.predict, predictRequest({}, { x: floats([1]) }), 50)).rejects.toMatchObject({
        code: 4,
      });
      open();
      gate = undefined;
    });

    it("cuts long texts off, as TensorFlow Serving does", () => {
      const { details } = grpcStatus(new Error("e".repeat(2000)));
      expect(details).toBe(`${"e".repeat(1024)}...TRUNCATED`);
    });
  });

  const codes = { INVALID_ARGUMENT: 3, NOT_FOUND: 5, FAILED_PRECONDITION: 9 } as const;

  function listServices(port: number, path: string): Promise<string> {
    const raw = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    return new Promise((resolve, reject) => {
      const call = raw.makeBidiStreamRequest<Uint8Array, Buffer>(
        path,
        (bytes) => Buffer.from(bytes),
        (bytes) => bytes,
      );
      call.on("data", (bytes: Buffer) => {
        resolve(bytes.toString("latin1"));
        call.end();
        raw.close();
      });
      call.on("error", reject);
      // list_services: field 7 of ServerReflectionRequest.
      call.write(Uint8Array.of(0x3a, 0));
    });
  }
});
