import { describe, expect, it } from "vitest";
import {
  embeddingColumn,
  type FeatureColumn,
  numericColumn,
  sequenceCategoricalColumnWithIdentity,
  sequenceNumericColumn,
} from "../feature-column/index.js";
import { BinaryClassHead } from "../head/binary-class-head.js";
import { MultiClassHead } from "../head/multi-class-head.js";
import { MultiHead } from "../head/multi-head.js";
import { RegressionHead } from "../head/regression-head.js";
import { SequentialHeadWrapper } from "../head/sequential-head.js";
import { gruCell } from "../layers/recurrent/gru-cell.js";
import { lstmCell } from "../layers/recurrent/lstm-cell.js";
import type { RnnCell } from "../layers/recurrent/rnn-cell.js";
import { quietLogger } from "../log.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { Adam } from "../optimizer/keras/adam.js";
import { readFixture } from "../recorded-fixture.js";
import { runConfig } from "../run-config.js";
import {
  expectEvaluation,
  expectPredictions,
  expectTraining,
  type RecordedTraining,
  recordedModel,
} from "../testing/recorded-training.js";
import { RNNClassifier, RNNEstimator } from "./rnn.js";
import { rnnModelFn } from "./rnn-model-fn.js";

const fixture = readFixture<RecordedTraining>("rnn");

function sequences(): FeatureColumn[] {
  return [embeddingColumn(sequenceCategoricalColumnWithIdentity("ids", 7), 3), sequenceNumericColumn("price")];
}

function both(): { sequenceFeatureColumns: FeatureColumn[]; contextFeatureColumns: FeatureColumn[] } {
  return { sequenceFeatureColumns: sequences(), contextFeatureColumns: [numericColumn("context", { shape: [2] })] };
}

/** The models of the recorder, in its words. */
const models: Readonly<Record<string, () => ModelFn>> = {
  simple: () => rnnModelFn({ head: new BinaryClassHead(), ...both(), units: [6] }),
  lstm_cell: () =>
    rnnModelFn({ head: new BinaryClassHead(), sequenceFeatureColumns: sequences(), units: [5], cellType: "lstm" }),
  lstm_layer: () =>
    rnnModelFn({
      head: new BinaryClassHead(),
      sequenceFeatureColumns: sequences(),
      units: 5,
      cellType: "lstm",
      optimizer: () => new Adam({ learningRate: 0.02 }),
    }),
  gru_layer: () =>
    rnnModelFn({ head: new BinaryClassHead(), sequenceFeatureColumns: sequences(), units: 5, cellType: "gru" }),
  simple_layer: () =>
    rnnModelFn({
      head: new BinaryClassHead(),
      sequenceFeatureColumns: sequences(),
      units: 4,
      cellType: "simple_rnn",
      optimizer: "SGD",
    }),
  gru_two: () =>
    rnnModelFn({
      head: new MultiClassHead({ nClasses: 3 }),
      ...both(),
      units: [5, 4],
      cellType: "gru",
      optimizer: "Adam",
    }),
  lstm_steps: () =>
    rnnModelFn({
      head: new SequentialHeadWrapper(new BinaryClassHead({ weightColumn: "weight" }), {
        sequenceLengthMask: "sequence_mask",
        featureColumns: "weight",
      }),
      ...both(),
      units: [5],
      cellType: "lstm",
      returnSequences: true,
    }),
  regressor: () => rnnModelFn({ head: new RegressionHead(), ...both(), rnnCellFn: () => [lstmCell(4), gruCell(3)] }),
  regressor_steps: () =>
    rnnModelFn({
      head: new SequentialHeadWrapper(new RegressionHead(), { sequenceLengthMask: "mask" }),
      ...both(),
      units: [4],
      cellType: "gru",
      returnSequences: true,
    }),
};

describe("RNN estimators train as TensorFlow's", () => {
  for (const one of fixture.cases) {
    it(`${one.name}: checkpoint names, losses, last variables`, () => {
      expectTraining(fixture, one, models[one.name]!());
    });

    it(`${one.name}: evaluation and predictions`, () => {
      expectEvaluation(fixture, one, models[one.name]!());
      expectPredictions(fixture, one, models[one.name]!());
    });
  }
});

describe("validation", () => {
  const config = runConfig({ logger: quietLogger });
  const options = { ...both(), config };

  it("says what TensorFlow's constructors say", () => {
    expect(() => new RNNEstimator({ ...options, head: new RegressionHead(), returnSequences: true })).toThrow(
      "Provided head must be a `_SequentialHead` object when `return_sequences` is set to True.",
    );
    expect(() => new RNNClassifier({ ...options, rnnCellFn: () => gruCell(2), units: [2] })).toThrow(
      "units and cell_type must not be specified when using rnn_cell_fn",
    );
    expect(() => new RNNClassifier({ ...options, rnnCellFn: () => gruCell(2), cellType: "gru" })).toThrow(
      "units and cell_type must not be specified when using rnn_cell_fn",
    );
  });

  it("says what TensorFlow says of cells", () => {
    const built = (cellType: never): unknown =>
      recordedModel(
        fixture,
        fixture.cases[0]!,
        rnnModelFn({ head: new BinaryClassHead(), ...both(), units: [2], cellType }),
        ModeKeys.PREDICT,
      );
    expect(() => built("peephole" as never)).toThrow(
      "`cell_type` should be a class producing a RNN cell, or a string specifying the cell type. Supported strings are: ['simple_rnn', 'lstm', 'gru'].",
    );
    expect(() => built(((): RnnCell => ({}) as RnnCell) as never)).toThrow(
      "RNN cell should have a `call` and `state_size` method.",
    );
  });

  it("says what TensorFlow's sequential head says", () => {
    const head = new BinaryClassHead();
    expect(() => new SequentialHeadWrapper(head, { sequenceLengthMask: 4 as never })).toThrow(
      "`sequence_mask` column must be a string. Given type: <class 'int'>.",
    );
    expect(() => new SequentialHeadWrapper(head, { featureColumns: 1 as never })).toThrow(
      "`feature_columns` must be either a string or an iterable of strings got <class 'int'> instead.",
    );
    expect(() => new SequentialHeadWrapper(head, { featureColumns: [1] as never })).toThrow(
      "Column must a string. Given type: <class 'int'>.",
    );
    const named = [new BinaryClassHead({ name: "a" }), new BinaryClassHead({ name: "b" })];
    expect(() => new SequentialHeadWrapper(new MultiHead({ heads: named }))).toThrow(
      "`MultiHead` is not supported with `SequentialHeadWrapper`.",
    );
    const one = fixture.cases.find(({ name }) => name === "lstm_steps")!;
    const wanting = (columns: string, keys: readonly string[]): unknown =>
      recordedModel(
        fixture,
        { ...one, keys },
        rnnModelFn({
          head: new SequentialHeadWrapper(head, { sequenceLengthMask: "m", featureColumns: columns }),
          ...both(),
          units: [2],
          returnSequences: true,
        }),
        ModeKeys.EVAL,
      );
    expect(() => wanting("absent", ["ids", "price", "context"])).toThrow(
      "`absent` column expected in features dictionary.",
    );
    expect(() => new SequentialHeadWrapper(head).loss({ features: {}, mode: ModeKeys.EVAL } as never)).toThrow(
      "The provided sequence_length_mask key `sequence_length_mask` should be included in the features dictionary, but was not found. Found keys: [].",
    );
  });
});
