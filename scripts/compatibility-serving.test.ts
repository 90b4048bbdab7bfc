import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("docs/compatibility-serving.md is what its generator writes, and nothing in it is open", () => {
  const script = fileURLToPath(new URL("./compatibility-serving.mjs", import.meta.url));
  const node = ["--conditions=@tureen/source", "--import", "tsx"];
  const checked = spawnSync(process.execPath, [...node, script, "--check"], { encoding: "utf8" });
  expect(checked.stderr).toBe("");
  expect(checked.status).toBe(0);
});
