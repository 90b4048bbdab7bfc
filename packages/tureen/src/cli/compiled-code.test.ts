import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const keep = new URL("../../bin/keep-compiled-code.js", import.meta.url).href;
const program = `
  const { keepCompiledCode } = await import(${JSON.stringify(keep)});
  const write = keepCompiledCode();
  await import("data:text/javascript,export const one = () => 1;");
  write();`;

describe("keepCompiledCode", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tureen-compiled-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function start(env: NodeJS.ProcessEnv): { readonly status: number | null; readonly stderr: string } {
    const { NODE_COMPILE_CACHE: _, NODE_DISABLE_COMPILE_CACHE: __, ...inherited } = process.env;
    return spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      env: { ...inherited, ...env },
      encoding: "utf8",
    });
  }

  it("writes to the user's cache folder, with the Nodes that can", () => {
    expect(start({ XDG_CACHE_HOME: folder })).toMatchObject({ status: 0, stderr: "" });
    // As Node 20 does not, all goes on without.
    const written = "enableCompileCache" in module ? ["tureen"] : [];
    expect(readdirSync(folder)).toEqual(written);
  });

  it("does without a folder that cannot be written, and without a home", () => {
    const notAFolder = fileURLToPath(keep);
    expect(start({ XDG_CACHE_HOME: notAFolder })).toMatchObject({ status: 0, stderr: "" });
    expect(start({ XDG_CACHE_HOME: "", HOME: "" })).toMatchObject({ status: 0, stderr: "" });
  });
});
