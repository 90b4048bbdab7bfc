import { invalidArgument } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { denseFeatures, type FeatureColumn, inputLayer } from "../feature-column/index.js";
import { pythonText } from "../feature-column/python-text.js";
import { isColumnOfV1 } from "../feature-column/shared-embedding-columns.js";
import { batchNormalization } from "../layers/batch-normalization.js";
import { dense } from "../layers/dense.js";
import { type Mode, ModeKeys } from "../mode-keys.js";
import type { Features } from "../model-fn.js";
import { type Activation, activationOf } from "../nn/activation-by-name.js";
import { dropout } from "../nn/dropout.js";
import { zeroFraction } from "../nn/zero-fraction.js";
import { histogramSummary, scalarSummary } from "../summary.js";
import { type Created, trackCreated } from "./created-variables.js";

/** The hidden part of a DNN. */
export interface DnnLayers {
  readonly featureColumns: readonly FeatureColumn[];
  /** Units of each hidden layer. */
  readonly hiddenUnits: readonly number[];
  /** A function, or Keras's name of one; default ReLU. */
  readonly activationFn?: Activation | string | undefined;
  /** Share of the units that training drops; default none. */
  readonly dropout?: number | undefined;
  /** Whether to normalize each hidden layer's outputs over the batch. */
  readonly batchNorm?: boolean | undefined;
}

/** TensorFlow's DNN estimators remember a thousand batches, not Keras's hundred. */
const batchNormMomentum = 0.999;

/** Logits of a feed-forward network on feature columns, [batch, units], under the scope `dnn` (TensorFlow's `_DNNModelV2`). */
export function dnnLogits(units: number, layers: DnnLayers, features: Features, mode: Mode): Created<Tensor> {
  if (!Array.isArray(layers.hiddenUnits) || !layers.hiddenUnits.every((size) => Number.isInteger(size) && size > 0)) {
    throw invalidArgument(`hidden_units must be a list of positive ints. Given: ${pythonText(layers.hiddenUnits)}`);
  }
  if (!Number.isInteger(units)) throw invalidArgument(`units must be an int.  Given type: ${typeof units}`);
  const graph = currentGraph();
  // Keras names the layers before it builds them, which takes these names at the root.
  for (const name of [
    "input_from_feature_columns",
    ...layers.hiddenUnits.map((_, i) => `hiddenlayer_${i}`),
    "logits",
  ]) {
    graph.uniqueName(name);
  }
  return trackCreated(() => nameScope("dnn", () => dnnNetwork(units, layers, features, mode)));
}

/** The same under the current scope; `summaryScope` stands before the tags of its summaries. */
export function dnnNetwork(
  units: number,
  layers: DnnLayers,
  features: Features,
  mode: Mode,
  summaryScope = "",
): Tensor {
  const training = mode === ModeKeys.TRAIN;
  const activation = activationOf(layers.activationFn ?? "relu");
  let net = inputOf(layers.featureColumns, features);
  layers.hiddenUnits.forEach((hidden, i) => {
    const name = `hiddenlayer_${i}`;
    net = dense(net, { units: hidden, activation, name });
    if (layers.dropout !== undefined && training) net = dropout(net, layers.dropout);
    if (layers.batchNorm === true) {
      net = batchNormalization(net, { training, momentum: batchNormMomentum, name: `${name}/batchnorm_${i}` });
    }
    layerSummary(net, `${summaryScope}${name}`);
  });
  const logits = dense(net, { units, name: "logits" });
  layerSummary(logits, `${summaryScope}logits`);
  return logits;
}

function inputOf(columns: readonly FeatureColumn[], features: Features): Tensor {
  return Array.isArray(columns) && columns.some(isColumnOfV1)
    ? nameScope("input_from_feature_columns", () => inputLayer(features, columns))
    : denseFeatures(features, columns, { name: "input_from_feature_columns/input_layer" });
}

/** A layer's share of zeros and the histogram of its values. */
export function layerSummary(value: Tensor, tag: string): void {
  scalarSummary(`${tag}/fraction_of_zero_values`, zeroFraction(value));
  histogramSummary(`${tag}/activation`, value);
}
