/**
 * Drives tensorflow_model_server with clients of other languages: curl, grpcurl (by reflection), Go and Java stubs generated from `proto/`.
 *
 *     node --conditions=@tureen/source --import tsx interop/clients/check.ts
 *
 * Tools come from the Go module proxy and Maven Central at the versions below; what is missing is skipped with a line that says so.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { startModelServer } from "../../packages/tureen/src/serving/index.js";

const here = import.meta.dirname;
const root = join(here, "../..");
const goTools = [
  "google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.10",
  "google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.5.1",
  "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3",
];

let passed = 0;
let failed = 0;

function check(name: string, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`${name}: got ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command while this process's server goes on answering. */
function run(command: string, args: readonly string[], folder = here, env = process.env): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk));
    child.on("error", (error) => resolve({ code: -1, output: String(error) }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

function isThere(command: string, ...args: readonly string[]): boolean {
  if (spawnSync(command, args, { stdio: "ignore" }).status === 0) return true;
  console.log(`skipped: there is no ${command}`);
  return false;
}

/** Adds what a client program counted on its last line. */
function count(name: string, { code, output }: Finished): void {
  const sums = /(\d+) passed, (\d+) failed/.exec(output);
  if (sums === null || code !== 0) console.log(`${name}:\n${output.trim()}`);
  passed += Number(sums?.[1] ?? 0);
  failed += sums === null ? 1 : Number(sums[2]);
}

async function checkCurl(rest: number): Promise<void> {
  if (!isThere("curl", "--version")) return;
  const url = `http://127.0.0.1:${rest}`;
  const curl = async (...args: readonly string[]): Promise<string> => (await run("curl", ["-s", ...args])).output;
  const predict = `${url}/v1/models/half_plus_two:predict`;
  // The bytes are those that TensorFlow Serving's own documentation shows.
  check(
    "curl",
    await curl("-d", '{"instances": [1.0, 2.0, 5.0]}', predict),
    '{\n    "predictions": [2.5, 3.0, 4.5\n    ]\n}',
  );
  check(
    "curl's code",
    await curl("-o", "/dev/null", "-w", "%{http_code} %{content_type}", "-d", "{}", predict),
    "400 application/json",
  );
  check("curl -I", /^HTTP\/1\.1 200/.test(await curl("-I", `${url}/healthz`)), true);
  const status = await curl(`${url}/v1/models/half_plus_two`);
  check("curl's status", JSON.parse(status), {
    model_version_status: [{ version: "123", state: "AVAILABLE", status: { error_code: "OK", error_message: "" } }],
  });
}

async function checkGrpcurl(bin: string, grpc: number): Promise<void> {
  const grpcurl = (...args: readonly string[]): Promise<Finished> => run(join(bin, "grpcurl"), ["-plaintext", ...args]);
  const target = `127.0.0.1:${grpc}`;
  const { output: services } = await grpcurl(target, "list");
  check("grpcurl list", services.includes("tensorflow.serving.PredictionService\n"), true);
  const { output: described } = await grpcurl(target, "describe", "tensorflow.serving.PredictRequest");
  check("grpcurl describe", described.includes("map<string, .tensorflow.TensorProto> inputs = 2;"), true);
  const request = {
    model_spec: { name: "half_plus_two" },
    inputs: { x: { dtype: "DT_FLOAT", tensor_shape: { dim: [{ size: 3 }] }, float_val: [1, 2, 5] } },
  };
  const answer = await grpcurl("-d", JSON.stringify(request), target, "tensorflow.serving.PredictionService/Predict");
  check(
    "grpcurl",
    (JSON.parse(answer.output) as { outputs: { y: { floatVal: number[] } } }).outputs.y.floatVal,
    [2.5, 3, 4.5],
  );
  const missing = await grpcurl(
    "-d",
    '{"model_spec":{"name":"m"}}',
    target,
    "tensorflow.serving.PredictionService/Predict",
  );
  check(
    "grpcurl's failure",
    /Code: NotFound\n\s*Message: Servable not found for request: Latest\(m\)/.test(missing.output),
    true,
  );
}

async function checkGo(grpc: number): Promise<void> {
  if (!isThere("go", "version")) return;
  const bin = join(here, "go/.bin");
  mkdirSync(bin, { recursive: true });
  const env = { ...process.env, GOBIN: bin, GOFLAGS: "", PATH: `${bin}${delimiter}${process.env["PATH"]}` };
  const steps = [
    ...goTools.map((tool) => ["go", "install", tool] as const),
    [join(root, "node_modules/.bin/buf"), "generate", join(root, "proto"), "--template", "buf.gen.yaml"] as const,
    ["go", "build", "-o", join(bin, "client"), "."] as const,
  ];
  for (const [command, ...args] of steps) {
    const { code, output } = await run(command, args, join(here, "go"), env);
    if (code === 0) continue;
    failed += 1;
    console.log(`${command} ${args.join(" ")}:\n${output.trim()}`);
    return;
  }
  await checkGrpcurl(bin, grpc);
  count("Go", await run(join(bin, "client"), [`--grpc=127.0.0.1:${grpc}`]));
}

async function checkJava(grpc: number): Promise<void> {
  if (!isThere("mvn", "-v")) return;
  const args = ["-q", "-B", "compile", "exec:java", `-Dexec.args=${grpc}`];
  count("Java", await run("mvn", args, join(here, "java")));
}

const server = await startModelServer({
  host: "127.0.0.1",
  models: [{ name: "half_plus_two", basePath: join(root, "packages/tureen/src/serving/fixtures/half_plus_two") }],
});
await checkCurl(server.restPort!);
await checkGo(server.grpcPort!);
await checkJava(server.grpcPort!);
await server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
