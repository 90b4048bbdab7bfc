import type { TensorValue } from "../../core/tensor-value.js";
import { tensorValue } from "../../core/tensor-value.js";
import type { Kernel } from "../kernel.js";
import { handleOf, type VariableResource } from "../resource-manager.js";
import { read, type Source, words } from "./plan-source.js";

/** How the embeddings of a row are combined. */
export type Combiner = "sum" | "mean" | "sqrtn";

/** What a fused look-up does. */
export interface EmbeddingLookup {
  readonly combiner: Combiner;
  /** Whether rows without ids become zeros rather than the default's embedding. */
  readonly zeros: boolean;
  readonly dropsNegative: boolean;
  /** Indices, ids, dense shape, parameters (a value or a variable's handle), default id. */
  readonly reads: readonly Source[];
}

/**
 * Looks up and combines the embeddings of the ids in each row of a sparse tensor: [rows, width].
 *
 * Takes what sparse tensors usually are: rank 2, entries in the order of their rows, ids within the table. All else is left to the nodes that
 * this kernel stands for. Sums are double precision and rounded once, as in the segment kernels.
 */
export function embeddingLookupKernel(lookup: EmbeddingLookup, unfused: Kernel): Kernel {
  const [indicesFrom, idsFrom, shapeFrom, paramsFrom, defaultFrom] = lookup.reads as [
    Source,
    Source,
    Source,
    Source,
    Source,
  ];
  const { combiner, zeros, dropsNegative } = lookup;
  // Kernels run to their end before they run again, so scratch space can stay.
  let sums = new Float64Array(8);
  return (inputs, context) => {
    const indices = read(indicesFrom, inputs);
    const ids = read(idsFrom, inputs);
    const denseShape = read(shapeFrom, inputs);
    let params: TensorValue | undefined = read(paramsFrom, inputs);
    if (params.dtype === "resource") params = context.resources.find<VariableResource>(handleOf(params))?.value;
    const count = ids.shape[0]!;
    if (params === undefined || params.dtype !== "float32" || params.shape.length !== 2)
      return unfused(inputs, context);
    if (indices.dtype !== "int64" || indices.shape.length !== 2 || indices.shape[1] !== 2 || indices.shape[0] !== count)
      return unfused(inputs, context);
    if (
      ids.shape.length !== 1 ||
      denseShape.dtype !== "int64" ||
      denseShape.shape.length !== 1 ||
      denseShape.shape[0] !== 2
    )
      return unfused(inputs, context);
    const shapeWords = words(denseShape);
    const rows = shapeWords[0]!;
    if (rows <= 0 || shapeWords[1] !== 0 || shapeWords[3] !== 0) return unfused(inputs, context);
    const limit = params.shape[0]!;
    const width = params.shape[1]!;
    const table = params.data as Float32Array;
    const places = words(indices);
    const wide = ids.dtype === "int64";
    if (!wide && ids.dtype !== "int32") return unfused(inputs, context);
    const defaultWords = words(read(defaultFrom, inputs));
    const defaultId = defaultWords[0]!;
    // The default is looked up even where zeros replace what was found.
    const hasDefault = defaultId >= 0 && defaultId < limit && (!wide || defaultWords[1] === 0);
    const idWords = words(ids);
    const output = new Float32Array(rows * width);
    if (sums.length < width) sums = new Float64Array(width);
    let at = 0;
    for (let row = 0; row < rows; row++) {
      let used = 0;
      let only = 0;
      while (at < count && places[at * 4] === row && places[at * 4 + 1] === 0) {
        const id = wide ? idWords[at * 2]! : idWords[at]!;
        const high = wide ? idWords[at * 2 + 1]! : id < 0 ? -1 : 0;
        at++;
        if (high !== 0 || id < 0 || id >= limit) {
          if (dropsNegative && high < 0) continue;
          return unfused(inputs, context);
        }
        const start = id * width;
        if (used === 0) only = start;
        else {
          if (used === 1) for (let k = 0; k < width; k++) sums[k] = table[only + k]!;
          for (let k = 0; k < width; k++) sums[k]! += table[start + k]!;
        }
        used++;
      }
      if (used === 0) {
        if (!hasDefault) return unfused(inputs, context);
        if (zeros) continue;
        only = defaultId * width;
        used = 1;
      }
      const target = row * width;
      if (used === 1) {
        // Sums begin at +0, which a lone -0 does not change.
        for (let k = 0; k < width; k++) output[target + k] = table[only + k]! + 0;
        continue;
      }
      const by = combiner === "sum" ? 1 : combiner === "mean" ? used : Math.sqrt(used);
      for (let k = 0; k < width; k++) output[target + k] = (sums[k]! + 0) / by;
    }
    // Entries out of order, or of rows that are not there.
    if (at < count) return unfused(inputs, context);
    return [tensorValue("float32", [rows, width], output)];
  };
}
