import { invalidArgument } from "./status-error.js";

/** A fully known shape: the size of each dimension. */
export type Shape = readonly number[];

/** What is known of a shape before anything runs: undefined for unknown rank, -1 for an unknown dimension. */
export type PartialShape = readonly number[] | undefined;

/** The shape of a scalar. */
export const scalarShape: Shape = Object.freeze([]);

/** The number of elements of a shape. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (let i = 0; i < shape.length; i++) count *= shape[i]!;
  return count;
}

/** Whether two known shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether every dimension is known. */
export function isFullyDefined(shape: PartialShape): shape is Shape {
  return shape?.every((size) => size >= 0) === true;
}

/** A shape as Python writes a tuple: `(2, None)`, `(3,)`, `<unknown>`. */
export function shapeTuple(shape: PartialShape): string {
  if (shape === undefined) return "<unknown>";
  const sizes = shape.map((size) => (size < 0 ? "None" : String(size)));
  return `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
}

/** `[2,3]`, as TensorFlow's `TensorShape::DebugString` prints it; `?` for what is unknown. */
export function shapeText(shape: PartialShape): string {
  if (shape === undefined) return "<unknown>";
  return `[${shape.map((size) => (size < 0 ? "?" : String(size))).join(",")}]`;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

/** Whether a known shape fits what was declared. */
export function isCompatible(declared: PartialShape, actual: PartialShape): boolean {
  if (declared === undefined || actual === undefined) return true;
  if (declared.length !== actual.length) return false;
  return declared.every((size, i) => size < 0 || actual[i]! < 0 || size === actual[i]);
}

/** Both shapes' knowledge in one; INVALID_ARGUMENT where they contradict each other. */
export function mergeShapes(a: PartialShape, b: PartialShape): PartialShape {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (!isCompatible(a, b)) throw invalidArgument(`Shapes ${shapeText(a)} and ${shapeText(b)} are not compatible`);
  return a.map((size, i) => (size < 0 ? b[i]! : size));
}

/** The index of an axis that may be negative; INVALID_ARGUMENT outside [-rank, rank). */
export function normalizeAxis(axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  if (index < 0 || index >= rank) {
    throw invalidArgument(`Expected dimension in the range [${-rank}, ${rank}), but got ${axis}`);
  }
  return index;
}

/** The broadcast of two known shapes, or undefined where they do not broadcast. */
export function broadcastShapes(a: Shape, b: Shape): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = i <= a.length ? a[a.length - i]! : 1;
    const y = i <= b.length ? b[b.length - i]! : 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    result[rank - i] = x === 1 ? y : x;
  }
  return result;
}
