import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { zeros } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { readBundle } from "../../formats/tensor-bundle-reader.js";
import { writeBundle } from "../../formats/tensor-bundle-writer.js";
import { build, constant } from "../../graph/build-op.js";
import { Variable } from "../../graph/variable.js";
import { servingInputReceiver } from "../export/index.js";
import {
  Estimator,
  getOrCreateGlobalStep,
  type ModelFn,
  makeEstimatorSpec,
  runConfig,
  type WarmStartSettingsInit,
} from "../index.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { lineModel } from "../testing/line-model.js";

interface Case {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly lines: readonly string[];
  readonly values?: Readonly<Record<string, StoredTensor>>;
  readonly error?: string;
}

interface Fixture {
  readonly old: readonly string[];
  readonly new: readonly string[];
  readonly source: Readonly<Record<string, StoredTensor>>;
  readonly cases: Readonly<Record<string, Case>>;
}

const fixture = readFixture<Fixture>("warm-start");
const root = mkdtempSync(join(tmpdir(), "tureen-warm-start-"));
const source = join(root, "source");
const [oldVocab, newVocab] = [join(root, "old.txt"), join(root, "new.txt")];
writeFileSync(oldVocab, `${fixture.old.join("\n")}\n`);
writeFileSync(newVocab, `${fixture.new.join("\n")}\n`);
const sourceStep = { dtype: "int64" as const, shape: [], data: BigInt64Array.of(1n) };
writeBundle(join(source, "model.ckpt-1"), [
  ...Object.entries(fixture.source).map(([name, stored]) => [name, restored(stored)] as const),
  ["global_step", sourceStep] as const,
]);
writeFileSync(join(source, "checkpoint"), 'model_checkpoint_path: "model.ckpt-1"\n');

const vocab = { newVocab, newVocabSize: 4, numOovBuckets: 1, oldVocab };
const seven = (shape: readonly number[]) =>
  constant({ dtype: "float32", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(7) });
const both = { "a/embedding": vocab, "a/rows": { ...vocab, axis: 1 as const } };

/** The settings of the recorder's cases, in its words. */
const settings: Readonly<Record<string, unknown>> = {
  everything: source,
  regex: { ckptToInitializeFrom: source, varsToWarmStart: "b/" },
  list: { ckptToInitializeFrom: source, varsToWarmStart: ["b/.*", "a/rows"] },
  vocabulary: { ckptToInitializeFrom: source, varNameToVocabInfo: both },
  vocabulary_alone: { ckptToInitializeFrom: source, varsToWarmStart: null, varNameToVocabInfo: both },
  backup: {
    ckptToInitializeFrom: source,
    varsToWarmStart: "a/",
    varNameToVocabInfo: {
      "a/embedding": { ...vocab, oldVocabSize: 2, backupInitializer: seven },
      "a/rows": { ...vocab, backupInitializer: seven, axis: 1 },
    },
  },
  renamed: { ckptToInitializeFrom: source, varNameToPrevVarName: { "c/bias": "b/bias" } },
  missing: source,
  other_shape: source,
  unused_name: { ckptToInitializeFrom: source, varNameToPrevVarName: { d: "b/bias" } },
  unused_vocabulary: { ckptToInitializeFrom: source, varNameToVocabInfo: { d: vocab } },
  no_checkpoint: { ckptToInitializeFrom: "" },
  wrong_type: 3,
  mixed_list: { ckptToInitializeFrom: source, varsToWarmStart: ["a", 3] },
  number: { ckptToInitializeFrom: source, varsToWarmStart: 3 },
  axis: { ckptToInitializeFrom: source, varNameToVocabInfo: { "a/rows": { ...vocab, axis: 2 } } },
  too_few_columns: {
    ckptToInitializeFrom: source,
    varsToWarmStart: "a/rows",
    varNameToVocabInfo: { "a/rows": { ...vocab, axis: 1 } },
  },
  too_many_rows: {
    ckptToInitializeFrom: source,
    varsToWarmStart: "a/emb",
    varNameToVocabInfo: { "a/embedding": vocab },
  },
};

function model(shapes: Case["shapes"]): ModelFn {
  return ({ mode }) => {
    for (const [name, shape] of Object.entries(shapes)) {
      const value = zeros("float32", [...shape]);
      new Variable({ name, initializer: { ...value, data: value.data.fill(-1) }, trainable: name !== "b/count" });
    }
    const trainOp = getOrCreateGlobalStep().assignAdd({ dtype: "int64", shape: [], data: BigInt64Array.of(1n) });
    return makeEstimatorSpec({ mode, loss: constant(0, "float32"), trainOp });
  };
}

const input = () => Dataset.fromTensors([{ x: [1] }, [1]]) as never;
const withRoot = (text: string) => text.replaceAll(root, "ROOT").replace(/<function [^>]*>/g, "FUNCTION");

/** The checkpoint lists its variables in no order of its own. */
const inOrder = (text: string) =>
  text.replace(
    /checkpoint \{(.*)\}$/,
    (_, list: string) =>
      `checkpoint {${list
        .split(/, (?=')/)
        .sort()
        .join(", ")}}`,
  );

describe("warm starts as TensorFlow's", () => {
  for (const [name, expected] of Object.entries(fixture.cases)) {
    it(name, async () => {
      const lines: string[] = [];
      const logger = { log: (level: string, message: string) => void lines.push(`${level}:${message}`) };
      const run = async () => {
        const modelDir = join(mkdtempSync(join(tmpdir(), "tureen-warm-")), "model");
        const warmStartFrom = settings[name] as WarmStartSettingsInit;
        const estimator = new Estimator({
          modelFn: model(expected.shapes),
          modelDir,
          config: runConfig({ logger }),
          warmStartFrom,
        });
        await estimator.train(input, { steps: 1 });
        return modelDir;
      };
      if (expected.error === undefined) {
        const values = readBundle(join(await run(), "model.ckpt-0"));
        for (const [variable, stored] of Object.entries(expected.values!)) {
          expect(largestError(values.get(variable)!, restored(stored)), variable).toBe(0);
        }
      } else {
        const error = await run().then(
          () => "none",
          (failure: Error) => failure.message,
        );
        expect(inOrder(withRoot(error))).toBe(inOrder(expected.error));
      }
      const logged = lines.filter((line) => line.includes("arm-start")).map(withRoot);
      expect(logged).toEqual(expected.lines);
    });
  }
});

describe("warm start", () => {
  const config = runConfig({ logger: { log() {} } });
  const line = (warmStartFrom?: string) =>
    new Estimator({ modelFn: lineModel, modelDir: mkdtempSync(join(tmpdir(), "tureen-warm-")), config, warmStartFrom });
  const points = () =>
    Dataset.fromTensorSlices([{ x: [[0], [1]] }, [1, 3]])
      .repeat()
      .batch(2) as never;
  const receiver = () => {
    const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 1] }, "x");
    return servingInputReceiver({ x }, x);
  };

  it("takes a SavedModel's folder, is used by evaluate, predict and export, and stays out of a folder with checkpoints", async () => {
    const trained = await line().train(points, { steps: 50 });
    const exported = await trained.exportSavedModel(join(trained.modelDir, "x"), receiver);
    const again = line(exported);
    const [before, after] = [await trained.evaluate(points, { steps: 1 }), await again.evaluate(points, { steps: 1 })];
    expect(after).toEqual({ ...before, global_step: 0 });
    expect(again.latestCheckpoint()).toBeUndefined();
    const fromCheckpoint = line(trained.modelDir);
    await expect(fromCheckpoint.exportSavedModel(join(again.modelDir, "x"), receiver)).resolves.toContain("/x/");
    await again.train(points, { steps: 1 });
    expect(again.latestCheckpoint()).toContain("model.ckpt-1");
    const resumed = new Estimator({ modelFn: lineModel, modelDir: again.modelDir, config, warmStartFrom: "/nowhere" });
    await resumed.train(points, { steps: 1 });
    expect(resumed.latestCheckpoint()).toContain("model.ckpt-2");
  });

  it("refuses a folder without checkpoints", async () => {
    const empty = mkdtempSync(join(tmpdir(), "tureen-warm-"));
    const message = `Couldn't find 'checkpoint' file or checkpoints in given directory ${empty}`;
    await expect(line(empty).train(points, { steps: 1 })).rejects.toThrow(message);
  });
});
