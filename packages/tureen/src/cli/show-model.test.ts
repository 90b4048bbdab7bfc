import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { showModel } from "./show-model.js";

// Made by TensorFlow 2.15, model and listing: interop/serving/make_fixtures.py.
const fixtures = new URL("../serving/fixtures/", import.meta.url).pathname;

it("lists a SavedModel as saved_model_cli does", async () => {
  const listing = await showModel(join(fixtures, "half_plus_two", "00000123"));
  const expected = readFileSync(join(fixtures, "half_plus_two.show.txt"), "utf8");
  expect(listing.slice(0, expected.length)).toBe(expected);
  const rest = listing.slice(expected.length);
  expect(rest).toMatch(/^\nGraph with tag-set 'serve': \d+ nodes of \d+ ops, \d+ functions\n {2}ops: Const \d+, /);
  expect(rest).toMatch(/\nFiles\n {2}saved_model\.pb: [\d.]+ KiB\n {2}variables: \d+ bytes in 2 files\n/);
});

it("says so where there is none", async () => {
  await expect(showModel("/no/such/folder")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

it("shows signatures that only name an operation", async () => {
  const listing = await showModel(new URL("../saved-model/fixtures/counter", import.meta.url).pathname);
  // As saved_model_cli prints it.
  expect(listing).toContain(
    "    outputs['__saved_model_init_op'] tensor_info:\n        dtype: DT_INVALID\n        shape: unknown_rank\n        name: NoOp\n  Method name is: \n",
  );
});
