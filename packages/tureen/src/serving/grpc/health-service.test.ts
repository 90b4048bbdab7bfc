import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, type ClientReadableStream, credentials, Server, ServerCredentials, status } from "@grpc/grpc-js";
import {
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
  HealthListResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "@tureen/protos/gen/grpc/health/v1/health_pb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HealthService } from "./health-service.js";

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
const asIs = (bytes: Buffer): Buffer => bytes;
const request = (service: string): Uint8Array =>
  toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service }));

describe("grpc.health.v1.Health", () => {
  let health: HealthService;
  let server: Server;
  let client: Client;

  beforeEach(async () => {
    health = new HealthService(["", "PredictionService"]);
    server = new Server();
    health.addToServer(server);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  });

  afterEach(() => {
    client.close();
    server.forceShutdown();
  });

  function call(method: string, bytes: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(`/grpc.health.v1.Health/${method}`, asBuffer, asIs, bytes, (error, answer) =>
        error === null ? resolve(answer!) : reject(error),
      );
    });
  }

  const check = async (service: string): Promise<Status> =>
    fromBinary(HealthCheckResponseSchema, await call("Check", request(service))).status;

  function watch(service: string): ClientReadableStream<Buffer> {
    return client.makeServerStreamRequest("/grpc.health.v1.Health/Watch", asBuffer, asIs, request(service));
  }

  function next(stream: ClientReadableStream<Buffer>): Promise<Status> {
    return new Promise((resolve) =>
      stream.once("data", (bytes: Buffer) => resolve(fromBinary(HealthCheckResponseSchema, bytes).status)),
    );
  }

  it("lists no more services than the protocol allows", async () => {
    for (let i = 0; i < 98; i++) health.set(`models/${i}`, true);
    const { statuses } = fromBinary(HealthListResponseSchema, await call("List", new Uint8Array(0)));
    expect(Object.keys(statuses)).toHaveLength(100);
    health.set("models/98", true);
    await expect(call("List", new Uint8Array(0))).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: "Too many services to list.",
    });
  });

  it("checks what serves and what does not, and knows no other names", async () => {
    expect(await check("")).toBe(Status.SERVING);
    health.set("PredictionService", false);
    expect(await check("PredictionService")).toBe(Status.NOT_SERVING);
    await expect(check("Nobody")).rejects.toMatchObject({ code: 5, details: "service name unknown" });
    await expect(call("Check", Uint8Array.of(0xff))).rejects.toMatchObject({
      code: 3,
      details: "could not parse request",
    });
  });

  it("lists every service, up to a hundred", async () => {
    health.set("model/iris", false);
    const list = async (): Promise<Record<string, Status>> => {
      const { statuses } = fromBinary(HealthListResponseSchema, await call("List", new Uint8Array()));
      return Object.fromEntries(Object.entries(statuses).map(([name, { status }]) => [name, status]));
    };
    expect(await list()).toEqual({
      "": Status.SERVING,
      PredictionService: Status.SERVING,
      "model/iris": Status.NOT_SERVING,
    });
    for (let i = 0; i < 100; i++) health.set(`model/${i}`, true);
    await expect(list()).rejects.toMatchObject({ code: 8 });
  });

  it("streams a service's status as it changes, also of one that is not known yet", async () => {
    const stream = watch("model/iris");
    const ended = new Promise((resolve) => stream.once("error", resolve));
    expect(await next(stream)).toBe(Status.SERVICE_UNKNOWN);
    for (const serving of [true, false]) {
      const told = next(stream);
      health.set("model/iris", serving);
      health.set("model/iris", serving);
      expect(await told).toBe(serving ? Status.SERVING : Status.NOT_SERVING);
    }
    stream.cancel();
    expect(await ended).toMatchObject({ code: 1 });
  });
});
