/**
 * Keeps a server busy with one request at a fixed concurrency: the load of bench/requests.ts, in a process of its own.
 *
 *     node --import tsx bench/requests-client.ts
 *
 * Its first line of input says what to do: {"kind": "grpc", "port", "path", "body": base64, "concurrency", "warmUp", "requests"}. Prints {"requestsPerSecond", "p50Millis", "began", "ended"}; the times are the process clock's, so that the server's CPU time between them
 * can be told. gRPC goes over node:http2 by hand: a client library would cost more than the server.
 */
import { Agent, request } from "node:http";
import { connect } from "node:http2";
import { createInterface } from "node:readline";

/** What to send where. */
interface Load {
  readonly kind: "grpc" | "rest";
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly concurrency: number;
  readonly warmUp: number;
  readonly requests: number;
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const load = JSON.parse((await lines.next()).value as string) as Load;
const body = Buffer.from(load.body, "base64");

function grpcSender(): { send: () => Promise<void>; close: () => void } {
  const session = connect(`http://127.0.0.1:${load.port}`, { settings: { initialWindowSize: 1 << 20 } });
  const frame = Buffer.concat([Buffer.alloc(5), body]);
  frame.writeUInt32BE(body.length, 1);
  const headers = {
    ":method": "POST",
    ":path": load.path,
    "content-type": "application/grpc",
    te: "trailers",
  };
  const send = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const stream = session.request(headers);
      let status = "";
      stream.on("response", (answer) => {
        status = String(answer["grpc-status"] ?? status);
      });
      stream.on("trailers", (trailers) => {
        status = String(trailers["grpc-status"]);
      });
      stream.on("error", reject);
      stream.on("close", () => (status === "0" ? resolve() : reject(new Error(`grpc-status ${status}`))));
      stream.resume();
      stream.end(frame);
    });
  return { send, close: () => session.close() };
}

function restSender(): { send: () => Promise<void>; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: load.concurrency });
  const options = {
    port: load.port,
    host: "127.0.0.1",
    path: load.path,
    method: "POST",
    agent,
    headers: { "Content-Length": body.length },
  };
  const send = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const outgoing = request(options, (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${response.statusCode}`)),
        );
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
}

const { send, close } = load.kind === "grpc" ? grpcSender() : restSender();

async function run(requests: number, concurrency: number): Promise<Float64Array> {
  const times = new Float64Array(requests);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < requests) {
      const i = next++;
      const start = performance.now();
      await send();
      times[i] = performance.now() - start;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return times;
}

await run(load.warmUp, load.concurrency);
// The parent reads the server's CPU time at these two lines.
console.log("begin");
await lines.next();
const began = performance.now();
await run(load.requests, load.concurrency);
const seconds = (performance.now() - began) / 1000;
console.log("end");
await lines.next();
const alone = (await run(Math.min(load.requests, 500), 1)).sort();
console.log(JSON.stringify({ requestsPerSecond: load.requests / seconds, p50Millis: alone[alone.length >> 1] }));
close();
process.exit(0);
