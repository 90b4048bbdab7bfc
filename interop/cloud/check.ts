/**
 * Starts `tureen cloud` and lets google-api-python-client drive it through a model's whole life: check_client.py.
 *
 *     node --conditions=@tureen/source --import tsx interop/cloud/check.ts PYTHON
 *
 * PYTHON is an interpreter with google-api-python-client; without it, that of the interop tier.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const venv = process.env["TUREEN_INTEROP_VENV"] ?? join(import.meta.dirname, "../.venv");
const python = process.argv[2] ?? join(venv, "bin/python");
if (!existsSync(python)) {
  console.log(`skipped: there is no ${python}\n0 passed, 0 failed`);
  process.exit(0);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilUp(url: string): Promise<void> {
  const giveUp = Date.now() + 60_000;
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // It does not listen yet.
    }
    if (Date.now() > giveUp) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), "interop-cloud-"));
const cli = join(root, "packages/tureen/src/cli/tureen.ts");
const node = ["--conditions=@tureen/source", "--import", "tsx", cli];
const server = spawn(process.execPath, [...node, "cloud", `--port=${port}`, `--data_dir=${join(folder, "data")}`], {
  cwd: root,
  stdio: ["ignore", "inherit", process.env["VERBOSE"] === undefined ? "ignore" : "inherit"],
});
let code: number | null = 1;
try {
  await untilUp(`http://127.0.0.1:${port}/healthz`);
  const model = join(root, "packages/tureen/src/serving/fixtures/half_plus_two/00000123");
  const script = join(import.meta.dirname, "check_client.py");
  const args = [script, "--url", `http://127.0.0.1:${port}`, "--model", model, "--work", folder];
  const client = spawn(python, args, { stdio: "inherit" });
  code = await new Promise<number | null>((resolve) => client.on("close", resolve));
} finally {
  const closed = new Promise((resolve) => server.on("close", resolve));
  server.kill("SIGTERM");
  await closed;
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = code ?? 1;
