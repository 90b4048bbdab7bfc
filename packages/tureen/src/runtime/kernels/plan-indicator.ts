import { tensorValue } from "../../core/tensor-value.js";
import type { Kernel } from "../kernel.js";
import { read, type Source, words } from "./plan-source.js";

/**
 * Counts each id from 0 to `depth - 1` in each row of a sparse matrix of int64 ids: float32 [rows, depth]. Reads indices, shape and ids.
 *
 * Entries that are not in order, doubled or outside of the shape are left to the nodes that this kernel stands for.
 */
export function indicatorKernel(depth: number, reads: readonly Source[], unfused: Kernel): Kernel {
  const [indicesFrom, shapeFrom, idsFrom] = reads as [Source, Source, Source];
  return (inputs, context) => {
    const indices = read(indicesFrom, inputs);
    const shape = read(shapeFrom, inputs);
    const ids = read(idsFrom, inputs);
    const count = ids.shape[0]!;
    if (ids.dtype !== "int64" || ids.shape.length !== 1 || indices.dtype !== "int64" || shape.dtype !== "int64")
      return unfused(inputs, context);
    if (indices.shape.length !== 2 || indices.shape[0] !== count || indices.shape[1] !== 2)
      return unfused(inputs, context);
    if (shape.shape.length !== 1 || shape.shape[0] !== 2) return unfused(inputs, context);
    const sizes = words(shape);
    const rows = sizes[0]!;
    const columns = sizes[2]!;
    // Of no elements at all, the original nodes tell best what shape that has.
    if (rows <= 0 || sizes[1] !== 0 || columns < 0 || sizes[3] !== 0) return unfused(inputs, context);
    const places = words(indices);
    const values = words(ids);
    const output = new Float32Array(rows * depth);
    let lastRow = 0;
    let lastColumn = -1;
    for (let i = 0; i < count; i++) {
      const row = places[i * 4]!;
      const column = places[i * 4 + 2]!;
      if (places[i * 4 + 1] !== 0 || places[i * 4 + 3] !== 0 || row >= rows || column < 0 || column >= columns)
        return unfused(inputs, context);
      if (row < lastRow || (row === lastRow && column <= lastColumn)) return unfused(inputs, context);
      lastRow = row;
      lastColumn = column;
      const id = values[i * 2]!;
      if (values[i * 2 + 1] === 0 && id >= 0 && id < depth) output[row * depth + id]! += 1;
    }
    return [tensorValue("float32", [rows, depth], output)];
  };
}
