/**
 * 10,000 connections that do nothing, or next to nothing, beside one client that asks: it must be answered as quickly as without them, and
 * the server must not grow beyond measure.
 *
 *     node --conditions=@tureen/source --import tsx interop/serving/check-connections.ts [CONNECTIONS]
 *
 * A fourth of the connections are silent, a fourth have asked once and are kept alive, a fourth send an HTTP header byte by byte, and a fourth
 * are HTTP/2 connections to the gRPC port after their preface. The server is a process of its own: the built tensorflow_model_server.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { PredictionClient } from "../../packages/client/src/index.js";

const root = join(import.meta.dirname, "../..");
const base = join(root, "packages/tureen/src/serving/fixtures/half_plus_two");
const [grpcPort, restPort] = [18534, 18535];
const wanted = Number(process.argv[2] ?? 10_000);
/** Each end of a connection is an open file; some are needed for everything else. */
const connections = Math.min(wanted, Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" })) - 500);
const questions = 1500;
/** An idle connection may cost this much. */
const mostBytesEach = 48 * 1024;
/** Under this, a percentile says more of the machine than of the server. */
const leastMillis = 2;
const preface = Buffer.from("505249202a20485454502f322e300d0a0d0a534d0d0a0d0a000000040000000000", "hex");
const request =
  'POST /v1/models/half_plus_two:predict HTTP/1.1\r\nHost: a\r\nContent-Length: 17\r\n\r\n{"instances":[1]}';

async function startServer(): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      join(root, "packages/tureen/bin/tensorflow_model_server.js"),
      `--port=${grpcPort}`,
      `--rest_api_port=${restPort}`,
      "--model_name=half_plus_two",
      `--model_base_path=${base}`,
    ],
    { stdio: ["ignore", "inherit", "pipe"] },
  );
  process.on("exit", () => child.kill("SIGKILL"));
  child.stderr!.setEncoding("utf8");
  await new Promise<void>((resolve, reject) => {
    child.on("close", (code) => reject(new Error(`the server ended with ${code}`)));
    child.stderr!.on("data", (chunk: string) => {
      if (chunk.includes("Exporting HTTP/REST API at:")) resolve();
    });
  });
  return child;
}

/** The 0.5 and 0.99 quantiles of the time to an answer, in milliseconds, over gRPC and REST in turn. */
async function latency(client: PredictionClient): Promise<{ median: number; percentile99: number }> {
  const times: number[] = [];
  for (let i = 0; i < questions; i++) {
    const start = performance.now();
    if (i % 2 === 0) {
      const { y } = await client.predict({ model: "half_plus_two", inputs: { x: [1] } });
      if (JSON.stringify(y) !== "[2.5]") throw new Error(`answered ${JSON.stringify(y)}`);
    } else {
      const url = `http://127.0.0.1:${restPort}/v1/models/half_plus_two:predict`;
      const response = await fetch(url, { method: "POST", body: '{"instances":[1]}' });
      if (!(await response.text()).includes("[2.5")) throw new Error("a wrong answer");
    }
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)]!, percentile99: times[Math.floor(times.length * 0.99)]! };
}

function open(kind: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(kind === 3 ? grpcPort : restPort, "127.0.0.1", () => {
      if (kind === 1) socket.write(request);
      else if (kind === 2) socket.write("P");
      else if (kind === 3) socket.write(preface);
      resolve(socket);
    });
    socket.on("error", reject);
    socket.resume();
  });
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

async function main(): Promise<void> {
  const child = await startServer();
  const client = new PredictionClient(`127.0.0.1:${grpcPort}`);
  await latency(client);
  const before = await latency(client);
  const bytesBefore = residentBytes(child.pid!);
  const sockets: Socket[] = [];
  for (let i = 0; i < connections; i += 100) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(100, connections - i) }, (_, k) => open(k % 4)))));
  }
  const slow = sockets.filter((_, i) => (i % 100) % 4 === 2);
  const dripping = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write("O");
  }, 1000);
  const during = await latency(client);
  const grown = residentBytes(child.pid!) - bytesBefore;
  clearInterval(dripping);
  for (const socket of sockets) socket.destroy();
  const after = await latency(client);
  const text = (millis: number): string => `${millis.toFixed(2)} ms`;
  console.log(
    `${connections} connections: p50 ${text(before.median)} → ${text(during.median)}, p99 ${text(before.percentile99)} → ${text(during.percentile99)} → ${text(after.percentile99)}; ${(grown / connections / 1024).toFixed(1)} KiB a connection`,
  );
  let [passed, failed] = [0, 0];
  const check = (name: string, isRight: boolean, shown: unknown): void => {
    if (isRight) passed += 1;
    else {
      failed += 1;
      console.log(`${name}: ${String(shown)}`);
    }
  };
  check("p50", during.median < 2 * Math.max(before.median, leastMillis / 2), text(during.median));
  check("p99", during.percentile99 < 2 * Math.max(before.percentile99, leastMillis), text(during.percentile99));
  check("memory", grown < connections * mostBytesEach, `${grown} bytes`);
  client.close();
  child.removeAllListeners("close");
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  child.kill("SIGTERM");
  check("exit code after SIGTERM", (await ended) === 0, "not 0");
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
