import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { StatusError } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { difference } from "../runtime/kernels/golden-compare.js";
import { type RecordedError, type StoredTensor, tensor } from "../runtime/kernels/golden-fixture.js";
import { loadSavedModel } from "./load.js";

/** A BoostedTreesClassifier that TensorFlow 2.6 trained and exported, made by interop/saved-model/record_boosted_trees.py. */
const folder = fileURLToPath(new URL("fixtures/boosted_trees_classifier/", import.meta.url));

interface RecordedCase {
  readonly signature: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, StoredTensor>>;
  readonly outputs?: Readonly<Record<string, StoredTensor>>;
  readonly error?: RecordedError;
}

const recorded = JSON.parse(readFileSync(`${folder}recorded.json`, "utf8")) as {
  readonly cases: readonly RecordedCase[];
};

describe("a BoostedTreesClassifier that TensorFlow exported", async () => {
  const model = await loadSavedModel(folder);

  test("has the signatures that were recorded", () => {
    expect([...model.signatures.keys()]).toEqual([...new Set(recorded.cases.map(({ signature }) => signature))]);
  });

  test.each(recorded.cases)("$signature: $name", ({ signature, inputs, outputs, error }) => {
    const info = model.signatures.get(signature)!;
    const feeds = new Map<string, TensorValue>();
    for (const [alias, stored] of Object.entries(inputs)) feeds.set(info.inputs.get(alias)!.name, tensor(stored));
    const aliases = Object.keys(outputs ?? {});
    const fetches = (error === undefined ? aliases : [...info.outputs.keys()]).map(
      (alias) => info.outputs.get(alias)!.name,
    );
    const run = (): readonly TensorValue[] => model.run(feeds, fetches);
    if (error !== undefined) {
      expect(run).toThrow(StatusError);
      expect(run).toThrow(error.message);
      return;
    }
    const found = run();
    const differences = aliases.map((alias, i) => difference(found[i], tensor(outputs![alias]!), {}));
    expect(differences).toEqual(aliases.map(() => undefined));
  });
});
