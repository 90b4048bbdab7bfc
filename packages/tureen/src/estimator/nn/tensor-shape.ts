import type { DType } from "../../core/dtype.js";
import { elementCount, isFullyDefined } from "../../core/shape.js";
import { tensorValue, toTensor } from "../../core/tensor-value.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";

/** The shape of a tensor: a Const where it is known while building, as `tf.shape` makes it. */
export function shapeOf(x: Tensor, name = "Shape"): Tensor {
  if (isFullyDefined(x.shape)) return constant(toTensor([...x.shape], "int32", [x.shape.length]), "int32", name);
  return build("Shape", [x], {}, name);
}

/** The number of dimensions: a Const where known. */
export function rankOf(x: Tensor, name = "Rank"): Tensor {
  return x.shape === undefined ? build("Rank", [x], {}, name) : constant(x.shape.length, "int32", name);
}

/** The number of elements: a Const where known. */
export function sizeOf(x: Tensor, name = "Size", outType: DType = "int32"): Tensor {
  if (isFullyDefined(x.shape)) return constant(elementCount(x.shape), outType, name);
  return build("Size", [x], { out_type: outType }, name);
}

/** Python's slicing of one dimension: `x[begin:end]`, or `x[begin]` with `shrink`. */
export function sliceFirst(
  x: Tensor,
  range: { readonly begin?: number; readonly end?: number; readonly shrink?: boolean },
  name = "strided_slice",
): Tensor {
  const { begin, end, shrink } = range;
  return nameScope(name, (scope) => {
    const first = begin ?? 0;
    const last = shrink === true ? first + 1 : (end ?? 0);
    return build(
      "StridedSlice",
      [x, constant([first], "int32", "stack"), constant([last], "int32", "stack_1"), constant([1], "int32", "stack_2")],
      {
        begin_mask: begin === undefined ? 1 : 0,
        end_mask: end === undefined && shrink !== true ? 1 : 0,
        shrink_axis_mask: shrink === true ? 1 : 0,
      },
      scope,
    );
  });
}

/** Joins tensors along an axis; one alone stays as it is. */
export function concat(values: readonly TensorLike[], axis: number, name = "concat"): Tensor {
  if (values.length === 1) {
    nameScope(name, () => constant(axis, "int32", "concat_dim"));
    return build("Identity", [values[0]!], {}, name);
  }
  return build("ConcatV2", [values, toTensor(axis, "int32")], {}, name);
}

/** Adds a dimension of one. */
export function expandDims(x: Tensor, dim: number, name = "ExpandDims"): Tensor {
  return build("ExpandDims", [x, toTensor(dim, "int32")], {}, name);
}

/** Gives another shape. */
export function reshape(x: Tensor, shape: Tensor | readonly number[], name = "Reshape"): Tensor {
  return build(
    "Reshape",
    [x, Array.isArray(shape) ? toTensor([...shape], "int32", [shape.length]) : (shape as Tensor)],
    {},
    name,
  );
}

/** Zeros of a tensor's shape. */
export function zerosLike(x: Tensor, name = "zeros_like"): Tensor {
  return build("ZerosLike", [x], {}, name);
}

/** Ones of a tensor's shape, as `tf.ones_like` builds them. */
export function onesLike(x: Tensor, name = "ones_like"): Tensor {
  return nameScope(name, (scope) => build("Fill", [shapeOf(x), constant(1, x.dtype, "Const")], {}, scope));
}

/** Sums over axes; over all of them where none are given. */
export function reduceSum(x: Tensor, axes?: readonly number[], name = "Sum"): Tensor {
  return reduce("Sum", x, axes, name);
}

/** Whether all elements are true. */
export function reduceAll(x: Tensor, name = "All"): Tensor {
  return reduce("All", x, undefined, name);
}

/** The mean over axes; over all of them where none are given. */
export function reduceMean(x: Tensor, axes?: readonly number[], keepDims = false, name = "Mean"): Tensor {
  return reduce("Mean", x, axes, name, keepDims);
}

function reduce(type: string, x: Tensor, axes: readonly number[] | undefined, name: string, keepDims = false): Tensor {
  const indices = axes === undefined ? allAxes(x) : axisValue(axes);
  return build(type, [x, indices], { keep_dims: keepDims }, name);
}

function axisValue(axes: readonly number[]): TensorLike {
  return axes.length === 1 ? toTensor(axes[0]!, "int32") : toTensor([...axes], "int32", [axes.length]);
}

function allAxes(x: Tensor): Tensor {
  if (x.shape === undefined)
    return build("Range", [constant(0, "int32"), rankOf(x), constant(1, "int32")], {}, "range");
  const { length } = x.shape;
  return constant(
    tensorValue(
      "int32",
      [length],
      Int32Array.from({ length }, (_, i) => i),
    ),
    "int32",
    "Const",
  );
}
