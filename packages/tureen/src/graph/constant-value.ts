import type { PartialShape } from "../core/shape.js";
import { elementCount, isFullyDefined } from "../core/shape.js";
import { intValue, type TensorValue, tensorValue, toIntegers } from "../core/tensor-value.js";
import type { Tensor } from "./graph.js";

/** Constants larger than this are not looked into: only shapes, axes and sizes matter before a run. */
const inspectedElements = 4096;

/** The value of a tensor where the graph alone tells it (`tf.get_static_value`), or undefined. */
export function constantValue(tensor: Tensor): TensorValue | undefined {
  const { op } = tensor;
  switch (op.type) {
    case "Const": {
      const value = op.attrs.tensor("value");
      return elementCount(value.shape) <= inspectedElements ? value : undefined;
    }
    case "Identity":
    case "Cast":
      return op.type === "Identity" || op.inputs[0]?.dtype === tensor.dtype
        ? knownOf(op.inputs[0])
        : castInteger(tensor);
    case "Shape": {
      const shape = op.inputs[0]?.shape;
      if (!isFullyDefined(shape)) return undefined;
      return tensor.dtype === "int64"
        ? tensorValue("int64", [shape.length], BigInt64Array.from(shape, BigInt))
        : intValue(shape);
    }
    case "Size": {
      const shape = op.inputs[0]?.shape;
      return isFullyDefined(shape) && tensor.dtype === "int32" ? intValue([elementCount(shape)], []) : undefined;
    }
    case "Rank": {
      const shape = op.inputs[0]?.shape;
      return shape === undefined ? undefined : intValue([shape.length], []);
    }
    case "Pack":
    case "StridedSlice":
    case "ConcatV2":
    case "Prod": {
      const shape = tensor.dtype === "int32" ? constantShape(tensor) : undefined;
      if (!isFullyDefined(shape)) return undefined;
      return intValue(shape, tensor.shape?.length === 0 ? [] : [shape.length]);
    }
    default:
      return undefined;
  }
}

function knownOf(tensor: Tensor | undefined): TensorValue | undefined {
  return tensor === undefined ? undefined : constantValue(tensor);
}

function castInteger(tensor: Tensor): TensorValue | undefined {
  const value = knownOf(tensor.op.inputs[0]);
  if (value === undefined || (value.dtype !== "int32" && value.dtype !== "int64")) return undefined;
  const integers = toIntegers(value);
  if (tensor.dtype === "int32") return tensorValue("int32", value.shape, Int32Array.from(integers));
  if (tensor.dtype === "int64") return tensorValue("int64", value.shape, BigInt64Array.from(integers, BigInt));
  return undefined;
}

/**
 * A tensor that will be used as a shape, as far as the graph tells it: entries that are not known are -1.
 *
 * A scalar counts as a vector of one, so that Pack can look through StridedSlice.
 */
export function constantShape(tensor: Tensor): PartialShape {
  const { op } = tensor;
  switch (op.type) {
    case "Shape":
      return op.inputs[0]?.shape;
    case "Pack": {
      if (op.attrs.int("axis") !== 0 || op.inputs.some((input) => input.shape?.length !== 0))
        return unknownEntries(tensor);
      return op.inputs.map((input) => constantShape(input)?.[0] ?? -1);
    }
    case "ConcatV2": {
      const parts = op.inputs.slice(0, -1).map(constantShape);
      return parts.some((part) => part === undefined) ? unknownEntries(tensor) : parts.flatMap((part) => part!);
    }
    case "StridedSlice":
      return sliceOfShape(tensor);
    case "Prod": {
      const parts = op.inputs[0] === undefined ? undefined : constantShape(op.inputs[0]);
      return tensor.shape?.length === 0 && isFullyDefined(parts) ? [elementCount(parts)] : unknownEntries(tensor);
    }
    default: {
      const value = constantValue(tensor);
      if (value === undefined || value.shape.length > 1) return unknownEntries(tensor);
      return toIntegers(value);
    }
  }
}

function unknownEntries(tensor: Tensor): PartialShape {
  if (tensor.shape === undefined || tensor.shape.length > 1) return undefined;
  const length = tensor.shape.length === 0 ? 1 : tensor.shape[0]!;
  return length < 0 ? undefined : new Array<number>(length).fill(-1);
}

function sliceOfShape(tensor: Tensor): PartialShape {
  const { op } = tensor;
  const [input, begin, end, strides] = op.inputs;
  const source = input === undefined ? undefined : constantShape(input);
  const [b, e, s] = [knownOf(begin), knownOf(end), knownOf(strides)];
  if (source === undefined || b === undefined || e === undefined || s === undefined) return unknownEntries(tensor);
  if (b.shape[0] !== 1 || op.attrs.int("ellipsis_mask") !== 0 || op.attrs.int("new_axis_mask") !== 0)
    return unknownEntries(tensor);
  const step = toIntegers(s)[0]!;
  if (step <= 0) return unknownEntries(tensor);
  const wrap = (index: number): number =>
    Math.max(0, Math.min(source.length, index < 0 ? index + source.length : index));
  const from = (op.attrs.int("begin_mask") & 1) !== 0 ? 0 : wrap(toIntegers(b)[0]!);
  if ((op.attrs.int("shrink_axis_mask") & 1) !== 0) return source.slice(from, from + 1);
  const to = (op.attrs.int("end_mask") & 1) !== 0 ? source.length : wrap(toIntegers(e)[0]!);
  return source.filter((_, i) => i >= from && i < to && (i - from) % step === 0);
}
