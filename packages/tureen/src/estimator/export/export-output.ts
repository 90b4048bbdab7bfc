import { checkOptions } from "../../core/check-options.js";
import { isFloatingDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { Tensor } from "../../graph/graph.js";
import type { AnyRagged } from "../../graph/ragged-tensor.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { isCompositeTensor } from "../../graph/structure.js";
import { raggedSpecToProto } from "../../saved-model/composite-info.js";
import type { SignatureInfo, TensorInfo } from "../../saved-model/signature.js";
import { methodNames } from "../../saved-model/signature-def.js";
import type { Features, FeatureTensor } from "../model-fn.js";
import { anyTensorText, tensorDictText } from "../nn/tensor-text.js";

/** How one head's outputs become a signature (`tf.estimator.export.ExportOutput`). */
export interface ExportOutput {
  readonly kind: "classification" | "regression" | "predict" | "train" | "eval";
  /** The signature for these receiver tensors; INVALID_ARGUMENT with TensorFlow's text where the API cannot carry it. */
  asSignature(receiverTensors: Features): SignatureInfo;
}

/** What a signature stores of a tensor. */
export function tensorInfo(tensor: FeatureTensor): TensorInfo {
  const { dtype, shape } = tensor;
  if (tensor instanceof Tensor) return { name: tensor.name, dtype, shape };
  if (!(tensor instanceof SparseTensor)) return raggedTensorInfo(tensor);
  const { values, indices, denseShape } = tensor;
  const sparse = { values: values.name, indices: indices.name, denseShape: denseShape.name };
  return { name: values.name, dtype, shape, sparse };
}

/** A ragged tensor is stored as its flat values, its row splits from the outermost to the innermost, and its type. */
function raggedTensorInfo({ dtype, shape, flatValues, nestedRowSplits, rowSplits }: AnyRagged): TensorInfo {
  const raggedRank = nestedRowSplits.length;
  const typeSpec = raggedSpecToProto({ dtype, shape, raggedRank, rowSplitsDtype: rowSplits.dtype });
  const components = [flatValues, ...nestedRowSplits].map((part) => tensorInfo(part));
  return { name: flatValues.name, dtype, shape, composite: { components, typeSpec } };
}

/** A signature of these tensors. */
export function signatureOf(
  inputs: Features,
  outputs: Readonly<Record<string, Tensor>>,
  methodName: string,
): SignatureInfo {
  const infos = (map: Features): Map<string, TensorInfo> =>
    new Map(Object.entries(map).map(([key, tensor]) => [key, tensorInfo(tensor)]));
  return { inputs: infos(inputs), outputs: infos(outputs), methodName, defaults: new Map() };
}

/** The one string tensor that Classify and Regress feed with serialized Examples. */
function exampleTensor(receiverTensors: Features, api: "Classification" | "Regression"): FeatureTensor {
  const tensors = Object.values(receiverTensors);
  const [examples] = tensors;
  if (tensors.length !== 1 || examples?.dtype !== "string") {
    // TensorFlow 2.15's words; up to 2.6 they were "<api> input must be a single string Tensor; got <tensors>".
    throw invalidArgument(
      `${api} signatures can only accept a single tensor input of type tf.string. Please check to make sure that you have structured the serving_input_receiver_fn so that it creates a single string placeholder. If your model function expects multiple inputs, then use \`tf.io.parse_example()\` to parse the string into multiple tensors.\n Received: ${tensorDictText(receiverTensors)}`,
    );
  }
  if (!(examples instanceof Tensor)) {
    const type =
      examples instanceof SparseTensor
        ? "tensorflow.python.framework.sparse_tensor.SparseTensor"
        : "tensorflow.python.ops.ragged.ragged_tensor.RaggedTensor";
    const wanted =
      api === "Classification"
        ? "Classification `examples` must be a string Tensor"
        : "Expected regression `examples` to be of type Tensor";
    throw invalidArgument(`${wanted}. Found \`examples\` of type <class '${type}'>.`);
  }
  return examples;
}

/**
 * Scores and labels for the Classify API (`tf.estimator.export.ClassificationOutput`).
 *
 * `scores` float [batch, classes]; `classes` string [batch, classes]; at least one of them. INVALID_ARGUMENT otherwise.
 */
export function classificationOutput(options: { readonly scores?: Tensor; readonly classes?: Tensor }): ExportOutput {
  checkOptions("classificationOutput", options, { scores: "optional", classes: "optional" });
  const { scores, classes } = options;
  if (scores !== undefined && !(scores instanceof Tensor && isFloatingDType(scores.dtype))) {
    throw invalidArgument(`Classification scores must be a float32 Tensor; got ${anyTensorText(scores)}`);
  }
  if (classes !== undefined && !(classes instanceof Tensor && classes.dtype === "string")) {
    throw invalidArgument(`Classification classes must be a string Tensor; got ${anyTensorText(classes)}`);
  }
  if (scores === undefined && classes === undefined)
    throw invalidArgument(
      "Cannot create a ClassificationOutput with empty arguments. At least one of `scores` and `classes` must be defined.",
    );
  return Object.freeze({
    kind: "classification" as const,
    scores,
    classes,
    asSignature(receiverTensors: Features): SignatureInfo {
      const inputs = exampleTensor(receiverTensors, "Classification");
      const outputs = { ...(classes === undefined ? {} : { classes }), ...(scores === undefined ? {} : { scores }) };
      return signatureOf({ inputs }, outputs, methodNames.classify);
    },
  });
}

/** A value for the Regress API (`tf.estimator.export.RegressionOutput`); float [batch] or [batch, 1]. */
export function regressionOutput(options: { readonly value: Tensor }): ExportOutput {
  checkOptions("regressionOutput", options, { value: "required" });
  const { value } = options;
  if (!(value instanceof Tensor && isFloatingDType(value.dtype))) {
    throw invalidArgument(`Regression output value must be a float32 Tensor; got ${anyTensorText(value)}`);
  }
  return Object.freeze({
    kind: "regression" as const,
    value,
    asSignature(receiverTensors: Features): SignatureInfo {
      return signatureOf(
        { inputs: exampleTensor(receiverTensors, "Regression") },
        { outputs: value },
        methodNames.regress,
      );
    },
  });
}

/** Any outputs for the Predict API (`tf.estimator.export.PredictOutput`); one bare tensor is called `output`. */
export function predictOutput(outputs: Tensor | Readonly<Record<string, Tensor>>): ExportOutput {
  const bare = outputs instanceof Tensor || isCompositeTensor(outputs);
  const named = (bare ? { output: outputs } : outputs) as Readonly<Record<string, Tensor>>;
  for (const tensor of Object.values(named)) {
    if (!(tensor instanceof Tensor))
      throw invalidArgument(`Prediction output value must be a Tensor; got ${anyTensorText(tensor)}.`);
  }
  return Object.freeze({
    kind: "predict" as const,
    outputs: named,
    asSignature: (receiverTensors: Features): SignatureInfo => signatureOf(receiverTensors, named, methodNames.predict),
  });
}
