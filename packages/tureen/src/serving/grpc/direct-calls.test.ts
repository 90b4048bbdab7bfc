import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../model-server.js";
import { byteClient, floats, predictRequest, rpc } from "../testing/test-client.js";
import { testModel } from "../testing/test-model.js";
import { startTestServer, testModels } from "../testing/test-server.js";

const models = testModels();
let gate: Promise<void> | undefined;
let server: ModelServer;
let session: ClientHttp2Session;

beforeAll(async () => {
  server = await startTestServer(models, {
    loadModel: async () => testModel({ gate: async () => gate }),
    grpcChannelArguments: new Map([["grpc.max_send_message_length", 1000]]),
  });
  session = connect(`http://127.0.0.1:${server.grpcPort}`);
});

afterAll(async () => {
  session.destroy();
  await server.close();
  models.remove();
});

interface Answer {
  readonly headers: IncomingHttpHeaders;
  /** The status, wherever it came. */
  readonly status: string | undefined;
  readonly message: string | undefined;
}

/** A unary call as a client writes it on the wire. */
function call(
  headers: Readonly<Record<string, string>>,
  message = predictRequest({}, { x: floats([1]) }),
): Promise<Answer> {
  const stream = session.request({
    ":method": "POST",
    ":path": rpc.predict,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  stream.end(frame);
  return new Promise((resolve, reject) => {
    let received: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    stream.on("response", (found) => (received = found));
    stream.on("trailers", (found) => (trailers = found));
    stream.on("error", reject);
    stream.resume();
    stream.on("close", () => {
      const of = (name: string): string | undefined => (trailers[name] ?? received[name])?.toString();
      resolve({ headers: received, status: of("grpc-status"), message: of("grpc-message") });
    });
  });
}

describe("calls that are answered on their streams", () => {
  it.each(["application/grpc", "application/grpc+proto"])("take %s", async (type) => {
    const { headers, status } = await call({ "content-type": type });
    expect([headers[":status"], headers["content-type"], status]).toEqual([200, "application/grpc+proto", "0"]);
  });

  it("refuse what is no gRPC", async () => {
    expect((await call({ "content-type": "application/json" })).headers[":status"]).toBe(415);
  });

  it("refuse a timeout that is none", async () => {
    expect(await call({ "grpc-timeout": "soon" })).toMatchObject({
      status: "13",
      message: 'Invalid grpc-timeout value "soon"',
    });
    expect((await call({ "grpc-timeout": "10S" })).status).toBe("0");
  });

  it("answer when the time is up, while the model still runs", async () => {
    let open: () => void = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    expect(await call({ "grpc-timeout": "30m" })).toMatchObject({ status: "4", message: "Deadline exceeded" });
    open();
    gate = undefined;
    expect((await call({})).status).toBe("0");
  });

  it("keep to the limit of an answer's size", async () => {
    const large = predictRequest({}, { x: floats(new Array<number>(500).fill(1)) });
    expect(await call({}, large)).toMatchObject({
      status: "8",
      message: expect.stringMatching(/^Sent message larger than max \(\d+ vs\. 1000\)$/),
    });
  });

  it("answer many at once on one connection, and after some were cancelled", async () => {
    const cancelled = Array.from({ length: 20 }, () => {
      const stream = session.request({ ":method": "POST", ":path": rpc.predict, "content-type": "application/grpc" });
      stream.on("error", () => {});
      stream.write(Buffer.from([0, 0, 0]));
      stream.close(8);
      return stream;
    });
    const answers = await Promise.all(Array.from({ length: 200 }, () => call({})));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(["0"]));
    expect(cancelled.every((stream) => stream.closed)).toBe(true);
  });

  it("are finished by a server that stops", async () => {
    let open: () => void = () => {};
    let entered: () => void = () => {};
    const inModel = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    const own = await startTestServer(models, {
      loadModel: async () =>
        testModel({
          gate: () => {
            entered();
            return held;
          },
        }),
      enableModelWarmup: false,
    });
    const client = byteClient(own.grpcPort!);
    const last = client.call(rpc.predict, predictRequest({}, { x: floats([1, 2]) }));
    await inModel;
    const closed = own.close();
    open();
    await expect(last).resolves.toBeInstanceOf(Uint8Array);
    client.close();
    await closed;
  });
});
