import { dtypeWidth } from "../../../core/dtype.js";
import { elementCount, shapeText, stridesOf } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { type Elements, repeated } from "./elements.js";
import { numbersOf } from "./integers.js";

/** SparseToDense: the default everywhere but at the indices, which may be a scalar, a vector or rows of a matrix. */
export function sparseToDense(
  indices: TensorValue,
  outputShape: TensorValue,
  values: TensorValue,
  defaultValue: TensorValue,
  validate: boolean,
): TensorValue {
  if (indices.shape.length > 2) {
    throw invalidArgument(
      `sparse_indices should be a scalar, vector, or matrix, got shape ${shapeText(indices.shape)}`,
    );
  }
  const count = indices.shape.length > 0 ? indices.shape[0]! : 1;
  const rank = indices.shape.length > 1 ? indices.shape[1]! : 1;
  if (outputShape.shape.length !== 1) {
    throw invalidArgument(`output_shape must be rank 1, got shape ${shapeText(outputShape.shape)}`);
  }
  if (elementCount(outputShape.shape) !== rank) {
    throw invalidArgument(
      `output_shape has incorrect number of elements: ${elementCount(outputShape.shape)} should be: ${rank}`,
    );
  }
  const isScalar = values.shape.length === 0;
  if (!isScalar && !(values.shape.length === 1 && values.shape[0] === count)) {
    throw invalidArgument(`sparse_values has incorrect shape ${shapeText(values.shape)}, should be [] or [${count}]`);
  }
  if (defaultValue.shape.length !== 0) throw invalidArgument("default_value should be a scalar.");
  const shape = Array.from(numbersOf(outputShape));
  const negative = shape.findIndex((size) => size < 0);
  if (negative >= 0) throw invalidArgument(`Dimension ${shape[negative]} must be >= 0`);
  const dense = repeated(values.dtype, shape, elementCount(shape), defaultValue);
  const target = dense.data as unknown as Elements;
  const source = values.data as unknown as Elements;
  const at = numbersOf(indices);
  const strides = stridesOf(shape);
  const width = dtypeWidth(values.dtype);
  let before = -1;
  for (let i = 0; i < count; i++) {
    let flat = 0;
    let inside = true;
    for (let d = 0; d < rank; d++) {
      const index = at[i * rank + d]!;
      if (index < 0 || index >= shape[d]!) inside = false;
      flat += index * strides[d]!;
    }
    if (validate) {
      const row = (): string => `indices[${i}] = [${at.subarray(i * rank, i * rank + rank).join(",")}]`;
      if (!inside) throw invalidArgument(`${row()} is out of bounds: need 0 <= index < ${shapeText(shape)}`);
      if (flat < before)
        throw invalidArgument(
          `${row()} is out of order. Many sparse ops require sorted indices.\n    Use \`tf.sparse.reorder\` to create a correctly ordered copy.\n\n`,
        );
      if (flat === before) throw invalidArgument(`${row()} is repeated`);
      before = flat;
    } else if (!inside) throw invalidArgument(`Indices are not valid (out of bounds).  Shape: ${shapeText(shape)}`);
    for (let k = 0; k < width; k++) target[flat * width + k] = source[(isScalar ? 0 : i) * width + k];
  }
  return dense;
}
