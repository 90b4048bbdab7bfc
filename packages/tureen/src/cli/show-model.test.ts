import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { showModel } from "./show-model.js";

// Made by TensorFlow 2.15, model and listing: interop/serving/make_fixtures.py.
const fixtures = new URL("../serving/fixtures/", import.meta.url).pathname;

it("lists a SavedModel as saved_model_cli does", async () => {
  const listing = await showModel(join(fixtures, "half_plus_two", "00000123"));
  expect(listing).toBe(readFileSync(join(fixtures, "half_plus_two.show.txt"), "utf8"));
});

it("says so where there is none", async () => {
  await expect(showModel("/no/such/folder")).rejects.toMatchObject({ code: "NOT_FOUND" });
});
