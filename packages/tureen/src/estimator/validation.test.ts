import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { floatValue, stringValue } from "../core/tensor-value.js";
import { Dataset } from "../data/index.js";
import { build, constant } from "../graph/build-op.js";
import { Graph, type Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { Variable } from "../graph/variable.js";
import { createExportDirectory } from "../saved-model/write.js";
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
} from "./export/index.js";
import { buildSignatures, logSignatures } from "./export/signatures.js";
import { denseFeatures, numericColumn } from "./feature-column/index.js";
import { BinaryClassHead } from "./head/binary-class-head.js";
import type { HeadSpecArgs } from "./head/head.js";
import { createTrainOp } from "./head/train-op.js";
import { quietLogger } from "./log.js";
import { makeEstimatorSpec } from "./make-estimator-spec.js";
import { ModeKeys } from "./mode-keys.js";
import type { Features } from "./model-fn.js";
import { SGD } from "./optimizer/keras/sgd.js";
import { runConfig } from "./run-config.js";
import { lineEstimator } from "./testing/line-estimator.js";
import { manualClock } from "./testing/manual-clock.js";

const scratch = mkdtempSync(join(tmpdir(), "tureen-validation-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const config = runConfig({ logger: quietLogger });
const inGraph = <T>(body: () => T): T => withGraph(new Graph(), body);
const floats = (shape: readonly number[], name?: string): Tensor =>
  build("Placeholder", [], { dtype: "float32", shape }, name);
const texts = (name?: string): Tensor => build("Placeholder", [], { dtype: "string", shape: [-1] }, name);

/** Each message with what makes TensorFlow say it. */
function refuses(cases: readonly (readonly [string, () => unknown])[]): void {
  for (const [message, body] of cases) {
    it(message, () => {
      expect(() => inGraph(body)).toThrow(message);
    });
  }
}

describe("EstimatorSpec", () => {
  const x = (): Tensor => floats([-1, 1]);
  const scalar = (): Tensor => constant(1);
  const exporting = (exportOutputs: unknown): unknown =>
    makeEstimatorSpec({ mode: ModeKeys.PREDICT, predictions: { y: x() }, exportOutputs: exportOutputs as never });
  refuses([
    ["Missing loss.", () => makeEstimatorSpec({ mode: ModeKeys.TRAIN })],
    ["Missing loss.", () => makeEstimatorSpec({ mode: ModeKeys.EVAL })],
    ["Missing train_op.", () => makeEstimatorSpec({ mode: ModeKeys.TRAIN, loss: scalar() })],
    ["Missing predictions.", () => makeEstimatorSpec({ mode: ModeKeys.PREDICT })],
    ["Loss must be scalar, given: ", () => makeEstimatorSpec({ mode: ModeKeys.EVAL, loss: floats([2]) })],
    ["export_outputs must be dict, given: 3", () => exporting(3)],
    ["Values in export_outputs must be ExportOutput objects. Given: ", () => exporting({ y: x() })],
    [
      "Multiple export_outputs were provided, but none of them is specified as the default.  Do this by naming one of them with signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY.",
      () => exporting({ a: predictOutput(x()), b: predictOutput(x()) }),
    ],
  ]);

  it("takes a loss of one element as a scalar", () => {
    const spec = inGraph(() => makeEstimatorSpec({ mode: ModeKeys.EVAL, loss: constant(floatValue([2], [1])) }));
    expect(spec.loss!.op.type).toBe("Reshape");
  });
});

describe("export outputs", () => {
  const two = (): Readonly<Record<string, Tensor>> => ({ a: texts("a"), b: texts("b") });
  refuses([
    [
      "Classification scores must be a float32 Tensor; got ",
      () => classificationOutput({ scores: constant(1, "int32") }),
    ],
    ["Classification classes must be a string Tensor; got ", () => classificationOutput({ classes: constant(1) })],
    ["At least one of scores and classes must be set.", () => classificationOutput({})],
    ["Regression output value must be a float32 Tensor; got ", () => regressionOutput({ value: constant("a") })],
    [
      "Classification input must be a single string Tensor; got ",
      () => classificationOutput({ scores: floats([-1, 2]) }).asSignature(two()),
    ],
    [
      "Regression input must be a single string Tensor; got ",
      () => regressionOutput({ value: floats([-1]) }).asSignature({ a: floats([-1]) }),
    ],
  ]);

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
    expect(none[6]).toMatch(/^INFO 'serving_default' : Regression input must be a single string Tensor; got /);
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
  refuses([
    ["features must be defined.", () => servingInputReceiver(nothing, x())],
    ["receiver_tensors must be defined.", () => servingInputReceiver(x(), nothing)],
    ["labels must be defined.", () => supervisedInputReceiver(x(), nothing, x())],
    ["feature x must be a Tensor, SparseTensor, or RaggedTensor.", () => servingInputReceiver({ x: wrong }, x())],
    [
      "receiver_tensor x must be a Tensor, SparseTensor, or RaggedTensor.",
      () => servingInputReceiver(x(), { x: wrong }),
    ],
    ["receiver_tensors_alternatives must be a dict: ", () => servingInputReceiver(x(), x(), [x()] as never)],
    [
      "Features and labels must have distinct keys. Found overlapping keys: ",
      () => buildRawSupervisedInputReceiverFn({ a: x() }, { a: x() })(),
    ],
  ]);
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

  it("Export directory already exists, and isn't empty.", () => {
    const directory = join(scratch, "taken");
    mkdirSync(directory);
    writeFileSync(join(directory, "a"), "");
    expect(() => createExportDirectory(directory)).toThrow(
      `Export directory already exists, and isn't empty. Please choose a different export directory, or delete all the contents of the specified directory: ${directory}`,
    );
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
