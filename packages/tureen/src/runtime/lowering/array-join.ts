import type { Lowering, LoweringTable, OnnxBuilder, OnnxValue } from "../lowering.js";
import { constantAxis, constantIntegers, frontAxis } from "./support/constants.js";
import { floats, movable } from "./support/dtypes.js";

/** Pads with a constant value, given as input 2 or as zero. */
const pad: Lowering = (node, onnx) => {
  const paddings = constantIntegers(node, 1);
  const rank = node.shape(0)?.length;
  if (
    !floats.includes(node.inputTypes[0]!) ||
    paddings === undefined ||
    rank === undefined ||
    paddings.length !== 2 * rank
  )
    return undefined;
  // ONNX takes a negative padding for a crop.
  if (paddings.some((size) => size < 0)) return undefined;
  if (node.inputTypes.length > 2 && node.shape(2)?.length !== 0) return undefined;
  if (rank === 0) return [node.input(0)];
  const value = node.inputTypes.length > 2 ? node.input(2) : onnx.scalar(node.inputTypes[0]!, 0);
  return [onnx.op("Pad", [node.input(0), onnx.int64(onnxPads(paddings)), value], { mode: "constant" })];
};

/** TensorFlow pairs before and after for each axis; ONNX lists all befores, then all afters. */
function onnxPads(paddings: readonly number[]): number[] {
  return [...paddings.filter((_, i) => i % 2 === 0), ...paddings.filter((_, i) => i % 2 === 1)];
}

function split(onnx: OnnxBuilder, input: OnnxValue, axis: number, sizes: readonly number[]): OnnxValue[] {
  if (sizes.length === 1) return [input];
  return onnx.ops("Split", [input, onnx.int64(sizes)], sizes.length, { axis });
}

/** ONNX lowerings of what joins, cuts up, pads and repeats. */
export const arrayJoinLowerings: LoweringTable = {
  ConcatV2: (node, onnx) => {
    const count = node.inputTypes.length - 1;
    const ranks = Array.from({ length: count }, (_, i) => node.shape(i)?.length);
    const axis = constantAxis(node, count, ranks[0]);
    if (!movable.includes(node.inputTypes[0]!) || axis === undefined || ranks.some((rank) => rank !== ranks[0]))
      return undefined;
    // Inputs of one size 0 elements need not match for ONNX Runtime.
    if (Array.from({ length: count }, (_, i) => node.shape(i)!).some((shape) => shape.includes(0))) return undefined;
    const inputs = Array.from({ length: count }, (_, i) => node.input(i));
    return [count === 1 ? inputs[0]! : onnx.op("Concat", inputs, { axis })];
  },
  MirrorPad: (node, onnx) => {
    const paddings = constantIntegers(node, 1);
    const shape = node.shape(0);
    if (!floats.includes(node.inputTypes[0]!) || node.attrs.text("mode") !== "REFLECT" || shape === undefined)
      return undefined;
    if (shape.length === 0) return undefined;
    // As far as TensorFlow lets it reach; an unknown dimension must not be padded.
    if (
      paddings?.length !== 2 * shape.length ||
      paddings.some((size, i) => size < 0 || (size > 0 && size >= shape[i >> 1]!))
    )
      return undefined;
    return [onnx.op("Pad", [node.input(0), onnx.int64(onnxPads(paddings))], { mode: "reflect" })];
  },
  Pack: (node, onnx) => {
    const rank = node.shape(0)?.length;
    const axis = frontAxis(node.attrs.int("axis"), rank === undefined ? undefined : rank + 1);
    if (!movable.includes(node.inputTypes[0]!) || axis === undefined || rank === undefined) return undefined;
    const inputs: OnnxValue[] = [];
    for (let i = 0; i < node.inputTypes.length; i++) {
      if (node.shape(i)?.length !== rank) return undefined;
      inputs.push(onnx.op("Unsqueeze", [node.input(i), onnx.int64([axis])]));
    }
    return [inputs.length === 1 ? inputs[0]! : onnx.op("Concat", inputs, { axis })];
  },
  Pad: pad,
  PadV2: pad,
  Split: (node, onnx) => {
    const shape = node.shape(1);
    const axis = constantAxis(node, 0, shape?.length);
    const count = node.outputTypes.length;
    if (!movable.includes(node.inputTypes[1]!) || axis === undefined || shape === undefined) return undefined;
    // Uneven pieces are an error in TensorFlow; ONNX makes the last one smaller.
    if (shape[axis]! < 0 || shape[axis]! % count !== 0) return undefined;
    return split(onnx, node.input(1), axis, new Array<number>(count).fill(shape[axis]! / count));
  },
  SplitV: (node, onnx) => {
    const shape = node.shape(0);
    const sizes = constantIntegers(node, 1);
    const axis = constantAxis(node, 2, shape?.length);
    if (
      !movable.includes(node.inputTypes[0]!) ||
      axis === undefined ||
      shape === undefined ||
      sizes === undefined ||
      shape[axis]! < 0
    )
      return undefined;
    // TensorFlow's kernel refuses an open size where there is one piece alone.
    if (sizes.length === 1 && sizes[0] !== shape[axis]) return undefined;
    const rest = shape[axis]! - sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
    const resolved = sizes.map((size) => (size === -1 ? rest : size));
    if (sizes.filter((size) => size === -1).length > 1) return undefined;
    // An empty piece does no harm where no one uses it.
    if (resolved.some((size, i) => size < 0 || (size === 0 && node.isUsed(i)))) return undefined;
    if (resolved.reduce((sum, size) => sum + size, 0) !== shape[axis]) return undefined;
    return split(onnx, node.input(0), axis, resolved);
  },
  Tile: (node, onnx) => {
    const multiples = constantIntegers(node, 1);
    if (!movable.includes(node.inputTypes[0]!) || multiples === undefined || multiples.length !== node.shape(0)?.length)
      return undefined;
    if (multiples.some((count) => count < 1)) return undefined;
    return [
      multiples.every((count) => count === 1) ? node.input(0) : onnx.op("Tile", [node.input(0), onnx.int64(multiples)]),
    ];
  },
  Unpack: (node, onnx) => {
    const shape = node.shape(0);
    const axis = frontAxis(node.attrs.int("axis"), shape?.length);
    const count = node.outputTypes.length;
    if (!movable.includes(node.inputTypes[0]!) || axis === undefined || shape?.[axis] !== count) return undefined;
    const axes = onnx.int64([axis]);
    return split(onnx, node.input(0), axis, new Array<number>(count).fill(1)).map((piece) =>
      onnx.op("Squeeze", [piece, axes]),
    );
  },
};
