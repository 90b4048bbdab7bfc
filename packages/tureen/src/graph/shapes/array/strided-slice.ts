import type { Shape } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { Attrs } from "../../attr-value.js";

/** The five bit masks of StridedSlice and its kin: bit i speaks of entry i of begin, end and strides. */
export interface SliceMasks {
  readonly begin: number;
  readonly end: number;
  readonly ellipsis: number;
  readonly newAxis: number;
  readonly shrinkAxis: number;
}

/** The masks of a StridedSlice-like node. */
export function sliceMasks(attrs: Attrs): SliceMasks {
  return {
    begin: attrs.int("begin_mask"),
    end: attrs.int("end_mask"),
    ellipsis: attrs.int("ellipsis_mask"),
    newAxis: attrs.int("new_axis_mask"),
    shrinkAxis: attrs.int("shrink_axis_mask"),
  };
}

/** A slice made explicit: for every dimension of the input where it starts, its step and how many are taken. */
export interface ResolvedSlice {
  readonly begin: readonly number[];
  readonly strides: readonly number[];
  /** Elements taken of each input dimension; -1 where the graph does not tell. */
  readonly sizes: readonly number[];
  /** The shape after new axes are put in and shrunk ones taken out. */
  readonly finalShape: readonly number[];
}

const newAxis = -2;
const shrunkAxis = -1;

/** One entry a dimension of the input, ellipsis spelled out. */
interface DenseSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMasked: boolean[];
  readonly endMasked: boolean[];
  readonly shrunk: boolean[];
  /** Where each dimension of the result comes from: a dimension of the input, or one of the two marks above. */
  readonly gather: number[];
}

/**
 * Resolves a slice against a shape (-1 for unknown dimensions), as TensorFlow's `ValidateStridedSliceOp` does.
 *
 * `begin` and `end` are undefined where only their length, that of `strides`, is known. INVALID_ARGUMENT for what slices beyond the shape.
 */
export function resolveSlice(
  shape: Shape,
  begin: readonly number[] | undefined,
  end: readonly number[] | undefined,
  strides: readonly number[],
  masks: SliceMasks,
): ResolvedSlice {
  if ((masks.ellipsis & (masks.ellipsis - 1)) !== 0) {
    throw invalidArgument("Multiple ellipses in slice spec not allowed");
  }
  const dense = spellOut(shape.length, begin, end, strides, masks);
  const known = begin !== undefined && end !== undefined;
  const starts = new Array<number>(shape.length);
  const sizes = new Array<number>(shape.length);
  for (let i = 0; i < shape.length; i++) {
    const stride = dense.strides[i]!;
    if (stride === 0) throw invalidArgument(`strides[${i}] must be non-zero`);
    if (dense.shrunk[i] === true && stride < 0) throw invalidArgument("only stride 1 allowed on non-range indexing.");
    starts[i] = 0;
    if (shape[i]! < 0) sizes[i] = dense.shrunk[i] === true ? 1 : -1;
    else if (dense.shrunk[i] === true && !known) sizes[i] = 1;
    else if (!known && !(dense.beginMasked[i] === true && dense.endMasked[i] === true)) sizes[i] = -1;
    else resolveDimension(dense, i, shape[i]!, starts, sizes);
  }
  const finalShape: number[] = [];
  for (const source of dense.gather) {
    if (source === newAxis) finalShape.push(1);
    else if (source !== shrunkAxis) finalShape.push(sizes[source]!);
  }
  return { begin: starts, strides: dense.strides, sizes, finalShape };
}

function resolveDimension(dense: DenseSlice, i: number, size: number, starts: number[], sizes: number[]): void {
  const stride = dense.strides[i]!;
  const begin = dense.begin[i]!;
  if (dense.shrunk[i] === true) {
    const index = begin < 0 ? begin + size : begin;
    if (index < 0 || index >= size) throw invalidArgument(`slice index ${index} of dimension ${i} out of bounds.`);
    starts[i] = index;
    sizes[i] = 1;
    return;
  }
  const low = stride > 0 ? 0 : -1;
  const high = stride > 0 ? size : size - 1;
  const clamp = (index: number): number => Math.max(low, Math.min(high, index < 0 ? index + size : index));
  const from = dense.beginMasked[i] === true ? (stride > 0 ? low : high) : clamp(begin);
  const to = dense.endMasked[i] === true ? (stride > 0 ? high : low) : clamp(dense.end[i]!);
  starts[i] = from;
  sizes[i] = Math.max(0, Math.ceil((to - from) / stride));
}

function spellOut(
  rank: number,
  begin: readonly number[] | undefined,
  end: readonly number[] | undefined,
  strides: readonly number[],
  masks: SliceMasks,
): DenseSlice {
  const dense: DenseSlice = { begin: [], end: [], strides: [], beginMasked: [], endMasked: [], shrunk: [], gather: [] };
  let { ellipsis } = masks;
  let entries = strides.length;
  let newAxesAfterEllipsis = 0;
  for (let i = 0, seen = false; i < entries; i++) {
    if (seen && (masks.newAxis & (1 << i)) !== 0) newAxesAfterEllipsis += 1;
    if ((ellipsis & (1 << i)) !== 0) seen = true;
  }
  if (ellipsis === 0) {
    ellipsis = 1 << entries;
    entries += 1;
  }
  for (let i = 0; i < entries; i++) {
    const bit = 1 << i;
    const filled = dense.begin.length;
    if ((ellipsis & bit) !== 0) {
      const next = Math.min(rank - (entries - i) + 1 + newAxesAfterEllipsis, rank);
      for (let d = filled; d < next; d++) pushDimension(dense, 0, 0, 1, true, true, false);
    } else if ((masks.newAxis & bit) !== 0) {
      dense.gather.push(newAxis);
    } else {
      if (filled === rank) {
        throw invalidArgument(`Index out of range using input dim ${filled}; input has only ${rank} dims`);
      }
      pushDimension(
        dense,
        begin?.[i] ?? 0,
        end?.[i] ?? 0,
        strides[i]!,
        (masks.begin & bit) !== 0,
        (masks.end & bit) !== 0,
        (masks.shrinkAxis & bit) !== 0,
      );
    }
  }
  return dense;
}

function pushDimension(
  dense: DenseSlice,
  begin: number,
  end: number,
  stride: number,
  beginMasked: boolean,
  endMasked: boolean,
  shrunk: boolean,
): void {
  dense.gather.push(shrunk ? shrunkAxis : dense.begin.length);
  dense.begin.push(begin);
  dense.end.push(end);
  dense.strides.push(stride);
  dense.beginMasked.push(beginMasked);
  dense.endMasked.push(endMasked);
  dense.shrunk.push(shrunk);
}
