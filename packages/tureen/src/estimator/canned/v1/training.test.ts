import { describe, expect, it } from "vitest";
import { build } from "../../../graph/build-op.js";
import { collectionKeys } from "../../../graph/collections.js";
import { Graph } from "../../../graph/graph.js";
import { withGraph } from "../../../graph/scope.js";
import { variablesIn } from "../../../graph/variable.js";
import {
  bucketizedColumn,
  categoricalColumnWithHashBucket,
  categoricalColumnWithIdentity,
  categoricalColumnWithVocabularyList,
  crossedColumn,
  denseFeatures,
  embeddingColumn,
  type FeatureColumn,
  indicatorColumn,
  inputLayer,
  numericColumn,
  sharedEmbeddingColumns,
} from "../../feature-column/index.js";
import { Reduction } from "../../losses/reduction.js";
import { ModeKeys } from "../../mode-keys.js";
import type { ModelFn } from "../../model-fn.js";
import type { Optimizer } from "../../optimizer/optimizer.js";
import { rmsPropOptimizer } from "../../optimizer/train/rmsprop.js";
import { readFixture } from "../../recorded-fixture.js";
import {
  expectEvaluation,
  expectPredictions,
  expectTraining,
  type RecordedTraining,
} from "../../testing/recorded-training.js";
import { dnnModelFn as dnnModelFnOfV2 } from "../dnn-model-fn.js";
import { classifierHead, regressorHead } from "./estimators.js";
import { baselineModelFn, combinedModelFn, dnnModelFn, linearModelFn } from "./model-fns.js";
import { optimizerByName } from "./optimizer-by-name.js";

const words = () => ({ h: build("Placeholder", [], { dtype: "string", shape: [-1, 1] }, "h") });

const fixture = readFixture<RecordedTraining>("training-v1");

function columns(): { readonly dense: FeatureColumn[]; readonly wide: FeatureColumn[] } {
  const age = numericColumn("age");
  const bucketized = bucketizedColumn(age, [10, 20, 30]);
  const letter = categoricalColumnWithVocabularyList("c", ["a", "b", "c"]);
  const word = categoricalColumnWithHashBucket("h", 10);
  return {
    dense: [numericColumn("x", { shape: [4] }), bucketized, indicatorColumn(letter), embeddingColumn(word, 3)],
    wide: [age, bucketized, letter, word, crossedColumn(["c", bucketized], 20), categoricalColumnWithIdentity("i", 5)],
  };
}

const hidden = () => ({ featureColumns: columns().dense, hiddenUnits: [8, 4] });
const both = () => ({ linearFeatureColumns: columns().wide, dnnFeatureColumns: columns().dense });

/** The models of the recorder, in its words. */
const models: Readonly<Record<string, () => ModelFn>> = {
  dnn_binary: () => dnnModelFn({ head: classifierHead({}), ...hidden() }),
  dnn_norm: () =>
    dnnModelFn({ head: classifierHead({ weightColumn: "w" }), ...hidden(), batchNorm: true, optimizer: "Adam" }),
  dnn_multi: () =>
    dnnModelFn({
      head: classifierHead({ nClasses: 3 }),
      ...hidden(),
      optimizer: () => rmsPropOptimizer(0.002),
    }),
  dnn_regressor: () =>
    dnnModelFn({ head: regressorHead({ lossReduction: Reduction.MEAN }), ...hidden(), optimizer: "SGD" }),
  dnn_shared: () => {
    const columns = ["h", "c"].map((key) => categoricalColumnWithHashBucket(key, 10));
    const featureColumns = [...sharedEmbeddingColumns(columns, 3), numericColumn("x", { shape: [4] })];
    return dnnModelFn({ head: classifierHead({}), featureColumns, hiddenUnits: [8, 4] });
  },
  linear_binary: () => linearModelFn({ head: classifierHead({}), featureColumns: columns().wide }),
  linear_multi: () =>
    linearModelFn({
      head: classifierHead({ nClasses: 3, weightColumn: "w" }),
      featureColumns: columns().wide,
      sparseCombiner: "mean",
      optimizer: "Adagrad",
    }),
  linear_regressor: () => linearModelFn({ head: regressorHead({}), featureColumns: columns().wide }),
  combined_binary: () => combinedModelFn({ head: classifierHead({}), ...both(), dnnHiddenUnits: [8, 4] }),
  combined_regressor: () =>
    combinedModelFn({ head: regressorHead({}), ...both(), dnnHiddenUnits: [8], batchNorm: true }),
  baseline_multi: () => baselineModelFn({ head: classifierHead({ nClasses: 3 }) }),
  baseline_regressor: () => baselineModelFn({ head: regressorHead({}) }),
};

describe("canned estimators of 1.x train as TensorFlow's", () => {
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

describe("columns of 1.x", () => {
  it("are for models of 1.x alone", () => {
    const featureColumns = sharedEmbeddingColumns([categoricalColumnWithHashBucket("h", 10)], 3);
    const model = dnnModelFnOfV2({ head: classifierHead({}), featureColumns, hiddenUnits: [8] });
    expect(() => withGraph(new Graph(), () => model({ features: words(), mode: ModeKeys.PREDICT } as never))).toThrow(
      "Received a feature column from TensorFlow v1, but this is a TensorFlow v2 Estimator.",
    );
    expect(() => withGraph(new Graph(), () => denseFeatures(words(), featureColumns))).toThrow(
      "Items of feature_columns must be a FeatureColumn. Given (type <class 'tensorflow.python.feature_column.feature_column._SharedEmbeddingColumn'>): _SharedEmbeddingColumn(categorical_column=HashedCategoricalColumn(",
    );
  });

  it("give input layers of one graph one table", () => {
    const graph = new Graph();
    withGraph(graph, () => {
      const shared = sharedEmbeddingColumns([categoricalColumnWithHashBucket("h", 10)], 3);
      const features = words();
      const layers = [inputLayer(features, shared), inputLayer(features, shared)];
      expect(layers.map(({ name }) => name)).toEqual(["input_layer/concat/concat:0", "input_layer_1/concat/concat:0"]);
    });
    expect(variablesIn(graph, collectionKeys.globalVariables).map(({ name }) => name)).toEqual([
      "input_layer/h_shared_embedding/embedding_weights",
    ]);
  });
});

describe("optimizers of 1.x", () => {
  it("are refused as TensorFlow refuses them", () => {
    expect(() => optimizerByName("Lion", 0.1)).toThrow(
      "Unsupported optimizer name: Lion. Supported names are: ('Adagrad', 'Adam', 'Ftrl', 'RMSProp', 'SGD')",
    );
    expect(() => optimizerByName({} as Optimizer, 0.1)).toThrow("The given object is not an Optimizer instance.");
  });
});
