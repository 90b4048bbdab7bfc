import type { PartialShape } from "../../core/shape.js";
import { stringValue, type TensorValue, tensorValue, toTensor } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { expandDims, pack, stridedSlice } from "../../graph/ops/array.js";
import { placeholder } from "../../graph/ops/control.js";
import { cast, mul, sub } from "../../graph/ops/math.js";
import { decodeCsv } from "../../graph/ops/parsing.js";
import { max, min } from "../../graph/ops/reduce.js";
import { sparsePlaceholder } from "../../graph/sparse-placeholder.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import {
  buildParsingServingInputReceiverFn,
  buildRawServingInputReceiverFn,
  buildRawSupervisedInputReceiverFn,
  type PlaceholderModel,
  type ServingInput,
  servingInputReceiver,
  tensorServingInputReceiver,
} from "../export/index.js";
import * as fc from "../feature-column/index.js";
import * as estimator from "../index.js";

/** What every canned estimator is made with here. */
type Common = { readonly modelDir: string; readonly config: estimator.RunConfig };
type Rows = Readonly<Record<string, TensorValue>>;

/** A canned estimator, the rows it learns from and how requests reach its exports: the twins of interop/estimator/canned_models.py. */
export interface CannedModel {
  readonly name: string;
  readonly rows: Rows;
  readonly labels: TensorValue | Rows | undefined;
  readonly spec: fc.ParseExampleSpec;
  readonly make: (common: Common) => estimator.Estimator;
}

/** Number of rows in each of the tables. */
const rowCount = 4;
const matrix = (width: number, ...values: number[]): TensorValue =>
  tensorValue("float32", [rowCount, width], Float32Array.from(values));
const numbers = (...values: number[]): TensorValue => tensorValue("float32", [rowCount], Float32Array.from(values));
const integers = (shape: readonly number[], ...values: number[]): TensorValue =>
  tensorValue("int64", shape, BigInt64Array.from(values, BigInt));
const words = (shape: readonly number[], ...values: string[]): TensorValue => stringValue(values, shape);

const table: Rows = {
  x: matrix(2, 0.5, -1, 1.5, 2, -0.25, 0, 3, 1),
  age: numbers(5, 15, 25, 35),
  c: words([rowCount, 1], "a", "b", "z", "a"),
  h: words([rowCount, 1], "w1", "w2", "w3", "w4"),
};
const sequences: Rows = {
  ids: integers([rowCount, 3], 1, 2, 3, 4, -1, -1, 0, 6, -1, 5, 5, 5),
  context: table["x"]!,
};
const points: Rows = { x: table["x"]! };
const binary = integers([rowCount], 0, 1, 1, 0);
const values = numbers(1, 2, 0, 3);
const classes = integers([rowCount], 2, 1, 0, 1);

function columnsOfTable(): { readonly dense: fc.FeatureColumn[]; readonly wide: fc.FeatureColumn[] } {
  const age = fc.numericColumn("age");
  const bucketized = fc.bucketizedColumn(age, [10, 20, 30]);
  const letter = fc.categoricalColumnWithVocabularyList("c", ["a", "b", "c"]);
  const word = fc.categoricalColumnWithHashBucket("h", 10);
  return {
    dense: [fc.numericColumn("x", { shape: [2] }), bucketized, fc.indicatorColumn(letter), fc.embeddingColumn(word, 3)],
    wide: [age, bucketized, letter, word, fc.crossedColumn(["c", bucketized], 20)],
  };
}

const { dense, wide } = columnsOfTable();
const sequence = [fc.embeddingColumn(fc.sequenceCategoricalColumnWithIdentity("ids", 7), 3)];
const context = [fc.numericColumn("context", { shape: [2] })];
const steps = { sequenceFeatureColumns: sequence, contextFeatureColumns: context, units: [4] };
const grove = [
  fc.bucketizedColumn(fc.numericColumn("age"), [10, 20, 30]),
  fc.indicatorColumn(fc.categoricalColumnWithVocabularyList("c", ["a", "b", "c"])),
];
const tree = { featureColumns: grove, nBatchesPerLayer: 1, nTrees: 4, maxDepth: 3 };
const denseModel = { featureColumns: dense, hiddenUnits: [4] };
const combined = { linearFeatureColumns: wide, dnnFeatureColumns: dense, dnnHiddenUnits: [4] };
const bareSpec = { x: fc.fixedLenFeature([2], "float32") };

/** Every canned estimator under several heads. */
export function cannedModels(): CannedModel[] {
  const specOf = fc.makeParseExampleSpec;
  const all = specOf([...dense, ...wide]);
  const steppedSpec = specOf([...sequence, ...context]);
  const e = estimator;
  const model = (
    name: string,
    rows: Rows,
    labels: CannedModel["labels"],
    spec: fc.ParseExampleSpec,
    make: CannedModel["make"],
  ): CannedModel => ({ name, rows, labels, spec, make });
  const multi = words([rowCount], "u", "w", "v", "u");
  const named = words([rowCount], "no", "yes", "yes", "no");
  const many = integers([rowCount, 3], 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1);
  const heads = [new e.BinaryClassHead({ name: "first" }), new e.RegressionHead({ name: "second" })];
  return [
    model("dnn_classifier", table, binary, specOf(dense), (o) => new e.DNNClassifier({ ...denseModel, ...o })),
    model("dnn_words", table, multi, specOf(dense), (o) => {
      const labelVocabulary = ["u", "v", "w"];
      return new e.DNNClassifier({ ...denseModel, nClasses: 3, labelVocabulary, batchNorm: true, ...o });
    }),
    model("dnn_regressor", table, values, specOf(dense), (o) => new e.DNNRegressor({ ...denseModel, ...o })),
    model("dnn_estimator", table, many, specOf(dense), (o) => {
      return new e.DNNEstimator({ head: new e.MultiLabelHead({ nClasses: 3 }), ...denseModel, ...o });
    }),
    model("linear_classifier", table, named, specOf(wide), (o) => {
      return new e.LinearClassifier({ featureColumns: wide, labelVocabulary: ["no", "yes"], ...o });
    }),
    model("linear_regressor", table, values, specOf(wide), (o) => {
      return new e.LinearRegressor({ featureColumns: wide, ...o });
    }),
    model("linear_estimator", table, values, specOf(wide), (o) => {
      return new e.LinearEstimator({ head: new e.PoissonRegressionHead(), featureColumns: wide, ...o });
    }),
    model("combined_classifier", table, classes, all, (o) => {
      return new e.DNNLinearCombinedClassifier({ nClasses: 3, ...combined, ...o });
    }),
    model("combined_regressor", table, values, all, (o) => new e.DNNLinearCombinedRegressor({ ...combined, ...o })),
    model("combined_estimator", table, { first: binary, second: values }, all, (o) => {
      return new e.DNNLinearCombinedEstimator({ head: new e.MultiHead({ heads }), ...combined, ...o });
    }),
    model("baseline_classifier", points, classes, bareSpec, (o) => new e.BaselineClassifier({ nClasses: 3, ...o })),
    model("baseline_regressor", points, values, bareSpec, (o) => new e.BaselineRegressor(o)),
    model("baseline_estimator", points, binary, bareSpec, (o) => {
      return new e.BaselineEstimator({ head: new e.LogisticRegressionHead(), ...o });
    }),
    model("rnn_classifier", sequences, binary, steppedSpec, (o) => {
      return new e.RNNClassifier({ ...steps, cellType: "gru", ...o });
    }),
    model("rnn_estimator", sequences, values, steppedSpec, (o) => {
      return new e.RNNEstimator({ head: new e.RegressionHead(), ...steps, cellType: "lstm", ...o });
    }),
    model("k_means", points, undefined, bareSpec, (o) => {
      const initialClusters = tensorValue("float32", [2, 2], Float32Array.of(0, 0, 1, 1));
      return new e.KMeans({ numClusters: 2, initialClusters, useMiniBatch: false, ...o });
    }),
    model("trees_classifier", table, binary, specOf(grove), (o) => new e.BoostedTreesClassifier({ ...tree, ...o })),
    model("trees_regressor", table, values, specOf(grove), (o) => new e.BoostedTreesRegressor({ ...tree, ...o })),
  ];
}

/** All rows of a model in one batch, with the labels. */
export function cannedInput({ rows, labels }: CannedModel): estimator.InputFn {
  return () =>
    Dataset.fromTensorSlices((labels === undefined ? rows : [rows, labels]) as never).batch(rowCount) as never;
}

/** Placeholders of the rows' dtypes and shapes, whose sequences may be of any length. */
function shapes(rows: Rows): Record<string, PlaceholderModel> {
  return Object.fromEntries(
    Object.entries(rows).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape: name === "ids" ? [-1, -1] : [-1, ...shape.slice(1)], name },
    ]),
  );
}

/** Lines of text, as a model's own receiver reads them. */
function csv(): ServingInput {
  const lines = placeholder({ dtype: "string", shape: [-1], name: "lines" });
  const [zero, empty] = [toTensor([0], "float32"), toTensor([""], "string")];
  const defaults = [zero, zero, zero, empty, empty];
  const [x, y, age, letter, word] = decodeCsv(lines, defaults);
  const one = (column: Tensor): Tensor => expandDims(column, 1);
  return servingInputReceiver({ x: pack([x!, y!], { axis: 1 }), age: age!, c: one(letter!), h: one(word!) }, { lines });
}

/** Columns from the second on. */
function withoutFirst(rows: Tensor): Tensor {
  const pair = (first: number, second: number): TensorValue => toTensor([first, second], "int32");
  // Both begins count but for the rows', and neither end.
  return stridedSlice(rows, pair(0, 1), pair(0, 0), pair(1, 1), { beginMask: 1, endMask: 3 });
}

function customPoints(): ServingInput {
  const rows = placeholder({ dtype: "float32", shape: [-1, 3], name: "table" });
  return servingInputReceiver({ x: withoutFirst(rows) }, rows);
}

function barePoints(): ServingInput {
  const rows = placeholder({ dtype: "float32", shape: [-1, 2], name: "table" });
  return tensorServingInputReceiver(mul(rows, constant(2, "float32")), rows);
}

/** Tokens numbered from 1, 0 where a row has ended. */
function tokens(): ServingInput {
  const ids = placeholder({ dtype: "int64", shape: [-1, -1], name: "tokens" });
  const ends = pack([max(ids, 1), min(ids, 1)], { axis: 1 });
  const features = { ids: sub(ids, constant(1n, "int64")), context: cast(ends, "float32") };
  return servingInputReceiver(features, { tokens: ids });
}

function alternatives(spec: fc.ParseExampleSpec): ServingInput {
  const plain = Object.fromEntries(
    Object.entries(spec).map(([key, one]) => [
      key,
      "dtype" in one && one.dtype === "string" ? fc.fixedLenFeature([1], "string", "") : one,
    ]),
  ) as fc.ParseExampleSpec;
  const serialized = placeholder({ dtype: "string", shape: [-1], name: "serialized" });
  const features = fc.parseExample(serialized, plain);
  const parsed: Record<string, Tensor> = {};
  for (const [key, value] of Object.entries(features)) {
    if (value instanceof SparseTensor) {
      parsed[`${key}_indices`] = value.indices;
      parsed[`${key}_values`] = value.values;
      parsed[`${key}_shape`] = value.denseShape;
    } else parsed[key] = value as Tensor;
  }
  return servingInputReceiver(features, { examples: serialized }, { parsed, bare: serialized });
}

/** The rows' ids and words as sparse tensors, fed as such; the length of sequences is not known, nor the shape of `h`. */
function sparse(rows: Rows): ServingInput {
  const shapesOfSparse: Readonly<Record<string, PartialShape>> = { c: [-1, 1], h: undefined, ids: [-1, -1] };
  const features = Object.fromEntries(
    Object.entries(rows).map(([name, { dtype, shape }]) => [
      name,
      name in shapesOfSparse
        ? sparsePlaceholder({ dtype, shape: shapesOfSparse[name], name })
        : placeholder({ dtype, shape: [-1, ...shape.slice(1)], name }),
    ]),
  );
  return servingInputReceiver(features, features, { only: features });
}

/** What makes the receiver of each mode that an export has. */
export type Receivers = Parameters<estimator.Estimator["experimentalExportAllSavedModels"]>[1];

/** The kinds of receivers that a model is exported with. */
export function cannedReceivers(model: CannedModel): ReadonlyMap<string, Receivers> {
  const { name, rows, labels, spec } = model;
  const parsing = buildParsingServingInputReceiverFn(spec);
  const custom = rows === table ? csv : rows === sequences ? tokens : customPoints;
  const kinds = new Map<string, Receivers>([
    ["parsing", { infer: parsing }],
    ["raw", { infer: buildRawServingInputReceiverFn(shapes(rows)) }],
    ["custom", { infer: custom }],
    ["alternatives", { infer: () => alternatives(spec) }],
  ]);
  if (rows !== points) kinds.set("sparse", { infer: () => sparse(rows) });
  if (name === "k_means") kinds.set("tensor", { infer: barePoints });
  if (labels !== undefined && !name.startsWith("trees")) {
    const keyed = "dtype" in labels ? { label: labels as TensorValue } : labels;
    const shaped = shapes(keyed);
    const supervised = buildRawSupervisedInputReceiverFn(shapes(rows), "dtype" in labels ? shaped["label"]! : shaped);
    kinds.set("supervised", { train: supervised, eval: supervised, infer: parsing });
  }
  return kinds;
}
