import { shapeText, stridesOf } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { int64Value, numbersOf } from "./integers.js";

/** SparseReshape: the same entries in row-major order under another shape, one of whose sizes may be -1. */
export function sparseReshape(indices: TensorValue, inputShape: TensorValue, newShape: TensorValue): TensorValue[] {
  if (indices.shape.length !== 2) {
    throw invalidArgument("Input must be a matrix.");
  }
  if (inputShape.shape.length !== 1) {
    throw invalidArgument("Input shape must be a vector.");
  }
  if (newShape.shape.length !== 1) {
    throw invalidArgument(`Target shape should be a vector but received shape ${shapeText(newShape.shape)}`);
  }
  const from = Array.from(numbersOf(inputShape));
  const to = Array.from(numbersOf(newShape));
  if (indices.shape[1] !== from.length) {
    throw invalidArgument("Input tensor rank must match input shape length.");
  }
  if (from.length === 0) throw invalidArgument("Input tensor must have rank at least 1");
  const size = from.reduce((product, n) => product * n, 1);
  const unknown = to.indexOf(-1);
  let known = 1;
  to.forEach((n, d) => {
    if (n === -1) {
      if (d !== unknown) throw invalidArgument(`only one output dimension may be -1, not both ${unknown} and ${d}`);
    } else if (n < 0) throw invalidArgument(`size ${d} must be non-negative, not ${n}`);
    else known *= n;
  });
  if (unknown >= 0) {
    if (known <= 0) {
      throw invalidArgument(
        "reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are non-zero",
      );
    }
    const missing = Math.floor(size / known);
    if (known * missing !== size) {
      throw invalidArgument(
        `Input to reshape is a SparseTensor with ${size} dense values, but the requested shape requires a multiple of ${known}. input_shape=${shapeText(from)} output_shape=${shapeText(to.map((n) => (n === -1 ? 1 : n)))}`,
      );
    }
    to[unknown] = missing;
  }
  const wanted = to.reduce((product, n) => product * n, 1);
  if (wanted !== size) {
    throw invalidArgument(
      `Input to reshape is a tensor with ${size} dense values, but the requested shape has ${wanted}. input_shape=${shapeText(from)} output_shape=${shapeText(to)}`,
    );
  }
  const shape = int64Value([to.length], to);
  if (from.length === to.length && from.every((n, d) => n === to[d])) return [indices, shape];
  const count = indices.shape[0]!;
  if (size === 0) return [int64Value([count, to.length], new Float64Array(count * to.length)), shape];
  const source = numbersOf(indices);
  const inStrides = stridesOf(from);
  const outStrides = stridesOf(to);
  const result = new Float64Array(count * to.length);
  for (let i = 0; i < count; i++) {
    let flat = 0;
    for (let d = 0; d < from.length; d++) flat += source[i * from.length + d]! * inStrides[d]!;
    for (let d = 0; d < to.length; d++) {
      const stride = outStrides[d]!;
      const at = Math.floor(flat / stride);
      result[i * to.length + d] = at;
      flat -= at * stride;
    }
  }
  return [int64Value([count, to.length], result), shape];
}
