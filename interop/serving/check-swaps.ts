/**
 * 1,000 swaps of a model's version, each by three reloads of the configuration (the new version beside the old, the label to the new one,
 * the old one gone), while another model comes and goes and clients ask over gRPC and REST without a pause: no request may fail, and the
 * process may not grow.
 *
 *     node --conditions=@tureen/source --import tsx interop/serving/check-swaps.ts [SWAPS]
 *
 * The server is a process of its own: the built tensorflow_model_server, which collects its garbage before its memory is read, since on a busy
 * machine the collector comes when it comes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import {
  ReloadConfigRequestSchema,
  ReloadConfigResponseSchema,
} from "@tureen/protos/gen/tensorflow_serving/apis/model_management_pb";
import { PredictionClient } from "../../packages/client/src/index.js";

const root = join(import.meta.dirname, "../..");
const fixture = join(root, "packages/tureen/src/serving/fixtures/half_plus_two/00000123");
const swaps = Number(process.argv[2] ?? 1000);
/** Swaps before the memory counts: until then code is compiled and pools grow to their size. */
const settling = Math.floor(swaps / 4);
const askers = 8;
const restPort = 18533;
/** Nothing of the server's own listens to it. */
const collectSignal = "SIGUSR2";
/** Of the resident memory. */
const allowedGrowth = 0.1;

interface Tally {
  answered: number;
  readonly failures: string[];
}

async function startServer(folder: string): Promise<{ child: ChildProcess; socket: string }> {
  const socket = join(folder, "grpc.sock");
  const configFile = join(folder, "models.config");
  writeFileSync(configFile, firstConfig(folder));
  const child = spawn(
    process.execPath,
    [
      "--expose-gc",
      `--import=data:text/javascript,process.on("${collectSignal}",()=>gc())`,
      join(root, "packages/tureen/bin/tensorflow_model_server.js"),
      "--port=0",
      `--grpc_socket_path=${socket}`,
      `--rest_api_port=${restPort}`,
      `--model_config_file=${configFile}`,
      "--file_system_poll_wait_seconds=1",
    ],
    { stdio: ["ignore", "inherit", "pipe"] },
  );
  child.stderr!.setEncoding("utf8");
  await new Promise<void>((resolve, reject) => {
    let text = "";
    child.on("close", (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
    child.stderr!.on("data", (chunk: string) => {
      text = (text + chunk).slice(-10_000);
      if (text.includes("Exporting HTTP/REST API at:")) resolve();
    });
  });
  return { child, socket };
}

function firstConfig(folder: string): string {
  return `model_config_list { config { name: "m" base_path: "${folder}/m" model_platform: "tensorflow"
    model_version_policy { specific { versions: 1 } } } }`;
}

/** Asks without a pause until told to stop. */
async function ask(send: () => Promise<unknown>, tally: Tally, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      await send();
      tally.answered += 1;
    } catch (error) {
      tally.failures.push(String(error));
      if (tally.failures.length > 100) return;
    }
  }
}

/** Resident memory of the server after it has collected its garbage: the least of a few readings, since requests go on. */
async function residentBytes(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    process.kill(pid, collectSignal);
    await sleep(200);
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
    least = Math.min(least, Number(kilobytes) * 1024);
  }
  return least;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "swaps-"));
  for (const name of ["m", "other"]) {
    mkdirSync(join(folder, name));
    for (const version of [1, 2]) symlinkSync(fixture, join(folder, name, String(version)));
  }
  const { child, socket } = await startServer(folder);
  process.on("exit", () => child.kill("SIGKILL"));
  const client = new PredictionClient(`unix:${socket}`);
  const management = new Client(`unix:${socket}`, credentials.createInsecure());
  const tally: Tally = { answered: 0, failures: [] };
  let over = false;
  const body = JSON.stringify({ instances: [1, 2, 5] });
  const overRest = async (): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${restPort}/v1/models/m:predict`, { method: "POST", body });
    const text = await response.text();
    if (text !== '{\n    "predictions": [2.5, 3.0, 4.5\n    ]\n}') throw new Error(`REST ${response.status}: ${text}`);
  };
  const overGrpc = (label: boolean) => async (): Promise<void> => {
    const { y } = await client.predict({
      model: "m",
      inputs: { x: [1, 2, 5] },
      ...(label ? { versionLabel: "stable" } : {}),
    });
    if (JSON.stringify(y) !== "[2.5,3,4.5]") throw new Error(`gRPC: ${JSON.stringify(y)}`);
  };
  const reload = (versions: readonly number[], label: number, second: boolean): Promise<number> => {
    const models = (second ? ["m", "other"] : ["m"]).map((name) => ({
      name,
      basePath: join(folder, name),
      modelPlatform: "tensorflow",
      modelVersionPolicy: { policyChoice: { case: "specific" as const, value: { versions: versions.map(BigInt) } } },
      versionLabels: name === "m" ? { stable: BigInt(label) } : {},
    }));
    const config = { config: { case: "modelConfigList" as const, value: { config: models } } };
    return new Promise((resolve, reject) => {
      management.makeUnaryRequest(
        "/tensorflow.serving.ModelService/HandleReloadConfigRequest",
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes) => fromBinary(ReloadConfigResponseSchema, bytes),
        toBinary(ReloadConfigRequestSchema, create(ReloadConfigRequestSchema, { config })),
        (error, response) => (error === null ? resolve(response!.status?.errorCode ?? 0) : reject(error)),
      );
    });
  };
  await reload([1], 1, false);
  const asking = Array.from({ length: askers }, (_, i) =>
    ask(i % 4 === 3 ? overRest : overGrpc(i % 4 === 2), tally, () => over),
  );
  let [passed, failed] = [0, 0];
  const check = (name: string, isRight: boolean, shown: unknown): void => {
    if (isRight) passed += 1;
    else {
      failed += 1;
      console.log(`${name}: ${String(shown)}`);
    }
  };
  let before = 0;
  let refused = 0;
  const start = performance.now();
  for (let i = 0; i < swaps; i++) {
    const [from, to] = i % 2 === 0 ? [1, 2] : [2, 1];
    const second = i % 3 === 0;
    for (const [versions, label] of [
      [[1, 2], from],
      [[1, 2], to],
      [[to], to],
    ] as const) {
      if ((await reload(versions, label, second)) !== 0) refused += 1;
    }
    if (i === settling) before = await residentBytes(child.pid!);
  }
  const seconds = (performance.now() - start) / 1000;
  over = true;
  await Promise.all(asking);
  const after = await residentBytes(child.pid!);
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  console.log(
    `${swaps} swaps in ${seconds.toFixed(1)} s; ${tally.answered} requests answered; ${mebibytes(before)} after ${settling} swaps, ${mebibytes(after)} at the end`,
  );
  check("reloads that were refused", refused === 0, refused);
  check("requests that failed", tally.failures.length === 0, tally.failures.slice(0, 5).join("\n"));
  check("requests answered", tally.answered > swaps, tally.answered);
  check("growth of the process", after <= before * (1 + allowedGrowth), `${mebibytes(before)} to ${mebibytes(after)}`);
  client.close();
  management.close();
  child.removeAllListeners("close");
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  child.kill("SIGTERM");
  const code = await ended;
  check("exit code after SIGTERM", code === 0, code);
  rmSync(folder, { recursive: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
