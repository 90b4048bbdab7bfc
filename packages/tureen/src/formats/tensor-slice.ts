import { elementCount, type Shape, sameShape, shapeText } from "../core/shape.js";
import { internal, invalidArgument } from "../core/status-error.js";
import { encodeText } from "../core/text.js";
import { OrderedCodeWriter } from "./ordered-code.js";

/** What a slice takes of one dimension: `length` indices from `start`, or all of them where length is -1. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

/** A block of a tensor: an extent for each dimension. */
export type TensorSlice = readonly Extent[];

const fullExtent: Extent = Object.freeze({ start: 0, length: -1 });

/** The slice that takes everything of a tensor of some rank. */
export function fullSlice(rank: number): TensorSlice {
  return Array.from({ length: rank }, () => fullExtent);
}

/** `0,5:-`, as TensorFlow prints and parses a slice. */
export function sliceText(slice: TensorSlice): string {
  return slice.map(({ start, length }) => (length < 0 ? "-" : `${start},${length}`)).join(":");
}

const decimal = /^[+-]?[0-9]+$/;

/** The slice of a text such as `0,5:-`; INVALID_ARGUMENT with TensorFlow's text for another. */
export function parseSlice(text: string): TensorSlice {
  const items = text.split(":").filter((item) => item !== "");
  return items.map((item) => {
    if (item === "-") return fullExtent;
    const pair = item.split(",").filter((part) => part !== "");
    if (pair.length !== 2 || !pair.every((part) => decimal.test(part))) {
      throw invalidArgument(`Expected a pair of numbers or '-' but got '${item}': string = ${text}`);
    }
    const [start, length] = pair.map(Number) as [number, number];
    if (start < 0 || length <= 0) {
      throw invalidArgument(
        `Expected non-negative start and positive length but got start = ${start}, length = ${length}: string = ${text}`,
      );
    }
    return { start, length };
  });
}

/** The shape of what the slice takes of a tensor; INTERNAL, as in TensorFlow, where it does not lie within. */
export function slicedShape(slice: TensorSlice, shape: Shape): Shape {
  if (slice.length !== shape.length) {
    throw internal(`Mismatching ranks: shape = ${shapeText(shape)}, slice = ${sliceText(slice)}`);
  }
  return slice.map(({ start, length }, d) => {
    if (length < 0) return shape[d]!;
    if (start + length <= shape[d]!) return length;
    throw internal(`Extent in dimension ${d} out of bounds: shape = ${shapeText(shape)}, slice = ${sliceText(slice)}`);
  });
}

/** Whether the slice takes the whole tensor, said so or by its numbers. */
export function isFullSlice(slice: TensorSlice, shape: Shape): boolean {
  return slice.every(({ length }) => length < 0) || sameShape(slicedShape(slice, shape), shape);
}

/** What one string of `shape_and_slices` says: the full tensor's shape, the slice, and the slice's own shape. */
export interface ShapeAndSlice {
  readonly shape: Shape;
  readonly slice: TensorSlice;
  readonly sliceShape: Shape;
}

/** Parses a string of the `shape_and_slices` input of SaveV2 and RestoreV2, such as `10 20 0,5:-`; errors are TensorFlow's. */
export function parseShapeAndSlice(spec: string): ShapeAndSlice {
  const parts = spec.split(" ");
  if (parts.length < 2) {
    throw invalidArgument(`Need least two elements in shape_and_slice specification: ${spec}`);
  }
  const slice = parseSlice(parts.pop()!);
  if (!parts.every((part) => decimal.test(part))) {
    throw invalidArgument(`Non numerical dimension in shape_and_slice: ${spec}`);
  }
  const shape = parts.map(Number);
  return { shape, slice, sliceShape: slicedShape(slice, shape) };
}

/** The key under which a bundle keeps a slice of a tensor (`EncodeTensorNameSlice`). It starts with a zero byte, as no tensor name does. */
export function sliceKey(name: string, slice: TensorSlice): Uint8Array {
  const writer = new OrderedCodeWriter().number(0).string(encodeText(name)).number(slice.length);
  for (const { start, length } of slice) writer.signedNumber(start).signedNumber(length);
  return writer.finish();
}

/** The slice with -1 lengths replaced by the dimensions. */
function explicit(slice: TensorSlice, shape: Shape): TensorSlice {
  return slice.map(({ start, length }, d) => (length < 0 ? { start: 0, length: shape[d]! } : { start, length }));
}

/** What two slices of a tensor have in common, undefined for nothing. */
export function intersectSlices(a: TensorSlice, b: TensorSlice, shape: Shape): TensorSlice | undefined {
  const x = explicit(a, shape);
  const y = explicit(b, shape);
  const result = x.map((extent, d) => {
    const start = Math.max(extent.start, y[d]!.start);
    return { start, length: Math.min(extent.start + extent.length, y[d]!.start + y[d]!.length) - start };
  });
  return result.every(({ length }) => length > 0) ? result : undefined;
}

/**
 * The stored slices that together make up `wanted`, or undefined where they leave a gap.
 *
 * Stored slices that overlap are INTERNAL, as in TensorFlow's `TensorSliceSet`.
 */
export function coveringSlices(
  stored: readonly TensorSlice[],
  wanted: TensorSlice,
  shape: Shape,
): readonly TensorSlice[] | undefined {
  stored.forEach((slice, i) => {
    slicedShape(slice, shape);
    for (const earlier of stored.slice(0, i)) {
      if (intersectSlices(earlier, slice, shape) === undefined) continue;
      throw internal(`Overlapping slices: existing slice = ${sliceText(earlier)}, new slice = ${sliceText(slice)}`);
    }
  });
  let covered = 0;
  const used = stored.filter((slice) => {
    const common = intersectSlices(slice, wanted, shape);
    if (common !== undefined) covered += elementCount(common.map(({ length }) => length));
    return common !== undefined;
  });
  return covered === elementCount(slicedShape(wanted, shape)) ? used : undefined;
}

/**
 * Copies what slice `from` (its bytes in `source`) and slice `to` (its bytes in `target`) of one tensor have in common.
 *
 * Both are row-major; `elementSize` is in bytes.
 */
export function copySlice(
  shape: Shape,
  from: TensorSlice,
  source: Uint8Array,
  to: TensorSlice,
  target: Uint8Array,
  elementSize: number,
): void {
  const common = intersectSlices(from, to, shape);
  if (common === undefined) return;
  const x = explicit(from, shape);
  const y = explicit(to, shape);
  // Trailing dimensions that both sides hold whole make one run with the dimension before them.
  let last = shape.length - 1;
  let run = elementSize;
  while (last > 0 && common[last]!.length === x[last]!.length && common[last]!.length === y[last]!.length) {
    run *= common[last]!.length;
    last -= 1;
  }
  const sourceStrides = strides(x, elementSize);
  const targetStrides = strides(y, elementSize);
  const bytes = run * common[last]!.length;
  const copy = (d: number, sourceAt: number, targetAt: number): void => {
    const { start, length } = common[d]!;
    let s = sourceAt + (start - x[d]!.start) * sourceStrides[d]!;
    let t = targetAt + (start - y[d]!.start) * targetStrides[d]!;
    if (d === last) {
      target.set(source.subarray(s, s + bytes), t);
      return;
    }
    for (let i = 0; i < length; i++, s += sourceStrides[d]!, t += targetStrides[d]!) copy(d + 1, s, t);
  };
  copy(0, 0, 0);
}

function strides(slice: TensorSlice, elementSize: number): number[] {
  const result = new Array<number>(slice.length);
  let stride = elementSize;
  for (let d = slice.length - 1; d >= 0; d--) {
    result[d] = stride;
    stride *= slice[d]!.length;
  }
  return result;
}
