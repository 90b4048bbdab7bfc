import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { floatValue, stringValue, type TensorValue, tensorValue } from "../core/tensor-value.js";
import { Dataset } from "../data/index.js";
import { build, constant } from "../graph/build-op.js";
import { Graph, type Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { sparsePlaceholder } from "../graph/sparse-placeholder.js";
import { Variable } from "../graph/variable.js";
import { createExportDirectory } from "../saved-model/write.js";
import { DNNClassifier } from "./canned/dnn.js";
import { DNNLinearCombinedClassifier, DNNLinearCombinedRegressor } from "./canned/dnn-linear-combined.js";
import { dnnLinearCombinedModelFn } from "./canned/dnn-linear-combined-model-fn.js";
import { dnnLogits } from "./canned/dnn-logits.js";
import { linearModelFn } from "./canned/linear-model-fn.js";
import { Estimator, type EstimatorOptions } from "./estimator.js";
import { timestampedExportDirectory } from "./export/export-directory.js";
import {
  buildRawServingInputReceiverFn,
  buildRawSupervisedInputReceiverFn,
  classificationOutput,
  predictOutput,
  regressionOutput,
  servingInputReceiver,
  supervisedInputReceiver,
  tensorServingInputReceiver,
} from "./export/index.js";
import { buildSignatures, logSignatures } from "./export/signatures.js";
import { BestExporter } from "./exporter/best-exporter.js";
import { LatestExporter } from "./exporter/latest-exporter.js";
import { denseFeatures, inputLayer, numericColumn } from "./feature-column/index.js";
import { BinaryClassHead } from "./head/binary-class-head.js";
import type { HeadSpecArgs } from "./head/head.js";
import { createTrainOp } from "./head/train-op.js";
import { quietLogger } from "./log.js";
import { makeEstimatorSpec } from "./make-estimator-spec.js";
import { ModeKeys } from "./mode-keys.js";
import type { Features } from "./model-fn.js";
import { SGD } from "./optimizer/keras/sgd.js";
import { readFixture } from "./recorded-fixture.js";
import { runConfig } from "./run-config.js";
import { lineEstimator } from "./testing/line-estimator.js";
import { lineModel } from "./testing/line-model.js";
import { manualClock } from "./testing/manual-clock.js";

const scratch = mkdtempSync(join(tmpdir(), "tureen-validation-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const config = runConfig({ logger: quietLogger });
const inGraph = <T>(body: () => T): T => withGraph(new Graph(), body);
const floats = (shape: readonly number[], name?: string): Tensor =>
  build("Placeholder", [], { dtype: "float32", shape }, name);
const texts = (name?: string): Tensor => build("Placeholder", [], { dtype: "string", shape: [-1] }, name);

const { messages } = readFixture<{ messages: Readonly<Record<string, readonly [type: string, message: string]>> }>(
  "validation",
);

/** What TensorFlow says in a case of interop/estimator/record_validation.py. */
function said(name: string): string {
  const message = messages[name]?.[1];
  if (message === undefined) throw new Error(`no message was recorded for ${name}`);
  return message;
}

/*
 * Of what TensorFlow says, this cannot be said here: keys of objects are strings ("feature keys must be strings or ints", "receiver_tensor keys
 * must be strings"); a model function takes one object ("model_fn does not take labels, but input_fn returns labels."); exportSavedModel is
 * the one name of both export methods ("Please use `export_saved_model`"). "A SavedModel signature needs an input for each placeholder the
 * signature's outputs use" is what Python's loader says of exports that are never made: such signatures are left out.
 */

/** Each case that was recorded with what makes TensorFlow say it. */
function refusesAsRecorded(cases: readonly (readonly [string, () => unknown])[]): void {
  for (const [name, body] of cases) {
    it(`${name}: ${said(name).split("\n")[0]}`, () => {
      let message: string | undefined;
      try {
        inGraph(body);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toBe(said(name));
    });
  }
}

/** Each message with what makes TensorFlow say it. */
function refuses(cases: readonly (readonly [string, () => unknown])[]): void {
  for (const [message, body] of cases) {
    it(message, () => {
      expect(() => inGraph(body)).toThrow(message);
    });
  }
}

describe("EstimatorSpec", () => {
  const x = (): Tensor => floats([-1, 1], "x");
  const scalar = (): Tensor => constant(1);
  const exporting = (exportOutputs: unknown): unknown =>
    makeEstimatorSpec({ mode: ModeKeys.PREDICT, predictions: { y: x() }, exportOutputs: exportOutputs as never });
  refusesAsRecorded([
    ["spec/loss", () => makeEstimatorSpec({ mode: ModeKeys.TRAIN })],
    ["spec/loss in eval", () => makeEstimatorSpec({ mode: ModeKeys.EVAL })],
    ["spec/train_op", () => makeEstimatorSpec({ mode: ModeKeys.TRAIN, loss: scalar() })],
    ["spec/predictions", () => makeEstimatorSpec({ mode: ModeKeys.PREDICT })],
    ["spec/scalar", () => makeEstimatorSpec({ mode: ModeKeys.EVAL, loss: floats([2], "x") })],
    ["spec/outputs", () => exporting(3)],
    [
      "spec/output",
      () => makeEstimatorSpec({ mode: ModeKeys.PREDICT, predictions: {}, exportOutputs: { y: x() as never } }),
    ],
    ["spec/default", () => exporting({ a: predictOutput(x()), b: predictOutput(x()) })],
  ]);

  it("takes a loss of one element as a scalar", () => {
    const spec = inGraph(() => makeEstimatorSpec({ mode: ModeKeys.EVAL, loss: constant(floatValue([2], [1])) }));
    expect(spec.loss!.op.type).toBe("Reshape");
  });
});

describe("export outputs", () => {
  const two = (): Readonly<Record<string, Tensor>> => ({ a: texts("a"), b: texts("b") });
  const floatsNamed = (name: string): Tensor => floats([-1, 1], name);
  refusesAsRecorded([
    ["output/scores", () => classificationOutput({ scores: texts("t") })],
    ["output/classes", () => classificationOutput({ classes: floatsNamed("x") })],
    ["output/neither", () => classificationOutput({})],
    ["output/value", () => regressionOutput({ value: texts("t") })],
    ["output/prediction", () => predictOutput({ y: 3 as unknown as Tensor })],
    ["output/classify several", () => classificationOutput({ scores: floatsNamed("x") }).asSignature(two())],
    [
      "output/classify floats",
      () => classificationOutput({ scores: floatsNamed("x") }).asSignature({ a: floatsNamed("a") }),
    ],
    ["output/regress several", () => regressionOutput({ value: floatsNamed("x") }).asSignature(two())],
    ["output/regress floats", () => regressionOutput({ value: floatsNamed("x") }).asSignature({ a: floatsNamed("a") })],
    ["output/not a dict", () => buildSignatures(new Graph(), servingInputReceiver(texts("t"), texts("u")), 3 as never)],
  ]);

  it(`output/unfed: ${said("output/unfed").slice(0, 60)}…`, () => {
    inGraph(() => {
      const [a, b] = [floatsNamed("a"), floatsNamed("b")];
      const y = build("Relu", [build("AddV2", [build("Mul", [a, constant(2)]), b], {}, "add")], {}, "y");
      const outputs = { serving_default: predictOutput({ y }) };
      const { signatures, excluded } = buildSignatures(a.graph, servingInputReceiver({ a, b }, { a }), outputs);
      expect(signatures.size).toBe(0);
      expect(excluded.get("serving_default")).toBe(said("output/unfed"));
    });
  });

  it("that cannot be served are left out, and the log says so in TensorFlow's words", () => {
    const logged = (outputs: (x: Tensor) => Parameters<typeof buildSignatures>[2]): string[] => {
      const lines: string[] = [];
      inGraph(() => {
        const x = floats([-1, 1], "x");
        const receiver = servingInputReceiver({ x }, { x });
        const built = buildSignatures(x.graph, receiver, outputs(x));
        logSignatures(built, { log: (level, message) => void lines.push(`${level} ${message}`) });
      });
      return lines;
    };
    const none = logged((x) => ({ serving_default: regressionOutput({ value: x }) }));
    expect(none.slice(0, 5)).toEqual(
      ["Classify", "Regress", "Predict", "Train", "Eval"].map(
        (api) => `INFO Signatures INCLUDED in export for ${api}: None`,
      ),
    );
    expect(none[5]).toBe(
      "INFO Signatures EXCLUDED from export because they cannot be be served via TensorFlow Serving APIs:",
    );
    expect(none[6]).toMatch(/^INFO 'serving_default' : Regression signatures can only accept a single tensor input /);
    expect(none[7]).toBe("WARNING Export includes no signatures!");
    const some = logged((x) => ({ serving_default: regressionOutput({ value: x }), predict: predictOutput({ y: x }) }));
    expect(some[2]).toBe("INFO Signatures INCLUDED in export for Predict: ['predict']");
    expect(some.at(-1)).toBe("WARNING Export includes no default signature!");
  });
});

describe("input receivers", () => {
  const x = (): Tensor => floats([-1, 1]);
  const nothing = undefined as unknown as Tensor;
  const wrong = 3 as unknown as Tensor;
  refusesAsRecorded([
    ["receiver/features", () => servingInputReceiver(nothing, x())],
    ["receiver/tensors", () => servingInputReceiver(x(), nothing)],
    ["receiver/feature", () => servingInputReceiver({ x: wrong }, x())],
    ["receiver/tensor", () => servingInputReceiver(x(), { x: wrong })],
    ["receiver/bare", () => tensorServingInputReceiver({ x: x() } as never, x())],
    ["receiver/no bare", () => tensorServingInputReceiver(nothing, x())],
    ["receiver/alternatives", () => servingInputReceiver(x(), x(), 3 as never)],
    ["receiver/overlap", () => buildRawSupervisedInputReceiverFn({ a: x() }, { a: x() })],
  ]);
  refuses([["labels must be defined.", () => supervisedInputReceiver(x(), nothing, x())]]);
});

describe("Estimator", () => {
  const make = (modelFn: unknown): Estimator => new Estimator({ modelFn, config } as EstimatorOptions);
  const input = () => Dataset.fromTensorSlices([{ x: [[0], [1]] }, [-1, 2]] as never).batch(2) as never;

  it("model_fn must be provided to Estimator.", () => {
    expect(() => make(undefined)).toThrow("model_fn must be provided to Estimator.");
  });

  it("model_fn should return an EstimatorSpec.", async () => {
    await expect(make(() => ({})).train(input, { steps: 1 })).rejects.toThrow(
      "model_fn should return an EstimatorSpec.",
    );
  });

  it("refuses a specification of another mode", async () => {
    const modelFn = (): unknown => makeEstimatorSpec({ mode: ModeKeys.PREDICT, predictions: { y: constant(1) } });
    await expect(make(modelFn).evaluate(input)).rejects.toThrow("model_fn returned an EstimatorSpec of mode");
  });

  it("cannot export variables that the checkpoint does not have", async () => {
    const { estimator, input: data } = lineEstimator();
    await estimator.train(data, { steps: 1 });
    const larger = new Estimator({
      modelDir: estimator.modelDir,
      config,
      modelFn: ({ mode }) => {
        const extra = new Variable({ name: "extra", initializer: floatValue([1], []) });
        return makeEstimatorSpec({ mode, predictions: { y: extra.read() } });
      },
    });
    const receiver = buildRawServingInputReceiverFn({ x: inGraph(() => floats([-1, 1], "x")) });
    await expect(larger.exportSavedModel(join(scratch, "larger"), receiver)).rejects.toThrow(
      `Could not load all requested variables from checkpoint. Please make sure your model_fn does not expect variables that were not saved in the checkpoint.\n\nEncountered error with mode \`infer\` while restoring checkpoint from: \`${estimator.latestCheckpoint()}\`. Full Traceback:\n\n`,
    );
  });
});

describe("export folders", () => {
  it("Failed to obtain a unique export directory name after 10 attempts.", async () => {
    const clock = manualClock();
    const base = join(scratch, "full");
    for (let second = 0; second < 12; second++) {
      mkdirSync(join(base, String(Math.floor(clock.now() / 1000) + second)), { recursive: true });
    }
    const before = clock.now();
    await expect(timestampedExportDirectory(base, clock, quietLogger)).rejects.toThrow(
      "Failed to obtain a unique export directory name after 10 attempts.",
    );
    expect(clock.now() - before).toBe(10_000);
  });

  it("refuse a folder that is not empty", () => {
    const directory = join(scratch, "taken");
    mkdirSync(directory);
    writeFileSync(join(directory, "a"), "");
    expect(() => createExportDirectory(directory)).toThrow(
      said("export/folder").replace(/(?<=directory )\S+/, directory),
    );
  });
});

describe("training and exporting", () => {
  const make = (): ReturnType<typeof lineEstimator> => lineEstimator();
  const receiver = buildRawServingInputReceiverFn({ x: { dtype: "float32", shape: [-1, 1] } });
  const rejects = (name: string, run: () => Promise<unknown>): void => {
    it(`${name}: ${said(name)}`, async () => {
      await expect(run()).rejects.toThrow(said(name));
    });
  };
  rejects("train/both", () => {
    const { estimator, input } = make();
    return estimator.train(input, { steps: 1, maxSteps: 1 });
  });
  rejects("train/steps", () => {
    const { estimator, input } = make();
    return estimator.train(input, { steps: 0 });
  });
  rejects("train/max_steps", () => {
    const { estimator, input } = make();
    return estimator.train(input, { maxSteps: 0 });
  });
  rejects("export/receiver", () => make().estimator.exportSavedModel(join(scratch, "none"), undefined as never));
  rejects("export/untrained", () => {
    const modelFn = (): never => undefined as never;
    return new Estimator({ modelFn, modelDir: "/no/such/model", config }).exportSavedModel(scratch, receiver);
  });
  rejects("export/modes", async () => {
    const { estimator, input } = make();
    await estimator.train(input, { steps: 1 });
    await estimator.experimentalExportAllSavedModels(join(scratch, "modes"), {});
  });
  refusesAsRecorded([
    ["exporter/latest", () => new LatestExporter({ name: "e", servingInputReceiverFn: receiver, exportsToKeep: 0 })],
    ["exporter/best", () => new BestExporter({ name: "e", servingInputReceiverFn: receiver, exportsToKeep: 0 })],
    ["config/save", () => runConfig({ saveCheckpointsSecs: 1, saveCheckpointsSteps: 1 })],
    ["columns/none", () => inputLayer({ x: floats([-1, 1], "x") }, [])],
    ["columns/duplicate", () => inputLayer({ x: floats([-1, 1], "x") }, [numericColumn("x"), numericColumn("x")])],
  ]);

  it("Skipping training since max_steps has already saved.", async () => {
    const lines: string[] = [];
    const { estimator, input } = make();
    await estimator.train(input, { steps: 2 });
    const again = new Estimator({
      modelFn: lineModel,
      modelDir: estimator.modelDir,
      config: runConfig({ logger: { log: (_level, line) => void lines.push(line) } }),
    });
    await again.train(input, { maxSteps: 2 });
    expect(lines).toContain("Skipping training since max_steps has already saved.");
  });
});

describe("canned estimators and heads", () => {
  const head = new BinaryClassHead();
  const x = (): Features => ({ x: floats([-1, 1]) });
  const column = numericColumn("x");
  const train = { labels: undefined, mode: ModeKeys.TRAIN, params: {}, config };
  const trainOp = (args: Partial<HeadSpecArgs>): unknown => createTrainOp(args as HeadSpecArgs, constant(1));
  const layers = { featureColumns: [column], hiddenUnits: [2] };
  refuses([
    [
      "Either linear_feature_columns or dnn_feature_columns must be defined.",
      () => new DNNLinearCombinedClassifier({ config }),
    ],
    [
      "Either linear_feature_columns or dnn_feature_columns must be defined.",
      () => new DNNLinearCombinedRegressor({ config, linearFeatureColumns: [], dnnFeatureColumns: [] }),
    ],
    [
      "dnn_hidden_units must be defined when dnn_feature_columns is specified.",
      () => dnnLinearCombinedModelFn({ head, dnnFeatureColumns: [column] })({ ...train, features: x() }),
    ],
    ["units must be an int.  Given type: ", () => dnnLogits(1.5, layers, x(), ModeKeys.TRAIN)],
    [
      "features should be a dictionary of `Tensor`s. Given type: Tensor",
      () => linearModelFn({ head, featureColumns: [column] })({ ...train, features: floats([-1, 1]) as never }),
    ],
    ["feature_columns must not be empty.", () => denseFeatures(x(), [])],
    ["Duplicate feature column name found for columns: ", () => denseFeatures(x(), [column, numericColumn("x")])],
    [
      "label_vocabulary should be a list or a tuple.",
      () => new BinaryClassHead({ labelVocabulary: "ab" as unknown as string[] }),
    ],
    [
      "train_op_fn and optimizer cannot both be set.",
      () => trainOp({ optimizer: new SGD(), trainOpFn: (loss) => loss.op, trainableVariables: [] }),
    ],
    ["train_op_fn and optimizer cannot both be None.", () => trainOp({})],
    ["trainable_variables cannot be None. Given None", () => trainOp({ optimizer: new SGD() })],
    [
      "The given optimizer is not a tf.keras.optimizers.Optimizer instance. Received optimizer of type",
      () => trainOp({ optimizer: stringValue(["Adam"]) as never }),
    ],
  ]);
});

describe("arguments", () => {
  const dnn = (options: object = {}): DNNClassifier =>
    new DNNClassifier({ hiddenUnits: [2], featureColumns: [numericColumn("x")], config, ...options });
  const of =
    (labels: TensorValue, key = "x") =>
    () =>
      Dataset.fromTensors([{ [key]: floatValue([1, 2], [2, 1]) }, labels]);
  const ids = tensorValue("int64", [2], BigInt64Array.of(0n, 1n));
  const train = (options: object, labels: TensorValue, key?: string): Promise<unknown> =>
    dnn(options).train(of(labels, key), { steps: 1 });
  const wrong = (value: unknown): never => value as never;
  const sparse = (name = "x") => sparsePlaceholder({ dtype: "float32", shape: [-1, 5], name });

  it.each([
    ["argument/config", async () => dnn({ config: {} })],
    ["argument/config with fields", async () => dnn({ config: { a: 1 } })],
    ["argument/hook", () => dnn().train(of(ids), { steps: 1, hooks: [wrong({})] })],
    ["argument/hook text", () => dnn().train(of(ids), { steps: 1, hooks: wrong("a") })],
    ["argument/ids for words", () => train({ labelVocabulary: ["a", "b"] }, ids)],
    ["argument/float classes", () => train({ nClasses: 3 }, floatValue([0, 1], [2]))],
    ["argument/labels of another batch", () => train({}, floatValue([0, 1, 1], [3]))],
    ["argument/checkpoint", () => dnn().evaluate(of(ids), { checkpointPath: "/nowhere/model.ckpt" })],
    ["argument/weights", () => train({ weightColumn: "w" }, ids)],
    ["argument/feature", () => train({}, ids, "y")],
  ] as const)("%s", async (name, body) => {
    const text = said(name);
    // TensorFlow's hook is a class of its own, which Python prints; ours is an object.
    const message = await body().then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    expect(message?.replace("given: 'a'", "given: a")).toBe(text);
  });

  refusesAsRecorded([
    [
      "argument/sparse prediction",
      () => makeEstimatorSpec({ mode: ModeKeys.PREDICT, predictions: { y: wrong(sparse()) } }),
    ],
    ["argument/text prediction", () => makeEstimatorSpec({ mode: ModeKeys.PREDICT, predictions: { y: wrong("b") } })],
    ["argument/sparse output", () => predictOutput({ y: wrong(sparse()) })],
    ["argument/sparse scores", () => classificationOutput({ scores: wrong(sparse()) })],
    ["argument/sparse value", () => regressionOutput({ value: wrong(sparse()) })],
    [
      "argument/sparse regressed",
      () => regressionOutput({ value: floats([-1, 1], "x") }).asSignature({ a: sparse("s") }),
    ],
  ]);

  it("tells a slip in an option's name, and options that are missing", async () => {
    expect(() => dnn({ hiddenUnit: [3] })).toThrow(
      "DNNClassifier() got an unexpected keyword argument 'hiddenUnit'. Did you mean 'hiddenUnits'?",
    );
    expect(() => dnn({ hidden_units: [3] })).toThrow("Did you mean 'hiddenUnits'?");
    expect(() => dnn({ colour: 1 })).toThrow("DNNClassifier() got an unexpected keyword argument 'colour'");
    expect(() => new DNNClassifier(wrong(undefined))).toThrow(
      "DNNClassifier() missing 2 required keyword arguments: 'hiddenUnits' and 'featureColumns'",
    );
    expect(() => runConfig(wrong({ saveCheckpointStep: 3 }))).toThrow("Did you mean 'saveCheckpointsSteps'?");
    await expect(dnn().train(of(ids), wrong({ step: 1 }))).rejects.toThrow(
      "train() got an unexpected keyword argument 'step'. Did you mean 'steps'?",
    );
    await expect(dnn().train(wrong(undefined))).rejects.toThrow("`input_fn` must be callable, given: None");
    await expect(dnn().train(of(ids), { steps: wrong("10") })).rejects.toThrow("steps must be a number, given: '10'");
    await expect(train({ hiddenUnits: 4 }, ids)).rejects.toThrow(
      "hidden_units must be a list of positive ints. Given: 4",
    );
    await expect(train({ activationFn: "rely" }, ids)).rejects.toThrow("Unknown activation function: 'rely'.");
    expect(() => dnn({ nClasses: "3" })).toThrow("n_classes must be an int. Given: '3'");
  });
});
