import type { DType } from "../../core/dtype.js";
import { elementCount, isFullyDefined } from "../../core/shape.js";
import { intValue, scalarValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";

// Node names and the places where a constant stands in for an op are those of `tf.shape`, `tf.size`, `tensor[...]` and the rest of
// Python's array_ops.

/** The tensor as another dtype; itself where it has it already. */
export function castTo(tensor: Tensor, dtype: DType, name = "Cast"): Tensor {
  return tensor.dtype === dtype ? tensor : build("Cast", [tensor], { DstT: dtype }, name);
}

/** The values of a sparse tensor as another dtype; the scope `Cast` is taken even where they have it already. */
export function castValues(sparse: SparseTensor, dtype: DType): Tensor {
  return nameScope("Cast", (scope) => castTo(sparse.values, dtype, scope));
}

/** The shape as a vector: a constant where it is known. */
export function shapeOf(tensor: Tensor, outType: "int32" | "int64" = "int32", name = "Shape"): Tensor {
  const { shape } = tensor;
  if (!isFullyDefined(shape)) return build("Shape", [tensor], { out_type: outType }, name);
  return constant(
    outType === "int32" ? intValue(shape) : tensorValue("int64", [shape.length], BigInt64Array.from(shape, BigInt)),
    undefined,
    name,
  );
}

/** The shape of a sparse tensor as an int32 vector. */
export function sparseShapeOf(sparse: SparseTensor): Tensor {
  return nameScope("Shape", () => build("Cast", [sparse.denseShape], { DstT: "int32" }, "Cast"));
}

/** The number of elements of a tensor: a constant where it is known. */
export function sizeOf(tensor: Tensor): Tensor {
  const { shape } = tensor;
  return isFullyDefined(shape)
    ? constant(intValue([elementCount(shape)], []), undefined, "Size")
    : build("Size", [tensor], {}, "Size");
}

/** The number of rows of a batch. */
export function batchSizeOf(tensor: Tensor): Tensor {
  return elementAt(shapeOf(tensor), 0);
}

/** What one dimension of a slice takes: an index, or a range whose missing ends are those of the tensor. */
export type SliceItem = number | { readonly from?: number; readonly to?: number };

/** `tensor[items]`, constant steps of 1. */
export function sliceOf(tensor: Tensor, items: readonly SliceItem[]): Tensor {
  let [beginMask, endMask, shrinkMask] = [0, 0, 0];
  const begin: number[] = [];
  const end: number[] = [];
  items.forEach((item, i) => {
    if (typeof item === "number") {
      begin.push(item);
      end.push(item + 1);
      shrinkMask |= 1 << i;
      return;
    }
    begin.push(item.from ?? 0);
    end.push(item.to ?? 0);
    if (item.from === undefined) beginMask |= 1 << i;
    if (item.to === undefined) endMask |= 1 << i;
  });
  return nameScope("strided_slice", (scope) => {
    const vector = (values: readonly number[]): Tensor => constant(intValue(values), undefined, "stack");
    return build(
      "StridedSlice",
      [tensor, vector(begin), vector(end), vector(items.map(() => 1))],
      { begin_mask: beginMask, end_mask: endMask, shrink_axis_mask: shrinkMask },
      scope,
    );
  });
}

/** One element of a vector. */
export function elementAt(vector: Tensor, index: number): Tensor {
  return sliceOf(vector, [index]);
}

/** Integers and scalar tensors of one dtype as a vector: Pack, its constants named after their place. */
export function packScalars(items: readonly (Tensor | number)[], dtype: "int32" | "int64", name: string): Tensor {
  return nameScope(name, (scope) => {
    const scalars = items.map((item, i) =>
      item instanceof Tensor ? item : constant(scalarValue(dtype, item), undefined, String(i)),
    );
    return build("Pack", [scalars], {}, scope);
  });
}

/** `tf.reshape` to sizes that may be tensors. */
export function reshapeTo(tensor: Tensor, sizes: readonly (Tensor | number)[]): Tensor {
  if (sizes.every((size) => typeof size === "number"))
    return build("Reshape", [tensor, intValue(sizes)], {}, "Reshape");
  return nameScope("Reshape", (scope) => build("Reshape", [tensor, packScalars(sizes, "int32", "shape")], {}, scope));
}

/** Rows of `params` (`tf.gather` along axis 0). */
export function gatherRows(params: Tensor, indices: Tensor | TensorValue): Tensor {
  return build("GatherV2", [params, indices, scalarInt(0)], {}, "GatherV2");
}

/** An int32 scalar value. */
export function scalarInt(value: number): TensorValue<"int32"> {
  return intValue([value], []);
}

/** An int64 scalar value. */
export function scalarLong(value: number): TensorValue<"int64"> {
  return scalarValue("int64", value);
}

/** The static rank of a sparse tensor, or undefined. */
export function sparseRank(sparse: SparseTensor): number | undefined {
  const size = sparse.denseShape.shape?.[0];
  return size === undefined || size < 0 ? undefined : size;
}
