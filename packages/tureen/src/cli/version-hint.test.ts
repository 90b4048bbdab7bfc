import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { notFound } from "../core/status-error.js";
import { findMetaGraph, readSavedModel } from "../saved-model/index.js";
import { withVersionHint } from "./version-hint.js";

const base = mkdtempSync(join(tmpdir(), "versions-"));
afterAll(() => rmSync(base, { recursive: true }));
for (const version of ["2", "10", "9"]) {
  mkdirSync(join(base, version));
  writeFileSync(join(base, version, "saved_model.pb"), "");
}
mkdirSync(join(base, "100", "nothing"), { recursive: true });

async function hintFor(directory: string): Promise<string> {
  try {
    findMetaGraph(await readSavedModel(directory), ["serve"]);
  } catch (error) {
    return String(withVersionHint(error, directory));
  }
  throw new Error("there is a model");
}

it("says what a folder without a model is", async () => {
  expect(await hintFor(base)).toBe(
    `NOT_FOUND: ${base} holds versions, no model itself: did you mean ${join(base, "10")}?`,
  );
  expect(await hintFor(join(base, "absent"))).toBe(`NOT_FOUND: ${join(base, "absent")} does not exist`);
  const file = join(base, "2", "saved_model.pb");
  expect(await hintFor(file)).toBe(`NOT_FOUND: ${file} is the SavedModel's file: give its folder`);
  expect(await hintFor(join(base, "100"))).toMatch(/^NOT_FOUND: Could not find SavedModel/);
});

it("leaves other failures as they are", () => {
  const other = notFound("Serving signature key");
  expect(withVersionHint(other, base)).toBe(other);
});
