import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Kernel } from "../kernel.js";
import { type SizePart, sizeOf } from "./plan-shape-vector.js";
import { read, type Source, words } from "./plan-source.js";

/** What a fused SparseToDense does. */
export interface ToDense {
  readonly indices: Source;
  readonly values: Source;
  /** A scalar: what is where no entry is. */
  readonly filler: TensorValue;
  /** The number of rows and of columns. */
  readonly parts: readonly SizePart[];
  /** What the parts are taken from. */
  readonly sizes: readonly Source[];
  /** Whether the only column becomes a vector. */
  readonly squeeze: boolean;
}

/** A dense matrix of a sparse one whose entries are in order and inside; all else is left to `unfused`. */
export function toDenseKernel(spec: ToDense, unfused: Kernel): Kernel {
  const { filler, parts, sizes, squeeze } = spec;
  const { dtype } = filler;
  let targets = new Int32Array(64);
  return (inputs, context) => {
    const indices = read(spec.indices, inputs);
    const values = read(spec.values, inputs);
    const count = values.shape[0]!;
    const [rows, columns] = [sizeAt(parts[0]!, sizes, inputs), sizeAt(parts[1]!, sizes, inputs)];
    if (!(rows >= 0 && columns >= 0 && rows * columns <= largest)) return unfused(inputs, context);
    if (values.shape.length !== 1 || indices.dtype !== "int64" || indices.shape.length !== 2)
      return unfused(inputs, context);
    if (indices.shape[0] !== count || indices.shape[1] !== 2 || values.dtype !== dtype) return unfused(inputs, context);
    if (targets.length < count) targets = new Int32Array(count * 2);
    const places = words(indices);
    let before = -1;
    for (let i = 0; i < count; i++) {
      const row = places[i * 4]!;
      const column = places[i * 4 + 2]!;
      if (places[i * 4 + 1] !== 0 || places[i * 4 + 3] !== 0 || row >= rows || column < 0 || column >= columns)
        return unfused(inputs, context);
      const flat = row * columns + column;
      if (flat <= before) return unfused(inputs, context);
      before = flat;
      targets[i] = flat;
    }
    const shape = squeeze ? [rows] : [rows, columns];
    // Every place is taken, in order: the values are the matrix.
    if (count === rows * columns) return [tensorValue(dtype, shape, values.data as never)];
    return [tensorValue(dtype, shape, placed(values, filler, rows * columns, targets, count) as never)];
  };
}

/** Matrices beyond are for the op itself, which watches memory. */
const largest = 1_000_000;

function sizeAt(part: SizePart, sizes: readonly Source[], inputs: readonly TensorValue[]): number {
  return part.source < 0 ? part.number : sizeOf(part, read(sizes[part.source]!, inputs));
}

function placed(values: TensorValue, filler: TensorValue, total: number, targets: Int32Array, count: number): unknown {
  if (values.dtype === "string") {
    const texts = values.data as readonly Uint8Array[];
    const result = new Array<Uint8Array>(total).fill((filler.data as readonly Uint8Array[])[0]!);
    for (let i = 0; i < count; i++) result[targets[i]!] = texts[i]!;
    return result;
  }
  if (values.dtype === "float32") {
    const source = values.data as Float32Array;
    const result = new Float32Array(total).fill((filler.data as Float32Array)[0]!);
    for (let i = 0; i < count; i++) result[targets[i]!] = source[i]!;
    return result;
  }
  const source = words(values);
  const fill = words(filler);
  if (values.dtype === "int32") {
    const result = new Int32Array(total).fill(fill[0]!);
    for (let i = 0; i < count; i++) result[targets[i]!] = source[i]!;
    return result;
  }
  const result = new Int32Array(total * 2);
  for (let i = 0; i < total; i++) {
    result[i * 2] = fill[0]!;
    result[i * 2 + 1] = fill[1]!;
  }
  for (let i = 0; i < count; i++) {
    const at = targets[i]! * 2;
    result[at] = source[i * 2]!;
    result[at + 1] = source[i * 2 + 1]!;
  }
  return new BigInt64Array(result.buffer);
}
