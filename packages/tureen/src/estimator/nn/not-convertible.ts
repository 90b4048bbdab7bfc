import { invalidArgument, type StatusError } from "../../core/status-error.js";
import { type RaggedRows, RaggedTensor } from "../../graph/ragged-tensor.js";
import { raggedTensorText } from "./tensor-text.js";

/** What TensorFlow says where a dense or sparse tensor is taken and a ragged one is given (INVALID_ARGUMENT). */
export function notConvertible(ragged: RaggedRows): StatusError {
  return invalidArgument(
    `Failed to convert elements of ${raggedTensorText(ragged)} to Tensor. Consider casting elements to a supported type. See https://www.tensorflow.org/api_docs/python/tf/dtypes for supported TF dtypes.`,
  );
}

/** The value, unless it is a ragged tensor: INVALID_ARGUMENT in TensorFlow's words. */
export function notRagged<Value>(value: Value): Exclude<Value, RaggedRows> {
  if (value instanceof RaggedTensor) throw notConvertible(value as RaggedRows);
  return value as Exclude<Value, RaggedRows>;
}
