/**
 * Installs Node's googleapis client from this folder's lock file, starts `tureen cloud`, and has the client drive it: check.mjs.
 *
 *     node --conditions=@tureen/source --import tsx interop/cloud/node-client/check.ts
 */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, ended, root, tureen } from "../cloud-process.js";
import { freePort } from "../postgres.js";

const folder = mkdtempSync(join(tmpdir(), "interop-node-client-"));
try {
  for (const name of ["package.json", "package-lock.json"])
    copyFileSync(join(import.meta.dirname, name), join(folder, name));
  const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: folder });
  if (install.status !== 0) {
    console.log("skipped: googleapis cannot be installed from the registry\n0 passed, 0 failed");
  } else {
    const port = await freePort();
    const server = tureen(["cloud", `--port=${port}`, `--data_dir=${join(folder, "data")}`]);
    try {
      await call(`http://127.0.0.1:${port}`, "GET", "healthz");
      const model = join(root, "packages/tureen/src/serving/fixtures/half_plus_two/00000123");
      const script = join(import.meta.dirname, "check.mjs");
      const client = spawn(process.execPath, [script, folder, `http://127.0.0.1:${port}`, model, folder], {
        stdio: "inherit",
      });
      process.exitCode = (await new Promise<number | null>((resolve) => client.on("close", resolve))) ?? 1;
    } finally {
      server.kill("SIGTERM");
      await ended(server);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
