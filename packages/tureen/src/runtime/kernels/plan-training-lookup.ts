import type { DType } from "../../core/dtype.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Kernel } from "../kernel.js";
import { handleOf, type VariableResource } from "../resource-manager.js";
import type { Combiner, EmbeddingLookup } from "./plan-embedding-lookup.js";
import { read, type Source, words } from "./plan-source.js";

/** A look-up that also gives what its gradient needs. */
export interface TrainingLookup extends EmbeddingLookup {
  /** The dtype of places among the distinct ids: int32 or int64. */
  readonly placeType: DType;
  /** The dtype of row numbers: int32 or int64. */
  readonly rowType: DType;
}

/** Tables with more rows than this find distinct ids by a map: a number for each row would take more memory than the batch is worth. */
const mostDirect = 1 << 22;

/**
 * `embeddingLookupKernel` with its inner values: [result, distinct ids, the place of each id among them, the row of each id, which rows were
 * empty].
 *
 * Ids are distinct in the order of their first use, as `Unique` gives them; an empty row counts as one with the default id.
 */
export function trainingLookupKernel(lookup: TrainingLookup, unfused: Kernel): Kernel {
  const [indicesFrom, idsFrom, shapeFrom, paramsFrom, defaultFrom] = lookup.reads as [
    Source,
    Source,
    Source,
    Source,
    Source,
  ];
  const { combiner, zeros, dropsNegative, placeType, rowType } = lookup;
  const distinct = distinctIds();
  let scratch = new Int32Array(0);
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
    if (ids.shape.length !== 1 || denseShape.dtype !== "int64" || denseShape.shape[0] !== 2)
      return unfused(inputs, context);
    const shapeWords = words(denseShape);
    const rows = shapeWords[0]!;
    if (rows <= 0 || shapeWords[1] !== 0 || shapeWords[3] !== 0) return unfused(inputs, context);
    const wide = ids.dtype === "int64";
    if (!wide && ids.dtype !== "int32") return unfused(inputs, context);
    const limit = params.shape[0]!;
    const width = params.shape[1]!;
    const table = params.data as Float32Array;
    const defaultWords = words(read(defaultFrom, inputs));
    const defaultId = defaultWords[0]!;
    const hasDefault = defaultId >= 0 && defaultId < limit && (!wide || defaultWords[1] === 0);
    const places = words(indices);
    const idWords = words(ids);
    const most = count + rows;
    if (scratch.length < most * 3) scratch = new Int32Array(most * 3);
    // Distinct ids, places and rows, each in its third.
    const [placeAt, rowAt] = [most, most * 2];
    distinct.begin(limit);
    let used = 0;
    let ends = 0;
    const output = new Float32Array(rows * width);
    const empty = new Uint8Array(rows);
    if (sums.length < width) sums = new Float64Array(width);
    let at = 0;
    for (let row = 0; row < rows; row++) {
      const first = used;
      while (at < count && places[at * 4] === row && places[at * 4 + 1] === 0) {
        const id = wide ? idWords[at * 2]! : idWords[at]!;
        const high = wide ? idWords[at * 2 + 1]! : id < 0 ? -1 : 0;
        at++;
        if (high !== 0 || id < 0 || id >= limit) {
          if (dropsNegative && high < 0) continue;
          return unfused(inputs, context);
        }
        const place = distinct.placeOf(id, ends);
        if (place === ends) scratch[ends++] = id;
        scratch[placeAt + used] = place;
        scratch[rowAt + used] = row;
        used++;
      }
      if (used === first) {
        if (!hasDefault) return unfused(inputs, context);
        empty[row] = 1;
        const place = distinct.placeOf(defaultId, ends);
        if (place === ends) scratch[ends++] = defaultId;
        scratch[placeAt + used] = place;
        scratch[rowAt + used] = row;
        used++;
        if (zeros) continue;
      }
      const target = row * width;
      const start = scratch[scratch[placeAt + first]!]! * width;
      if (used === first + 1) {
        // Sums begin at +0, which a lone -0 does not change.
        for (let k = 0; k < width; k++) output[target + k] = table[start + k]! + 0;
        continue;
      }
      for (let k = 0; k < width; k++) sums[k] = table[start + k]!;
      for (let i = first + 1; i < used; i++) {
        const from = scratch[scratch[placeAt + i]!]! * width;
        for (let k = 0; k < width; k++) sums[k]! += table[from + k]!;
      }
      const by = divisor(combiner, used - first);
      for (let k = 0; k < width; k++) output[target + k] = (sums[k]! + 0) / by;
    }
    // Entries out of order, or of rows that are not there.
    if (at < count) return unfused(inputs, context);
    return [
      tensorValue("float32", [rows, width], output),
      integers(ids.dtype, scratch, 0, ends),
      integers(placeType, scratch, placeAt, used),
      integers(rowType, scratch, rowAt, used),
      tensorValue("bool", [rows], empty),
    ];
  };
}

/** What the sum of a number of embeddings is divided by. */
function divisor(combiner: Combiner, count: number): number {
  return combiner === "sum" ? 1 : combiner === "mean" ? count : Math.sqrt(count);
}

function integers(dtype: DType, source: Int32Array, from: number, count: number): TensorValue {
  if (dtype === "int32") return tensorValue("int32", [count], source.slice(from, from + count));
  const target = new Int32Array(count * 2);
  for (let i = 0; i < count; i++) target[i * 2] = source[from + i]!;
  return tensorValue("int64", [count], new BigInt64Array(target.buffer));
}

/** Numbers distinct ids in the order in which they come. */
function distinctIds(): { begin(limit: number): void; placeOf(id: number, next: number): number } {
  // By id: the run it was last seen in, and its place then. Nothing has to be cleared between runs.
  let seen = new Int32Array(0);
  let place = new Int32Array(0);
  let run = 0;
  let map: Map<number, number> | undefined;
  return {
    begin(limit) {
      map = limit > mostDirect ? new Map() : undefined;
      if (map !== undefined) return;
      run++;
      if (seen.length < limit || run === 0x7fffffff) {
        seen = new Int32Array(limit);
        place = new Int32Array(limit);
        run = 1;
      }
    },
    placeOf(id, next) {
      if (map !== undefined) {
        const known = map.get(id);
        if (known === undefined) map.set(id, next);
        return known ?? next;
      }
      if (seen[id] === run) return place[id]!;
      seen[id] = run;
      place[id] = next;
      return next;
    },
  };
}

/**
 * The gradient of the looked up embeddings, a row for each distinct id: reads the gradient of the result, and the look-up's places, rows, empty
 * rows and distinct ids.
 *
 * With `masked`, rows that were empty pass nothing on. Semantics: `SparseSegmentSumGrad` and its kin after the `Select` of empty rows.
 */
export function lookupGradientKernel({
  combiner,
  masked,
}: {
  readonly combiner: Combiner;
  readonly masked: boolean;
}): Kernel {
  let counts = new Int32Array(0);
  // Summed in double precision and rounded once, as in the segment kernels.
  let sums = new Float64Array(0);
  return ([gradient, placesOf, rowsOf, emptyRows, distinct]) => {
    const empty = emptyRows!.data as Uint8Array;
    const rows = empty.length;
    const source = gradient!.data as Float32Array;
    const width = rows === 0 ? 0 : source.length / rows;
    const count = distinct!.shape[0]!;
    const size = count * width;
    if (sums.length < size) sums = new Float64Array(size);
    sums.fill(0, 0, size);
    const places = words(placesOf!);
    const numbers = words(rowsOf!);
    const placeStep = placesOf!.dtype === "int64" ? 2 : 1;
    const rowStep = rowsOf!.dtype === "int64" ? 2 : 1;
    const used = placesOf!.shape[0]!;
    if (combiner !== "sum") {
      if (counts.length < rows) counts = new Int32Array(rows);
      counts.fill(0, 0, rows);
      for (let i = 0; i < used; i++) counts[numbers[i * rowStep]!]!++;
    }
    for (let i = 0; i < used; i++) {
      const row = numbers[i * rowStep]!;
      if (masked && empty[row] === 1) continue;
      const to = places[i * placeStep]! * width;
      const from = row * width;
      if (combiner === "sum" || counts[row] === 1) {
        for (let k = 0; k < width; k++) sums[to + k]! += source[from + k]!;
      } else {
        const by = divisor(combiner, counts[row]!);
        for (let k = 0; k < width; k++) sums[to + k]! += source[from + k]! / by;
      }
    }
    return [tensorValue("float32", [count, width], new Float32Array(sums.subarray(0, size)))];
  };
}
