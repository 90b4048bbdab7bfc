import { elementCount, sameShape, shapeText, stridesOf } from "../../../core/shape.js";
import { invalidArgument, outOfRange } from "../../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../../core/tensor-value.js";
import type { KernelTable } from "../../kernel.js";

function bytesOf(value: TensorValue): readonly Uint8Array[] {
  return value.data as readonly Uint8Array[];
}

/** Byte strings one after another with a separator between. */
export function joinBytes(parts: readonly Uint8Array[], separator: Uint8Array): Uint8Array {
  let length = Math.max(0, parts.length - 1) * separator.length;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    if (i > 0) {
      joined.set(separator, at);
      at += separator.length;
    }
    joined.set(parts[i]!, at);
    at += parts[i]!.length;
  }
  return joined;
}

/** StringJoin, ReduceJoin, UnsortedSegmentJoin. */
export const joinKernels: KernelTable = {
  StringJoin: ({ attrs }) => {
    const separator = attrs.bytes("separator");
    return (inputs) => {
      const shaped = inputs.find((input) => input.shape.length > 0);
      const shape = shaped?.shape ?? [];
      for (const input of inputs) {
        if (input.shape.length > 0 && !sameShape(input.shape, shape)) {
          throw invalidArgument(`Input shapes do not match: ${shapeText(shape)} vs. ${shapeText(input.shape)}`);
        }
      }
      const count = elementCount(shape);
      const result = new Array<Uint8Array>(count);
      const parts = new Array<Uint8Array>(inputs.length);
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < inputs.length; k++) {
          const input = inputs[k]!;
          parts[k] = bytesOf(input)[input.shape.length === 0 ? 0 : i]!;
        }
        result[i] = joinBytes(parts, separator);
      }
      return [tensorValue("string", shape, result)];
    };
  },

  ReduceJoin: ({ attrs }) => {
    const keepDims = attrs.bool("keep_dims");
    const separator = attrs.bytes("separator");
    return ([input, reductionIndices]) => [reduceJoin(input!, toIntegers(reductionIndices!), keepDims, separator)];
  },

  UnsortedSegmentJoin: ({ attrs }) => {
    const separator = attrs.bytes("separator");
    return ([inputs, segmentIds, numSegments]) => [unsortedSegmentJoin(inputs!, segmentIds!, numSegments!, separator)];
  },
};

function reduceJoin(
  input: TensorValue,
  axes: readonly number[],
  keepDims: boolean,
  separator: Uint8Array,
): TensorValue {
  const rank = input.shape.length;
  const seen = new Set<number>();
  const order = axes.map((axis) => {
    const index = axis < 0 ? axis + rank : axis;
    if (index < 0 || index >= rank)
      throw outOfRange(`Invalid reduction dimension ${axis} for input with ${rank} dimension(s)`);
    if (seen.has(index)) throw invalidArgument(`Duplicate reduction dimension ${axis}`);
    seen.add(index);
    return index;
  });
  const strides = stridesOf(input.shape);
  const kept = input.shape.map((_, d) => d).filter((d) => !seen.has(d));
  const shape = input.shape.flatMap((size, d) => (seen.has(d) ? (keepDims ? [1] : []) : [size]));
  const outer = offsets(kept, input.shape, strides);
  // The first of the axes runs fastest.
  const inner = offsets(order.reverse(), input.shape, strides);
  const data = bytesOf(input);
  const result = outer.map((base) =>
    joinBytes(
      inner.map((offset) => data[base + offset]!),
      separator,
    ),
  );
  return tensorValue("string", shape, result);
}

/** The offsets of all positions over some dimensions, the last of which runs fastest. */
function offsets(dimensions: readonly number[], shape: readonly number[], strides: readonly number[]): number[] {
  return dimensions.reduce<number[]>(
    (list, d) => list.flatMap((offset) => Array.from({ length: shape[d]! }, (_, i) => offset + i * strides[d]!)),
    [0],
  );
}

function unsortedSegmentJoin(
  inputs: TensorValue,
  segmentIds: TensorValue,
  numSegments: TensorValue,
  separator: Uint8Array,
): TensorValue {
  if (numSegments.shape.length > 0) throw invalidArgument("Number of segments must be a scalar");
  const count = toIntegers(numSegments)[0]!;
  if (count < 0) throw invalidArgument(`Number of segments must be non-negative but got ${count}`);
  const { shape } = inputs;
  const prefix = segmentIds.shape.length;
  if (prefix === 0) throw invalidArgument("Segment_id cannot have rank 0");
  if (prefix > shape.length) {
    throw invalidArgument(`Invalid segment_id rank ${prefix} for input with ${shape.length} dimension(s)`);
  }
  for (let d = 0; d < prefix; d++) {
    if (segmentIds.shape[d] !== shape[d]) {
      throw invalidArgument(
        // TensorFlow gives the segments' size in both places.
        `Segment dimension is ${segmentIds.shape[d]} while input dimension is ${segmentIds.shape[d]} in rank ${d}`,
      );
    }
  }
  const inner = shape.slice(prefix);
  const width = elementCount(inner);
  const ids = toIntegers(segmentIds);
  const parts: Uint8Array[][] = Array.from({ length: count * width }, () => []);
  const data = bytesOf(inputs);
  ids.forEach((id, i) => {
    if (id >= count || id < 0) {
      throw invalidArgument("segment_ids are not allowed to exceed num_segments or to have negative values.");
    }
    for (let k = 0; k < width; k++) parts[id * width + k]!.push(data[i * width + k]!);
  });
  return tensorValue(
    "string",
    [count, ...inner],
    parts.map((list) => joinBytes(list, separator)),
  );
}
