import type { LoweringNode, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { constantIntegers, frontAxis } from "./support/constants.js";
import { movable } from "./support/dtypes.js";

/** To the end of whatever axis, forwards and backwards; ONNX clamps. */
const farEnd = Number.MAX_SAFE_INTEGER;
const farStart = Number.MIN_SAFE_INTEGER;

interface AxisSlice {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
  readonly step: number;
}

function sliced(onnx: OnnxBuilder, input: OnnxValue, slices: readonly AxisSlice[]): OnnxValue {
  const real = slices.filter(({ begin, end, step }) => step !== 1 || begin !== 0 || end !== farEnd);
  if (real.length === 0) return input;
  const column = (pick: (slice: AxisSlice) => number): OnnxValue => onnx.int64(real.map(pick));
  return onnx.op("Slice", [
    input,
    column((s) => s.begin),
    column((s) => s.end),
    column((s) => s.axis),
    column((s) => s.step),
  ]);
}

interface StridedSpec {
  readonly slices: readonly AxisSlice[];
  /** Input axes that an index picks from. */
  readonly shrink: readonly number[];
  /** Output axes of size 1 that are new. */
  readonly added: readonly number[];
}

/** The meaning of the five masks of StridedSlice, axis by axis; undefined where it takes a rank that is not known. */
function stridedSpec(node: LoweringNode): StridedSpec | undefined {
  const [begin, end, strides] = [1, 2, 3].map((i) => constantIntegers(node, i));
  if (begin === undefined || end === undefined || strides === undefined) return undefined;
  if (begin.length !== end.length || begin.length !== strides.length) return undefined;
  const rank = node.shape(0)?.length;
  const mask = (name: string): number => node.attrs.int(name);
  const has = (name: string, i: number): boolean => ((mask(name) >> i) & 1) !== 0;
  const ellipsis = begin.findIndex((_, i) => has("ellipsis_mask", i));
  const entries = begin.map((_, i) => i);
  const consumed = entries.filter((i) => i !== ellipsis && !has("new_axis_mask", i)).length;
  if (rank === undefined || consumed > rank) return undefined;
  const slices: AxisSlice[] = [];
  const shrink: number[] = [];
  const added: number[] = [];
  let axis = 0;
  let out = 0;
  for (const i of entries) {
    if (i === ellipsis) {
      axis += rank - consumed;
      out += rank - consumed;
    } else if (has("new_axis_mask", i)) {
      added.push(out++);
    } else if (has("shrink_axis_mask", i)) {
      const at = begin[i]!;
      slices.push({ axis, begin: at, end: at === -1 ? farEnd : at + 1, step: 1 });
      shrink.push(axis++);
    } else {
      const step = strides[i]!;
      if (step === 0) return undefined;
      const first = has("begin_mask", i) ? (step > 0 ? 0 : farEnd) : begin[i]!;
      const last = has("end_mask", i) ? (step > 0 ? farEnd : farStart) : end[i]!;
      slices.push({ axis, begin: first, end: last, step });
      axis += 1;
      out += 1;
    }
  }
  return { slices, shrink, added };
}

/** ONNX lowerings of what takes a part of a tensor along its axes. */
export const arraySliceLowerings: LoweringTable = {
  ReverseV2: (node, onnx) => {
    const rank = node.shape(0)?.length;
    const axes = constantIntegers(node, 1)?.map((axis) => frontAxis(axis, rank));
    // TensorFlow has kernels up to this rank.
    if (rank === undefined || rank > 8 || node.shape(1)?.length !== 1) return undefined;
    if (
      !movable.includes(node.inputTypes[0]!) ||
      axes === undefined ||
      axes.some((axis) => axis === undefined) ||
      new Set(axes).size !== axes.length
    )
      return undefined;
    return [
      sliced(
        onnx,
        node.input(0),
        axes.map((axis) => ({ axis: axis!, begin: farEnd, end: farStart, step: -1 })),
      ),
    ];
  },
  Slice: (node, onnx) => {
    const [begin, size, shape] = [constantIntegers(node, 1), constantIntegers(node, 2), node.shape(0)];
    if (!movable.includes(node.inputTypes[0]!) || begin === undefined || size === undefined || shape === undefined)
      return undefined;
    if (begin.length !== shape.length || size.length !== shape.length) return undefined;
    const slices: AxisSlice[] = [];
    for (const [axis, dim] of shape.entries()) {
      const [from, count] = [begin[axis]!, size[axis]!];
      if (from === 0 && count === -1) continue;
      // TensorFlow rejects what reaches beyond the end, where ONNX clamps.
      if (dim < 0 || from < 0 || count < -1 || from + Math.max(0, count) > dim) return undefined;
      slices.push({ axis, begin: from, end: count === -1 ? farEnd : from + count, step: 1 });
    }
    return [sliced(onnx, node.input(0), slices)];
  },
  StridedSlice: (node, onnx) => {
    const spec = movable.includes(node.inputTypes[0]!) ? stridedSpec(node) : undefined;
    if (spec === undefined) return undefined;
    let value = sliced(onnx, node.input(0), spec.slices);
    // An index out of range leaves an axis of size 0, which fails here.
    if (spec.shrink.length > 0) value = onnx.op("Squeeze", [value, onnx.int64(spec.shrink)]);
    if (spec.added.length > 0) value = onnx.op("Unsqueeze", [value, onnx.int64(spec.added)]);
    return [value];
  },
};
