/**
 * A server under a mixed load for a long time: every RPC and route, requests that fail, clients that come and go, versions that are reloaded.
 *
 * Prints a line of JSON: {"bench": "soak", "seconds", "requests", "failures", "startMiB", "endMiB", "slopeMiBPerHour", "p99Millis"}; the slope is
 * that of the resident memory over the last two thirds of the time. BENCH_SOAK_SECONDS sets how long, a minute unless said (3600 for a soak that counts). Exits with 1 where
 * a request that had to be answered was not, or the memory grew by more than a tenth.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PredictionClient, RestClient, ServingError } from "@tureen/client";

const seconds = Number(process.env["BENCH_SOAK_SECONDS"] ?? 60);
const root = join(import.meta.dirname, "..");
const base = join(root, "packages/tureen/src/serving/fixtures/half_plus_two");
const restPort = 18_537;
const clients = 8;
/** Milliseconds between reloads of the model. */
const reloadEvery = 5000;
const allowedGrowth = 0.1;

const folder = mkdtempSync(join(tmpdir(), "soak-"));
cpSync(base, join(folder, "half_plus_two"), { recursive: true });
const socket = join(folder, "grpc.sock");
const child = spawn(
  process.execPath,
  [
    join(root, "packages/tureen/bin/tensorflow_model_server.js"),
    "--port=0",
    `--grpc_socket_path=${socket}`,
    `--rest_api_port=${restPort}`,
    "--model_name=half_plus_two",
    `--model_base_path=${join(folder, "half_plus_two")}`,
    "--enable_model_management",
  ],
  { stdio: ["ignore", "inherit", "pipe"] },
);
process.on("exit", () => child.kill("SIGKILL"));
await new Promise<void>((resolve, reject) => {
  child.on("close", (code) => reject(new Error(`the server ended with ${code}`)));
  child.stderr!.on("data", (chunk: Buffer) => {
    if (chunk.includes("Exporting HTTP/REST API at:")) resolve();
  });
});

const rest = new RestClient(`http://127.0.0.1:${restPort}`);
const model = "half_plus_two";
const failures: string[] = [];
const times: number[] = [];
let requests = 0;

/** What one client sends over and over; `refused` marks those that the server has to refuse. */
type Request = (client: PredictionClient) => Promise<unknown>;
const good: readonly Request[] = [
  (client) => client.predict({ model, inputs: { x: [1, 2, 5] } }),
  (client) => client.predict({ model, inputs: { x: new Float32Array(10_000) } }),
  (client) => client.classify({ model, signatureName: "classify_x_to_y", examples: [{ x: 1 }, { x: 2 }] }),
  (client) => client.regress({ model, signatureName: "regress_x_to_y", examples: [{ x: 1 }] }),
  (client) => client.getModelStatus({ model }),
  () => rest.predict({ model, instances: [1, 2, 5] }),
  () => rest.classify({ model, signatureName: "classify_x_to_y", examples: [{ x: 1.5 }] }),
];
const refused: readonly Request[] = [
  (client) => client.predict({ model: "nobody", inputs: { x: [1] } }),
  (client) => client.predict({ model, signatureName: "nothing", inputs: { x: [1] } }),
  () => rest.predict({ model, instances: ["text"] }),
];

async function send(request: Request, client: PredictionClient, isRefused: boolean): Promise<void> {
  const start = performance.now();
  try {
    await request(client);
    if (isRefused) failures.push("a request that had to be refused was answered");
  } catch (error) {
    if (!isRefused || !(error instanceof ServingError)) failures.push(String(error));
  }
  requests += 1;
  if (times.length < 100_000) times.push(performance.now() - start);
  else times[requests % times.length] = performance.now() - start;
}

async function load(until: number, seed: number): Promise<void> {
  let client = new PredictionClient(`unix:${socket}`);
  for (let i = seed; performance.now() < until; i++) {
    // Connections come and go.
    if (i % 500 === 499) {
      client.close();
      client = new PredictionClient(`unix:${socket}`);
    }
    const isRefused = i % 10 === 9;
    const list = isRefused ? refused : good;
    await send(list[i % list.length]!, client, isRefused);
  }
  client.close();
}

function residentMiB(): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))![1]) / 1024;
}

const start = performance.now();
const until = start + seconds * 1000;
const samples: { readonly hours: number; readonly size: number }[] = [];
const sampling = setInterval(
  () => samples.push({ hours: (performance.now() - start) / 3.6e6, size: residentMiB() }),
  1000,
);
const reloading = setInterval(() => {
  void fetch(`http://127.0.0.1:${restPort}/manage/v1/models/${model}:reload`, { method: "POST" })
    .then(async (response) => {
      await response.text();
      if (!response.ok) failures.push(`reload: ${response.status}`);
    })
    .catch((error: unknown) => failures.push(`reload: ${String(error)}`));
}, reloadEvery);
await Promise.all(Array.from({ length: clients }, (_, i) => load(until, i * 7)));
clearInterval(sampling);
clearInterval(reloading);

const settled = samples.slice(Math.floor(samples.length / 3));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const middle = mean(settled.map(({ hours }) => hours));
const slope =
  settled.reduce((sum, { hours, size }) => sum + (hours - middle) * size, 0) /
  settled.reduce((sum, { hours }) => sum + (hours - middle) ** 2, 0);
const tenth = Math.max(1, Math.floor(settled.length / 10));
const first = mean(settled.slice(0, tenth).map(({ size }) => size));
const last = mean(settled.slice(-tenth).map(({ size }) => size));
times.sort((a, b) => a - b);
const round = (value: number): number => Math.round(value * 100) / 100;
console.log(
  JSON.stringify({
    bench: "soak",
    name: `${clients} clients`,
    seconds,
    requests,
    failures: failures.length,
    startMiB: round(first),
    endMiB: round(last),
    slopeMiBPerHour: round(slope),
    p99Millis: round(times[Math.floor(times.length * 0.99)]!),
  }),
);
for (const failure of failures.slice(0, 5)) console.error(failure);
child.removeAllListeners("close");
child.kill("SIGTERM");
await new Promise((resolve) => child.on("close", resolve));
rmSync(folder, { recursive: true });
if (failures.length > 0 || last > first * (1 + allowedGrowth)) process.exitCode = 1;
