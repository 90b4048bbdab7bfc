import { connect } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ModelServer } from "./model-server.js";
import { rest, startTestServer, testModels } from "./testing/test-server.js";

const models = testModels();
let server: ModelServer;

beforeAll(async () => {
  server = await startTestServer(models);
});
afterAll(async () => {
  await server.close();
  models.remove();
});

const identity = (bytes: Buffer): Buffer => bytes;

/** A call that its client gives up: by a deadline that is over before the answer, at once, or while it is on its way. */
function abandoned(client: Client, number: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = Date.now() + (number % 3 === 0 ? 1 : 1000);
    const path = "/tensorflow.serving.PredictionService/Predict";
    const body = Buffer.alloc(20_000);
    const call = client.makeUnaryRequest(path, identity, identity, body, new Metadata(), { deadline }, () => resolve());
    if (number % 3 === 1) call.cancel();
    else if (number % 3 === 2) setTimeout(() => call.cancel(), 1);
  });
}

/** A request whose client goes away in the middle of its body. */
function halfSent(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(server.restPort!, "127.0.0.1", () => {
      const head = "POST /v1/models/half_plus_two:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
      socket.write(`${head}{"instances":[`);
      setTimeout(() => socket.destroy(), 2);
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}

async function round(calls: number): Promise<void> {
  const client = new Client(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure());
  for (let i = 0; i < calls; i += 50)
    await Promise.all(Array.from({ length: 50 }, (_, k) => (k % 10 === 0 ? halfSent() : abandoned(client, i + k))));
  client.close();
  await after(100);
}

/** Bytes that live, of objects and of buffers. */
function liveBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

it("keeps nothing of calls and requests that their clients give up", async () => {
  await round(1000);
  await after(1000);
  const before = liveBytes();
  await round(2000);
  // The bodies of the calls would be 36 MB; sockets and memory that is used again take a moment to go.
  await expect.poll(() => liveBytes() - before, { timeout: 30_000, interval: 500 }).toBeLessThan(2e6);
  const { status } = await rest(server, "/v1/models/half_plus_two:predict", {
    method: "POST",
    body: '{"instances": [1]}',
  });
  expect(status).toBe(200);
}, 120_000);
