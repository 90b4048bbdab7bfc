/** Kills a trainer at twenty random moments, where the unit tier does it four times: packages/tureen/src/estimator/crash.test.ts. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const kills = 20;
const root = join(import.meta.dirname, "../..");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "packages/tureen/src/estimator/crash.test.ts"], {
  cwd: root,
  env: { ...process.env, TUREEN_KILLS: String(kills) },
  stdio: "inherit",
});
console.log(status === 0 ? `${kills} passed, 0 failed` : "0 passed, 1 failed");
process.exitCode = status === 0 ? 0 : 1;
