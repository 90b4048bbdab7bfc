import { allocate, type DataOf, type DType, type NumericArray } from "../../core/dtype.js";
import { sameShape, shapeText } from "../../core/shape.js";
import { internal, invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";

function binCount(size: TensorValue): number {
  if (size.shape.length > 0) throw invalidArgument(`Shape must be rank 0 but is rank ${size.shape.length}`);
  const count = toIntegers(size)[0]!;
  if (count < 0) throw invalidArgument(`size (${count}) must be non-negative`);
  return count;
}

/** Adds up the weight (1 without weights) of each value in its row's bin; values past the last bin do not count. */
function countInto(
  out: NumericArray,
  values: readonly number[],
  weights: NumericArray,
  rows: number,
  bins: number,
  binary: boolean,
): void {
  const columns = rows === 0 ? 0 : values.length / rows;
  const isBig = out instanceof BigInt64Array;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < 0) throw invalidArgument("Input arr must be non-negative!");
    if (value >= bins) continue;
    const at = Math.floor(i / columns) * bins + value;
    if (isBig) out[at] = binary ? 1n : out[at]! + (weights.length > 0 ? (weights[i] as bigint) : 1n);
    else
      (out as Float64Array)[at] = binary ? 1 : (out[at] as number) + (weights.length > 0 ? (weights[i] as number) : 1);
  }
}

const bincount: KernelFactory = (node) => {
  const dtype = node.outputTypes[0]!;
  return ([arr, size, weights]) => {
    const bins = binCount(size!);
    const weightData = weights!.data as NumericArray;
    if (weightData.length > 0 && weightData.length !== arr!.data.length) {
      throw invalidArgument("Input indices and weights must have the same size.");
    }
    const out = allocate(dtype, bins) as unknown as NumericArray;
    countInto(out, toIntegers(arr!), weightData, 1, bins, false);
    return [tensorValue(dtype, [bins], out as DataOf[DType])];
  };
};

const denseBincount: KernelFactory = (node) => {
  const dtype = node.outputTypes[0]!;
  const binary = node.attrs.bool("binary_output");
  return ([input, size, weights]) => {
    const { shape } = input!;
    if (shape.length > 2) throw invalidArgument(`Shape must be at most rank 2 but is rank ${shape.length}`);
    const bins = binCount(size!);
    const weightData = weights!.data as NumericArray;
    if (weightData.length > 0 && !sameShape(weights!.shape, shape)) {
      throw invalidArgument(
        "`weights` must be the same shape as `arr` or a length-0 `Tensor`, in which case it acts as all weights equal to 1. " +
          `Received ${shapeText(weights!.shape)}`,
      );
    }
    if (shape.length === 0) throw internal("DenseBincount of a scalar has no output");
    const rows = shape.length === 2 ? shape[0]! : 1;
    const out = allocate(dtype, rows * bins) as unknown as NumericArray;
    countInto(out, toIntegers(input!), weightData, rows, bins, binary);
    return [tensorValue(dtype, shape.length === 2 ? [rows, bins] : [bins], out as DataOf[DType])];
  };
};

/** Kernels that count values into bins. */
export const reduceCountKernels: KernelTable = {
  Bincount: bincount,
  DenseBincount: denseBincount,
};
