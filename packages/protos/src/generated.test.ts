import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root: string = fileURLToPath(new URL("../../../", import.meta.url));
const committed: string = fileURLToPath(new URL("./gen", import.meta.url));

function filesBelow(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

test("the committed messages are what buf makes of proto/", (context) => {
  const binaries = join(root, "node_modules", ".bin");
  const env = { ...process.env, PATH: `${binaries}${delimiter}${process.env["PATH"] ?? ""}` };
  if (spawnSync("buf", ["--version"], { env }).status !== 0) {
    context.skip("buf does not run here (no binary for this platform, or not installed)");
  }
  // A name inside the folder: `out` in buf.gen.yaml climbs one level from where it is put.
  const folder = mkdtempSync(join(tmpdir(), "tureen-generated-"));
  try {
    const run = spawnSync("buf", ["generate", "--output", join(folder, "proto")], {
      cwd: join(root, "proto"),
      env,
      encoding: "utf8",
    });
    expect(run.stderr).toBe("");
    expect(filesBelow(join(folder, "packages", "protos", "src", "gen"))).toEqual(filesBelow(committed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
