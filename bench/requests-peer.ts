/**
 * The server beside a peer, both started from their command lines on the same SavedModels: start to the first answer, resident memory, and
 * at concurrency 16 and 64 throughput and CPU time a request; the median latency at concurrency 1.
 *
 * BENCH_PEER is the peer's command with {port}, {base} and {name}: a gRPC PredictionService. BENCH_PEER_DATA is a folder with cases.tsv
 * (case, model, method, examples), requests/CASE.bin (the request in its gRPC frame) and models/MODEL/VERSION. Without them the bench is
 * skipped. Prints a line of JSON a case and concurrency: {"bench": "requests-peer", "name", "requestsPerSecond", "cpuMicros", "p50Millis",
 * "startMillis", "megabytes", "reference"}. BENCH_ONLY picks cases by a part of their names, BENCH_SECONDS says about how long one takes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:http2";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Case, measure, processCpuMicros, type Subject } from "./requests-load.js";

const peer = process.env["BENCH_PEER"] ?? "";
const folder = process.env["BENCH_PEER_DATA"] ?? "";
const only = process.env["BENCH_ONLY"] ?? "";
const seconds = Number(process.env["BENCH_SECONDS"] ?? 2);
const root = join(import.meta.dirname, "..");
const ours = `${process.execPath} ${root}/packages/tureen/bin/tensorflow_model_server.js --port={port} --model_base_path={base} --model_name={name}`;

/** A server that has answered once. */
interface Started extends Subject {
  readonly startMillis: number;
  readonly megabytes: number;
  readonly stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether a server answers the call with OK; false as well where nothing listens yet. */
function answers(port: number, { path, body }: Case): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const end = (isOk: boolean): void => {
      session.destroy();
      resolve(isOk);
    };
    session.on("error", () => end(false));
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("trailers", (trailers) => end(String(trailers["grpc-status"]) === "0"));
    stream.on("response", (headers) => {
      if (headers["grpc-status"] !== undefined) end(String(headers["grpc-status"]) === "0");
    });
    stream.on("error", () => end(false));
    stream.resume();
    const frame = Buffer.alloc(5 + body.length);
    frame.writeUInt32BE(body.length, 1);
    frame.set(body, 5);
    stream.end(frame);
  });
}

async function start(command: string, model: string, item: Case): Promise<Started> {
  const grpcPort = await freePort();
  const base = join(folder, "models", model);
  const [program, ...args] = command
    .split(" ")
    .map((part) => part.replace("{port}", String(grpcPort)).replace("{base}", base).replace("{name}", model));
  const began = performance.now();
  const child: ChildProcess = spawn(program!, args, { stdio: "ignore" });
  const pid = child.pid!;
  while (!(await answers(grpcPort, item))) {
    if (child.exitCode !== null || performance.now() - began > 60_000)
      throw new Error(`${program} does not serve ${model}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const startMillis = performance.now() - began;
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
  return {
    grpcPort,
    restPort: undefined,
    cpuMicros: () => processCpuMicros(pid),
    startMillis,
    megabytes: Number(resident) / 1024,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Requests that take about as long as was asked for, by how long the server takes for a few. */
async function enough(server: Started, item: Case, concurrency: number): Promise<number> {
  const few = await measure(server, item, { concurrency, requests: 100, warmUp: 100 });
  return Math.max(100, Math.round(few.requestsPerSecond * seconds));
}

async function run(): Promise<void> {
  const lines = readFileSync(join(folder, "cases.tsv"), "utf8").trim().split("\n");
  for (const line of lines) {
    const [name, model, method] = line.split("\t") as [string, string, string];
    if (!name.includes(only)) continue;
    const body = readFileSync(join(folder, "requests", `${name}.bin`)).subarray(5);
    const item: Case = { name, kind: "grpc", path: `/tensorflow.serving.PredictionService/${method}`, body };
    const servers = [await start(ours, model, item), await start(peer, model, item)] as const;
    try {
      for (const concurrency of [16, 64]) {
        const figures = [];
        for (const server of servers) {
          const requests = await enough(server, item, concurrency);
          const measured = await measure(server, item, { concurrency, requests, warmUp: requests });
          figures.push({ ...measured, startMillis: server.startMillis, megabytes: server.megabytes });
        }
        const [own, reference] = figures;
        console.log(
          JSON.stringify({ bench: "requests-peer", name: `${name}, concurrency ${concurrency}`, ...own, reference }),
        );
      }
    } finally {
      for (const server of servers) await server.stop();
    }
  }
}

if (process.platform !== "linux") console.error("requests-peer is skipped: it reads /proc");
else if (peer === "" || !existsSync(join(folder, "cases.tsv"))) {
  console.error("requests-peer is skipped: BENCH_PEER and BENCH_PEER_DATA do not name a server and its models");
} else await run();
