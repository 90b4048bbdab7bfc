/**
 * Starts tensorflow_model_server with half_plus_two and lets TensorFlow Serving's Python client stubs drive it: check_clients.py.
 *
 *     node --conditions=@tureen/source --import tsx interop/serving/check.ts [--inference] [PYTHON]
 *
 * With --inference it is Triton's client that drives it, over the Open Inference Protocol: check_inference.py.
 * PYTHON is an interpreter with tensorflow-cpu and tensorflow-serving-api 2.15; without it, that of the interop tier.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startModelServer, stderrLog } from "../../packages/tureen/src/serving/index.js";

const venv = process.env["TUREEN_INTEROP_VENV"] ?? join(import.meta.dirname, "../.venv");
const inference = process.argv[2] === "--inference";
const python = process.argv[inference ? 3 : 2] ?? join(venv, "bin/python");
if (!existsSync(python)) {
  console.log(`skipped: there is no ${python}\n0 passed, 0 failed`);
  process.exit(0);
}
const base = join(import.meta.dirname, "../../packages/tureen/src/serving/fixtures/half_plus_two");
const server = await startModelServer({
  host: "127.0.0.1",
  models: [{ name: "half_plus_two", basePath: base }],
  enableModelManagement: inference,
  ...(process.env["VERBOSE"] === undefined ? {} : { log: stderrLog }),
});
const script = join(import.meta.dirname, inference ? "check_inference.py" : "check_clients.py");
const args = [script, "--grpc", String(server.grpcPort), "--rest", String(server.restPort), "--base", base];
const child = spawn(python, args, { stdio: "inherit" });
const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
await server.close();
process.exitCode = code ?? 1;
