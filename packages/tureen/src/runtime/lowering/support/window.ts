import type { PartialShape } from "../../../core/shape.js";
import type { LoweringNode, OnnxAttrs, OnnxBuilder, OnnxValue } from "../../lowering.js";
import type { ImageFormat } from "./channels.js";
import { atLeast } from "./shape-checks.js";

/** How a window moves over height and width. */
export interface WindowPlan {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding attributes of the ONNX op. */
  readonly padding: OnnxAttrs;
}

/** Padding of TensorFlow's SAME: as little as gives ceil(size / stride) windows, the odd one after. */
export function samePadding(size: number, window: number, stride: number, dilation: number): readonly [number, number] {
  const extent = (window - 1) * dilation + 1;
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
  return [total >> 1, total - (total >> 1)];
}

/** The input of a VALID window made to fail where it is smaller than the window: ONNX Runtime then makes one output, TensorFlow none. */
export function coveringWindow(
  node: LoweringNode,
  onnx: OnnxBuilder,
  input: OnnxValue,
  format: ImageFormat,
  plan: WindowPlan,
  window: readonly number[],
): OnnxValue | undefined {
  const shape = node.shape(0)!;
  const pads = plan.padding["pads"] as readonly number[] | undefined;
  if (pads === undefined || node.attrs.text("padding") === "SAME") return input;
  let checked = input;
  for (const [i, axis] of format.spatial.entries()) {
    const least = (window[i]! - 1) * plan.dilations[i]! + 1 - pads[i]! - pads[i + format.spatial.length]!;
    if (shape[axis]! >= 0 ? shape[axis]! < least : false) return undefined;
    if (shape[axis]! < 0 && least > 1) checked = atLeast(onnx, checked, shape.length, axis, least);
  }
  return checked;
}

/** Strides, dilations and pads in ONNX's terms; undefined where the padding depends on a size that is not known in a way ONNX cannot say. */
export function windowPlan(
  node: LoweringNode,
  format: ImageFormat,
  shape: PartialShape,
  window: readonly number[],
): WindowPlan | undefined {
  const allStrides = node.attrs.ints("strides");
  const allDilations = node.attrs.has("dilations") ? node.attrs.ints("dilations") : allStrides.map(() => 1);
  const strides = format.spatial.map((axis) => allStrides[axis]!);
  const dilations = format.spatial.map((axis) => allDilations[axis]!);
  if (
    allStrides[0] !== 1 ||
    allStrides[format.channelAxis] !== 1 ||
    allDilations[0] !== 1 ||
    allDilations[format.channelAxis] !== 1
  )
    return undefined;
  const padding = node.attrs.text("padding");
  if (padding === "VALID") return { strides, dilations, padding: { pads: format.spatial.flatMap(() => [0, 0]) } };
  if (padding === "EXPLICIT") {
    const explicit = node.attrs.ints("explicit_paddings");
    const of = (axis: number, side: number): number => explicit[2 * axis + side]!;
    return {
      strides,
      dilations,
      padding: { pads: [...format.spatial.map((axis) => of(axis, 0)), ...format.spatial.map((axis) => of(axis, 1))] },
    };
  }
  const sizes = format.spatial.map((axis) => shape![axis]!);
  // With a stride of 1 the padding does not depend on the size.
  const known = sizes.every((size, i) => size >= 0 || strides[i] === 1);
  if (known) {
    const pairs = sizes.map((size, i) =>
      samePadding(size >= 0 ? size : window[i]! * dilations[i]!, window[i]!, strides[i]!, dilations[i]!),
    );
    return {
      strides,
      dilations,
      padding: { pads: [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)] },
    };
  }
  // ONNX Runtime's own reckoning knows no dilations.
  return dilations.every((dilation) => dilation === 1)
    ? { strides, dilations, padding: { auto_pad: "SAME_UPPER" } }
    : undefined;
}
