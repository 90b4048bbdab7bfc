import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { isServed, markServed } from "../core/served-folders.js";
import { deleteOldExports, listExports, oldExports } from "./gc.js";

const work = mkdtempSync(join(tmpdir(), "tureen-gc-"));
afterAll(() => rmSync(work, { recursive: true }));

function exportsOf(name: string, versions: readonly string[]): string {
  const base = join(work, name);
  for (const version of versions) {
    mkdirSync(join(base, version), { recursive: true });
    writeFileSync(join(base, version, "saved_model.pb"), "");
  }
  return base;
}

it("deletes all but the newest of the exporters' versions", () => {
  const base = exportsOf("plain", ["1700000001", "1700000003", "1700000002", "7", "temp-1700000000"]);
  expect(listExports(base)).toEqual(["1700000001", "1700000002", "1700000003"]);
  expect(listExports(base, "any")).toEqual(["7", "1700000001", "1700000002", "1700000003"]);
  expect(deleteOldExports(base, 1)).toEqual(["1700000001", "1700000002"]);
  expect(readdirSync(base).sort()).toEqual(["1700000003", "7", "temp-1700000000"]);
  expect(() => deleteOldExports(base, 0)).toThrow("`exports_to_keep`, if provided, must be a positive number. Got 0");
});

it("leaves a served version alone until it is released, and one without a model", () => {
  const base = exportsOf("served", ["1700000001", "1700000002", "1700000003"]);
  mkdirSync(join(base, "1700000000"));
  const first = markServed(join(base, "1700000001"));
  const second = markServed(join(base, "1700000001"));
  expect(oldExports(base, 1)).toEqual({ old: ["1700000002"], served: ["1700000001"], unfinished: ["1700000000"] });
  first.release();
  expect(deleteOldExports(base, 1)).toEqual(["1700000002"]);
  second.release();
  second.release();
  expect(isServed(join(base, "1700000001"))).toBe(false);
  expect(deleteOldExports(base, 1)).toEqual(["1700000001"]);
  expect(isServed(join(base, "nowhere"))).toBe(false);
});
