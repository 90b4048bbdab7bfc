import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  SessionRunRequestSchema,
  type SessionRunResponse,
  SessionRunResponseSchema,
} from "@tureen/protos/gen/tensorflow_serving/apis/session_service_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { floatValue } from "../../core/tensor-value.js";
import { tensorFromProto, tensorToProto } from "../../graph/tensor-proto.js";
import type { ModelServer } from "../model-server.js";
import { type ByteClient, byteClient } from "../testing/test-client.js";
import { startTestServer, testModels } from "../testing/test-server.js";

const path = "/tensorflow.serving.SessionService/SessionRun";
const models = testModels();
let server: ModelServer;
let client: ByteClient;

beforeAll(async () => {
  server = await startTestServer(models, { enableSessionService: true });
  client = byteClient(server.grpcPort!);
});

afterAll(async () => {
  client.close();
  await server.close();
  models.remove();
});

async function run(
  request: Omit<MessageInitShape<typeof SessionRunRequestSchema>, "$typeName">,
): Promise<SessionRunResponse> {
  const message = create(SessionRunRequestSchema, { modelSpec: { name: "half_plus_two" }, ...request } as never);
  return fromBinary(SessionRunResponseSchema, await client.call(path, toBinary(SessionRunRequestSchema, message)));
}

const feed = (name: string) => [{ name, tensor: tensorToProto(floatValue([1, 2, 5])) }];

describe("SessionRun", () => {
  it("feeds and fetches tensors by their names in the graph, with or without the output's number", async () => {
    const response = await run({ feed: feed("x"), fetch: ["y:0"] });
    expect(response.modelSpec).toMatchObject({ name: "half_plus_two", versionChoice: { value: { value: 123n } } });
    expect(response.tensor.map(({ name }) => name)).toEqual(["y:0"]);
    expect(tensorFromProto(response.tensor[0]!.tensor!).data).toEqual(Float32Array.of(2.5, 3, 4.5));
  });

  it("takes a signature's aliases", async () => {
    const { tensor } = await run({ feed: feed("x"), fetch: ["y"], tensorNameIsAlias: true });
    expect(tensor[0]!.name).toBe("y");
    await expect(run({ feed: feed("x"), fetch: ["z"], tensorNameIsAlias: true })).rejects.toMatchObject({
      code: 3,
      details: "tensor alias not found in signature: z",
    });
  });

  it("refuses targets, and requests for nothing", async () => {
    await expect(run({ feed: feed("x"), fetch: ["y:0"], target: ["init"] })).rejects.toMatchObject({
      code: 12,
      details: "SessionRun runs no targets: it fetches tensors alone",
    });
    await expect(run({ feed: feed("x") })).rejects.toMatchObject({
      code: 3,
      details: "Must specify at least one target to fetch or execute.",
    });
    await expect(run({ feed: [...feed("x"), ...feed("x:0")], fetch: ["y:0"] })).rejects.toMatchObject({
      code: 3,
      details: "Tensor x:0 is fed twice",
    });
    await expect(run({ feed: [{ name: "x" }], fetch: ["y:0"] })).rejects.toMatchObject({
      code: 3,
      details: "Feed x has no tensor",
    });
    await expect(run({ modelSpec: { name: "m" }, fetch: ["y:0"] })).rejects.toMatchObject({ code: 5 });
  });

  it("is not there unless asked for", async () => {
    const plain = await startTestServer(models);
    const other = byteClient(plain.grpcPort!);
    await expect(other.call(path, new Uint8Array())).rejects.toMatchObject({ code: 12 });
    other.close();
    await plain.close();
  });
});
