import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import { Graph, Tensor } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { isCompositeTensor } from "../../graph/structure.js";
import { type InputFn, openInput } from "../input.js";
import type { FeatureTensor } from "../model-fn.js";
import type { ReceiverOptions } from "./parsing-serving-input-receiver.js";
import { receiverOptionsTable } from "./parsing-serving-input-receiver.js";
import {
  bareTensorNames,
  type ServingInputReceiver,
  type SupervisedInputReceiver,
  servingInputReceiver,
  supervisedInputReceiver,
  type TensorsOrOne,
} from "./serving-input-receiver.js";

/** What a placeholder is modelled on: a tensor of any graph, or a dtype and a shape whose first dimension is the batch. */
export type PlaceholderModel =
  | FeatureTensor
  | { readonly dtype: DType; readonly shape: PartialShape; readonly name?: string };

/**
 * A receiver of the features themselves (`tf.estimator.export.build_raw_serving_input_receiver_fn`).
 *
 * Each gets a placeholder of its dtype and shape, but for the batch, named after the operation it is modelled on: a dense one, as in TensorFlow, where
 * that is a sparse or a ragged tensor.
 */
export function buildRawServingInputReceiverFn(
  features: Readonly<Record<string, PlaceholderModel>>,
  options: ReceiverOptions = {},
): () => ServingInputReceiver {
  checkOptions("buildRawServingInputReceiverFn", options, receiverOptionsTable);
  return () => {
    const placeholders = placeholdersOf(features, options);
    return servingInputReceiver(placeholders, placeholders);
  };
}

/** A receiver of features and labels themselves; INVALID_ARGUMENT where both have one name. A bare tensor is received as `input` or `label`. */
export function buildRawSupervisedInputReceiverFn(
  features: TensorsOrOne<PlaceholderModel>,
  labels: TensorsOrOne<PlaceholderModel>,
  options: ReceiverOptions = {},
): () => SupervisedInputReceiver {
  checkOptions("buildRawSupervisedInputReceiverFn", options, receiverOptionsTable);
  const featureKeys = isModel(features) ? [bareTensorNames.receiver_tensor] : Object.keys(features);
  const labelKeys = isModel(labels) ? [bareTensorNames.label] : Object.keys(labels);
  const shared = featureKeys.filter((key) => labelKeys.includes(key));
  if (shared.length > 0) {
    const text = shared.map((key) => `'${key}'`).join(", ");
    throw invalidArgument(`Features and labels must have distinct keys. Found overlapping keys: {${text}}`);
  }
  return () => {
    const madeFeatures = isModel(features) ? placeholderOf(features, options) : placeholdersOf(features, options);
    const madeLabels = isModel(labels) ? placeholderOf(labels, options) : placeholdersOf(labels, options);
    const receivers = {
      ...(madeFeatures instanceof Tensor ? { [bareTensorNames.receiver_tensor]: madeFeatures } : madeFeatures),
      ...(madeLabels instanceof Tensor ? { [bareTensorNames.label]: madeLabels } : madeLabels),
    };
    return supervisedInputReceiver(madeFeatures, madeLabels, receivers);
  };
}

/**
 * A receiver of what an input function gives, whose dtypes and shapes a throw-away graph tells
 * (`tf.estimator.experimental.build_supervised_input_receiver_fn_from_input_fn`).
 */
export async function buildSupervisedInputReceiverFnFromInputFn(
  inputFn: InputFn,
): Promise<() => SupervisedInputReceiver> {
  const input = await openInput(inputFn, new Graph());
  await input.close();
  if (input.labels === undefined) throw invalidArgument("labels must be defined.");
  return buildRawSupervisedInputReceiverFn(input.features, input.labels);
}

function placeholdersOf(
  models: Readonly<Record<string, PlaceholderModel>>,
  options: ReceiverOptions,
): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(models).map(([key, model]) => [key, placeholderOf(model, options)]));
}

function placeholderOf(model: PlaceholderModel, options: ReceiverOptions): Tensor {
  const { dtype, shape } = model;
  const batched = shape === undefined ? null : [options.defaultBatchSize ?? -1, ...shape.slice(1)];
  return build("Placeholder", [], { dtype, shape: batched }, nameOf(model) ?? "Placeholder");
}

/** A ragged tensor has no operation of its own. */
function nameOf(model: PlaceholderModel): string | undefined {
  if (model instanceof Tensor) return model.op.name;
  if (model instanceof SparseTensor) return model.values.op.name;
  return model instanceof RaggedTensor ? undefined : model.name;
}

function isModel(value: TensorsOrOne<PlaceholderModel>): value is PlaceholderModel {
  if (value instanceof Tensor || isCompositeTensor(value)) return true;
  return typeof (value as { dtype?: unknown }).dtype === "string" && "shape" in value;
}
