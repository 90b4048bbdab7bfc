import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { TensorValue } from "../core/tensor-value.js";
import { difference } from "../runtime/kernels/golden-compare.js";
import { type StoredTensor, tensor } from "../runtime/kernels/golden-fixture.js";
import { loadSavedModel } from "./load.js";

interface Recorded {
  readonly cases: readonly {
    readonly signature: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, StoredTensor>>;
    readonly outputs: Readonly<Record<string, StoredTensor>>;
  }[];
}

/** Whole models with ops of TensorFlow's libraries, made by interop/goldens/decision_forests.py and interop/saved-model/make_text_model.py. */
const models = ["decision_forest_classifier", "decision_forest_regressor", "bert_text_classifier"];

describe.each(models)("%s", async (name) => {
  const folder = fileURLToPath(new URL(`fixtures/${name}/`, import.meta.url));
  if (!existsSync(folder)) throw new Error(`${folder} is missing`);
  const recorded = JSON.parse(readFileSync(`${folder}recorded.json`, "utf8")) as Recorded;
  const model = await loadSavedModel(folder);

  test.each(recorded.cases)("$signature: $name", ({ signature, inputs, outputs }) => {
    const info = model.signatures.get(signature)!;
    const feeds = new Map<string, TensorValue>();
    for (const [alias, stored] of Object.entries(inputs)) feeds.set(info.inputs.get(alias)!.name, tensor(stored));
    const aliases = Object.keys(outputs);
    expect(aliases.sort()).toEqual([...info.outputs.keys()].sort());
    const found = model.run(
      feeds,
      aliases.map((alias) => info.outputs.get(alias)!.name),
    );
    const differences = aliases.map((alias, i) => difference(found[i], tensor(outputs[alias]!), {}));
    expect(differences).toEqual(aliases.map(() => undefined));
  });
});

test("a decision forest's files are read in the model's folder alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tureen-forest-"));
  try {
    const model = join(folder, "model");
    cpSync(fileURLToPath(new URL("fixtures/decision_forest_regressor/", import.meta.url)), model, { recursive: true });
    const nodes = readFileSync(join(model, "saved_model.pb"), "latin1")
      .match(/[0-9a-f]{16}done/)![0]
      .slice(0, 16);
    const inside = join(model, "assets", `${nodes}nodes-00000-of-00001`);
    const outside = join(folder, "nodes");
    renameSync(inside, outside);
    symlinkSync(outside, inside);
    await expect(loadSavedModel(model)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
