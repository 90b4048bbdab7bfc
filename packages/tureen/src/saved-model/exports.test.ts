import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StatusError } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { difference } from "../runtime/kernels/golden-compare.js";
import { type RecordedError, type StoredTensor, tensor } from "../runtime/kernels/golden-fixture.js";
import { loadSavedModel } from "./load.js";
import type { LoadedSavedModel } from "./signature.js";

/** SavedModels as TensorFlow exported them, zipped with what it answered; made by the record_*_exports.py of interop/saved-model. */
const fixtures = fileURLToPath(new URL("fixtures/exports/", import.meta.url));

interface RecordedCase {
  readonly signature: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, StoredTensor>>;
  readonly outputs?: Readonly<Record<string, StoredTensor>>;
  readonly error?: RecordedError;
}

interface Recording {
  readonly tags?: readonly string[];
  readonly rtol?: number;
  readonly atol?: number;
  readonly cases?: readonly RecordedCase[];
  /** What loading it ends with, of models that are refused. */
  readonly refused?: RecordedError;
}

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tureen-exports-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function unpack(files: Readonly<Record<string, Uint8Array>>, folder: string): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

describe.each(readdirSync(fixtures).sort())("%s", (file) => {
  const files = unzipSync(readFileSync(join(fixtures, file)));
  const {
    cases = [],
    tags,
    refused,
    ...tolerance
  } = JSON.parse(Buffer.from(files["recorded.json"]!).toString()) as Recording;
  const options = tags === undefined ? {} : { tags };
  let model: LoadedSavedModel;
  const folder = (): string => join(scratch, file);
  beforeAll(async () => {
    unpack(files, folder());
    if (refused === undefined) model = await loadSavedModel(folder(), options);
  });
  afterAll(() => model?.close());

  if (refused !== undefined) {
    test("is refused with the names of its ops", async () => {
      await expect(loadSavedModel(folder(), options)).rejects.toMatchObject({
        code: refused.code,
        message: expect.stringContaining(refused.message),
      });
    });
  }

  test.each(cases)("$signature: $name", ({ signature, inputs, outputs, error }) => {
    const info = model.signatures.get(signature)!;
    const feeds = new Map<string, TensorValue>();
    for (const [alias, { name }] of info.inputs) {
      const stored = inputs[alias];
      feeds.set(name, stored === undefined ? info.defaults.get(alias)! : tensor(stored));
    }
    const aliases = [...info.outputs.keys()];
    const run = (): readonly TensorValue[] =>
      model.run(
        feeds,
        aliases.map((alias) => info.outputs.get(alias)!.name),
      );
    if (error !== undefined) {
      expect(run).toThrow(StatusError);
      expect(run).toThrow(error.message);
      return;
    }
    const found = run();
    expect(aliases).toEqual(Object.keys(outputs!).sort());
    const differences = aliases.map((alias, i) => difference(found[i], tensor(outputs![alias]!), tolerance));
    expect(differences).toEqual(aliases.map(() => undefined));
  });
});
