import type { PartialShape } from "../../../core/shape.js";
import type { LoweringNode, OnnxBuilder, OnnxValue } from "../../lowering.js";

/**
 * Input `b`, made to fail at run time where its shape is not that of input `a`; undefined where that cannot be made sure.
 *
 * For ops that do not broadcast in TensorFlow but do in ONNX. Shapes that agree but for dimensions unknown on either side are compared by
 * giving `b` the dimensions of `a` one at a time: a reshape that changes one dimension fails.
 */
export function sameShape(node: LoweringNode, onnx: OnnxBuilder, a: number, b: number): OnnxValue | undefined {
  const x = node.shape(a);
  const y = node.shape(b);
  if (x === undefined || y === undefined || x.length !== y.length) return undefined;
  const unsure: [number, number][] = [];
  for (let i = 0; i < x.length; i++) {
    if (x[i]! < 0 || y[i]! < 0) {
      if (i > 0 || node.haveSameRows?.(a, b) !== true) unsure.push([i, i]);
    } else if (x[i] !== y[i]) return undefined;
  }
  return matchDims(onnx, node.input(a), node.input(b), y.length, unsure);
}

/** `b` of rank `rank`, made to fail where one of its dimensions is not the size of the dimension of `a` it is paired with (`[of a, of b]`). */
export function matchDims(
  onnx: OnnxBuilder,
  a: OnnxValue,
  b: OnnxValue,
  rank: number,
  pairs: readonly (readonly [number, number])[],
): OnnxValue {
  let checked = b;
  for (const [from, to] of pairs) {
    const size = onnx.op("Shape", [a], { start: from, end: from + 1 });
    checked = resized(onnx, checked, rank, to, size);
  }
  return checked;
}

/** The value of rank `rank`, made to fail at run time where its dimension `axis` is smaller than `least`. */
export function atLeast(onnx: OnnxBuilder, value: OnnxValue, rank: number, axis: number, least: number): OnnxValue {
  const size = onnx.op("Shape", [value], { start: axis, end: axis + 1 });
  const isSmaller = onnx.op("Cast", [onnx.op("Less", [size, onnx.int64([least])])], { to: 7 });
  // Index 1 of a list of one is out of range.
  const zero = onnx.op("Gather", [onnx.int64([0]), isSmaller]);
  return resized(onnx, value, rank, axis, onnx.op("Add", [size, zero]));
}

/** The value reshaped so that one dimension is `size`, which fails where it is another; the zeros of the target copy the other dimensions. */
function resized(onnx: OnnxBuilder, value: OnnxValue, rank: number, axis: number, size: OnnxValue): OnnxValue {
  // A product and no Concat, because ONNX Runtime takes one unknown part of a Concat for -1, which would undo the check.
  const mask = onnx.int64(Array.from({ length: rank }, (_, i) => Number(i === axis)));
  return onnx.op("Reshape", [value, onnx.op("Mul", [mask, size])]);
}

/** Whether two shapes are known to be the same. */
export function areSame(a: PartialShape, b: PartialShape): boolean {
  return (
    a !== undefined && b !== undefined && a.length === b.length && a.every((size, i) => size >= 0 && size === b[i])
  );
}

/** Whether the shape is known to be that of a scalar. */
export function isScalar(shape: PartialShape): boolean {
  return shape !== undefined && shape.length === 0;
}
