import { constants, connect as http2Connect } from "node:http2";
import { type AddressInfo, connect, createServer } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { ModelInferRequestSchema } from "@tureen/protos/gen/inference/grpc_inference_service_pb";
import { MultiInferenceRequestSchema } from "@tureen/protos/gen/tensorflow_serving/apis/inference_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "./model-server.js";
import { examplesRequest, floats, predictRequest, rpc, strings } from "./testing/test-client.js";
import { post, rest, startTestServer, testModels } from "./testing/test-server.js";

/** Mutants of each kind; TUREEN_MUTATIONS=100000 for a long run. */
const mutants = Number(process.env["TUREEN_MUTATIONS"] ?? 300);

/** Connections with bytes of their own; each waits for an answer, so that there are fewer. */
const connections = Math.ceil(mutants / 10);
/** What fetch keeps open for its next requests, at both ends. */
const connectionsKept = 8;

const models = testModels();
let server: ModelServer;
let direct: ModelServer;
/** Connections that mutants have broken are given up soon, and not waited for at the end. */
const silence = new Map([
  ["grpc.keepalive_time_ms", 1000],
  ["grpc.keepalive_timeout_ms", 1000],
]);
const limits = {
  enableModelManagement: true,
  maxRequestBytes: 1 << 20,
  grpcChannelArguments: silence,
  drainGraceMs: 1000,
};
const unhandled: unknown[] = [];
const note = (error: unknown): void => {
  unhandled.push(error);
};

beforeAll(async () => {
  process.on("unhandledRejection", note);
  server = await startTestServer(models, limits);
  direct = await startTestServer(models, { ...limits, restApiPort: false, grpcDirectCalls: true });
});

afterAll(async () => {
  await Promise.all([server.close(), direct.close()]);
  models.remove();
  process.off("unhandledRejection", note);
});

/** A linear congruential generator (Numerical Recipes): a failure can be run again. */
function seeded(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** The bytes with a few of them changed, dropped, doubled, cut off or replaced by what parsers stumble over. */
function mutate(bytes: Uint8Array, random: (limit: number) => number): Uint8Array {
  let result = Buffer.from(bytes);
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(result.length + 1);
    const length = random(8);
    switch (random(6)) {
      case 0:
        if (at < result.length) result[at] = random(256);
        break;
      case 1:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)]);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, at), result.subarray(Math.max(at - length, 0))]);
        break;
      case 3:
        result = Buffer.from(result.subarray(0, at));
        break;
      case 4: {
        const nasty = ["\x00", "\xff\xff\xff\xff\x0f", '"', "[[", "]", "-1", "1e999", "9".repeat(40), "\\ud800", "{}"];
        const part = Buffer.from(nasty[random(nasty.length)]!, "latin1");
        result = Buffer.concat([result.subarray(0, at), part, result.subarray(at)]);
        break;
      }
      default:
        if (at < result.length) result[at] = result[at]! ^ (1 << random(8));
    }
  }
  return result;
}

/** Sends bytes over a connection of their own; what is answered until it is closed, or for a while. */
function exchange(port: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve) => {
    const answer: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
    const timer = setTimeout(() => socket.destroy(), 500);
    socket.on("data", (chunk: Buffer) => answer.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(answer));
    });
  });
}

/** The bytes that an HTTP/2 client sends for a Predict. */
async function recordedCall(port: number): Promise<Buffer> {
  const sent: Buffer[] = [];
  const between = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    client.on("data", (chunk: Buffer) => sent.push(chunk));
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
  const session = http2Connect(`http://127.0.0.1:${(between.address() as AddressInfo).port}`);
  const headers = { ":method": "POST", ":path": rpc.predict, "content-type": "application/grpc", te: "trailers" };
  const stream = session.request(headers);
  const message = predictRequest({}, { x: floats([1, 2, 3]) });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([prefix, message]));
  stream.resume();
  await new Promise((resolve) => stream.on("close", resolve));
  session.destroy();
  between.close();
  return Buffer.concat(sent);
}

async function stillAnswers(): Promise<void> {
  const reply = await post(server, "/v1/models/half_plus_two:predict", { instances: [1] });
  expect(reply.status).toBe(200);
  expect(unhandled).toEqual([]);
}

const text = (value: object | string): Uint8Array =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

describe("hostile input", () => {
  it(`answers ${mutants} mutated REST requests with a failure of the client's, or well`, async () => {
    const random = seeded(1);
    const tensor = { name: "x", datatype: "FP32", shape: [2] };
    const subjects: readonly (readonly [string, Uint8Array])[] = [
      ["/v1/models/half_plus_two:predict", text({ instances: [1, 2.5, 3e2], signature_name: "serving_default" })],
      [
        "/v1/models/half_plus_two:predict",
        text({ instances: [{ a: [1, 2], b: [3, 4] }], signature_name: "two_inputs" }),
      ],
      [
        "/v1/models/half_plus_two:predict",
        text({ inputs: { text: [{ b64: "YWJj" }, "d"] }, signature_name: "echo_text" }),
      ],
      ["/v1/models/half_plus_two:classify", text('{"signature_name":"classify_labels","examples":[{"x":2.0}]}')],
      [
        "/v1/models/half_plus_two:regress",
        text('{"signature_name":"regress_x_to_y","context":{"x":1.5},"examples":[{}]}'),
      ],
      [
        "/v2/models/half_plus_two/infer",
        text({ id: "1", inputs: [{ ...tensor, data: [1, 2] }], outputs: [{ name: "y" }] }),
      ],
      ["/v2/repository/index", text({ ready: true })],
      ["/manage/v1/models/half_plus_two/labels", text({ stable: 123 })],
    ];
    const codes = new Map<number, number>();
    for (let i = 0; i < mutants; i++) {
      const [path, body] = subjects[random(subjects.length)]!;
      const headers: Record<string, string> =
        random(8) === 0 ? { "Inference-Header-Content-Length": String(random(80)) } : {};
      if (random(16) === 0) headers["Content-Encoding"] = "gzip";
      const mutant = mutate(body, random);
      const method = path.startsWith("/manage") ? "PUT" : "POST";
      const reply = await rest(server, path, { method, body: mutant as Uint8Array<ArrayBuffer>, headers });
      codes.set(reply.status, (codes.get(reply.status) ?? 0) + 1);
      if (reply.status >= 500 && reply.status !== 501) {
        throw new Error(
          `${reply.status} ${reply.body} for ${path} ${JSON.stringify(Buffer.from(mutant).toString("latin1"))}`,
        );
      }
    }
    expect(codes.get(400) ?? 0).toBeGreaterThan(mutants / 4);
    await stillAnswers();
  });

  it.each([
    ["the library", () => server],
    ["HTTP/2 alone", () => direct],
  ])(`answers ${mutants} mutated gRPC messages and frames with a status, on %s`, async (_title, chosen) => {
    const random = seeded(2);
    const infer = create(ModelInferRequestSchema, {
      modelName: "half_plus_two",
      inputs: [{ name: "x", datatype: "FP32", shape: [2n] }],
      rawInputContents: [new Uint8Array(8)],
    });
    const multi = create(MultiInferenceRequestSchema, {
      tasks: [
        {
          modelSpec: { name: "half_plus_two", signatureName: "regress_x_to_y" },
          methodName: "tensorflow/serving/regress",
        },
      ],
      input: { kind: { case: "exampleList", value: { examples: [{}] } } },
    });
    const subjects: readonly (readonly [string, Uint8Array])[] = [
      [rpc.predict, predictRequest({}, { x: floats([1, 2, 3]) }, ["y"])],
      [rpc.predict, predictRequest({ signatureName: "echo_text" }, { text: strings(["a", "bc"]) })],
      [rpc.classify, examplesRequest({ signatureName: "classify_labels" }, [1, 2])],
      [rpc.regress, examplesRequest({ signatureName: "regress_x_to_y" }, [1])],
      [rpc.multiInference, toBinary(MultiInferenceRequestSchema, multi)],
      ["/inference.GRPCInferenceService/ModelInfer", toBinary(ModelInferRequestSchema, infer)],
      [
        rpc.metadata,
        Buffer.from([10, 15, 10, 13, ...Buffer.from("half_plus_two"), 18, 13, ...Buffer.from("signature_def")]),
      ],
    ];
    const session = http2Connect(`http://127.0.0.1:${chosen().grpcPort}`);
    const send = (path: string, frame: Uint8Array): Promise<string> =>
      new Promise((resolve) => {
        const stream = session.request({
          ":method": "POST",
          ":path": path,
          "content-type": "application/grpc",
          te: "trailers",
          "grpc-timeout": "5S",
        });
        let status = "";
        const take = (headers: { readonly [name: string]: unknown }): void => {
          status = String(headers["grpc-status"] ?? status);
        };
        stream.on("response", take);
        stream.on("trailers", take);
        stream.on("error", () => {});
        stream.on("close", () => resolve(status === "" ? `reset ${stream.rstCode}` : status));
        stream.resume();
        stream.end(frame);
      });
    const statuses = new Map<string, number>();
    for (let i = 0; i < mutants; i++) {
      const [path, message] = subjects[random(subjects.length)]!;
      const prefix = Buffer.alloc(5);
      const isFrame = random(4) === 0;
      const body = isFrame ? Buffer.from(message) : Buffer.from(mutate(message, random));
      prefix.writeUInt32BE(body.length, 1);
      const whole = Buffer.concat([prefix, body]);
      const status = await send(path, isFrame ? mutate(whole, random) : whole);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    session.close();
    for (const status of statuses.keys()) {
      if (status === `reset ${constants.NGHTTP2_NO_ERROR}`) throw new Error("a call ended without a status");
    }
    expect((statuses.get("3") ?? 0) + (statuses.get("13") ?? 0)).toBeGreaterThan(mutants / 10);
    await stillAnswers();
  });

  it(`survives ${connections} connections of mutated bytes, HTTP/1 and HTTP/2`, async () => {
    const random = seeded(4);
    const before = process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length + connectionsKept;
    const body = '{"instances": [1, 2.5]}';
    const http1 = Buffer.from(
      `POST /v1/models/half_plus_two:predict HTTP/1.1\r\nHost: a\r\nContent-Encoding: identity\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
        "POST /v2/models/half_plus_two/infer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    );
    const http2 = await recordedCall(direct.grpcPort!);
    const one = async (): Promise<void> => {
      const isHttp1 = random(3) === 0;
      const ports = [server.grpcPort!, direct.grpcPort!];
      await exchange(isHttp1 ? server.restPort! : ports[random(2)]!, mutate(isHttp1 ? http1 : http2, random));
    };
    for (let i = 0; i < connections; i += 16) {
      await Promise.all(Array.from({ length: Math.min(16, connections - i) }, one));
    }
    // What was recorded is a call that is answered: mutants of anything else would not get far.
    expect((await exchange(direct.grpcPort!, http2)).length).toBeGreaterThan(100);
    // Not one of the connections is left, nor a call on one.
    await expect
      .poll(() => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length, {
        timeout: 30_000,
      })
      .toBeLessThanOrEqual(before);
    await stillAnswers();
  });

  it("answers others beside requests that never end, and ends them with their deadlines", async () => {
    const half = Array.from({ length: 30 }, () => {
      const socket = connect(server.restPort!, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(
        'POST /v1/models/half_plus_two:predict HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{"instances": [',
      );
      return socket;
    });
    for (const { grpcPort } of [server, direct]) {
      const session = http2Connect(`http://127.0.0.1:${grpcPort}`);
      const path = rpc.predict;
      const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
      let closed = 0;
      const statuses = Array.from({ length: 30 }, (_, i) => {
        const stream = session.request({ ...headers, "grpc-timeout": i % 2 === 0 ? "200m" : "1H" });
        stream.on("error", () => {});
        // The first bytes of a message that is said to be a megabyte long.
        stream.write(Buffer.from([0, 0, 15, 255, 255, 10, 3]));
        return new Promise<string>((resolve) => {
          let status = "";
          const take = (trailers: { readonly [name: string]: unknown }): void => {
            status = String(trailers["grpc-status"] ?? status);
            if (status !== "") resolve(status);
          };
          stream.on("response", take);
          stream.on("trailers", take);
          stream.on("close", () => {
            closed += 1;
            resolve(status);
          });
          stream.resume();
        });
      });
      await stillAnswers();
      expect(await Promise.all(statuses.filter((_, i) => i % 2 === 0))).toEqual(new Array(15).fill("4"));
      // The library keeps the streams of those who never end theirs.
      if (grpcPort === direct.grpcPort) await expect.poll(() => closed).toBe(15);
      // Node's client must not be destroyed while it is reading a frame, which these promises end in: Node 20 then writes into freed memory.
      await new Promise((resolve) => setImmediate(resolve));
      session.destroy();
      await Promise.all(statuses);
    }
    await stillAnswers();
    for (const socket of half) socket.destroy();
  });

  it("refuses what is too large before it is there", async () => {
    const head = "POST /v1/models/half_plus_two:predict HTTP/1.1\r\nHost: a\r\n";
    const announced = await exchange(server.restPort!, Buffer.from(`${head}Content-Length: 99999999999\r\n\r\n{`));
    expect(announced.toString("latin1")).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}`;
    expect((await exchange(server.restPort!, Buffer.from(chunked))).toString("latin1")).toMatch(/^HTTP\/1\.1 413 /);
    const longHeader = Buffer.from(`${head}X: ${"x".repeat(100_000)}\r\n\r\n`);
    expect((await exchange(server.restPort!, longHeader)).toString("latin1")).toMatch(/^HTTP\/1\.1 431 /);
    await stillAnswers();
  });

  it("survives bytes that are neither HTTP nor HTTP/2, half-open and silent connections", async () => {
    const random = seeded(3);
    const silent = [server.restPort!, server.grpcPort!].flatMap((port) =>
      Array.from({ length: 20 }, () => connect(port, "127.0.0.1")),
    );
    for (const socket of silent) socket.on("error", () => {});
    for (let i = 0; i < 40; i++) {
      const port = i % 2 === 0 ? server.restPort! : server.grpcPort!;
      const head =
        i % 4 === 0
          ? "POST /v1/models/half_plus_two:predict HTTP/1.1\r\nContent-Length: 99\r\n\r\n{"
          : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
      const noise = Buffer.from(Array.from({ length: random(200) }, () => random(256)));
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(Buffer.concat([Buffer.from(head), noise])));
        socket.on("error", () => {});
        socket.on("close", () => resolve());
        socket.resume();
        setTimeout(() => socket.destroy(), 300).unref();
      });
    }
    await stillAnswers();
    for (const socket of silent) socket.destroy();
  });
});
