import { build, constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import {
  batchToSpace,
  batchToSpaceND,
  conjugateTranspose,
  depthToSpace,
  invertPermutation,
  mirrorPad,
  mirrorPadGrad,
  pack,
  rank,
  reshape,
  reverse,
  reverseSequence,
  reverseV2,
  roll,
  shape,
  slice,
  spaceToBatch,
  spaceToBatchND,
  spaceToDepth,
  transpose,
} from "../ops/array.js";
import { denseOf } from "./array/build-math.js";

const pad: GradientRule = (op, grads) => {
  const [input, paddings, fill] = op.inputs;
  const grad = denseOf(grads);
  const before = slice(paddings!, constant([0, 0], "int32"), pack([rank(input!), constant(1, "int32")]));
  const begin = reshape(before, [-1]);
  const result = slice(grad, begin, shape(input!, { outType: begin.dtype }));
  return fill === undefined ? [result, null] : [result, null, null];
};

/** Gradients of what brings elements into another order or puts edges around them. */
export const arrayRearrangeGradients: GradientTable = {
  Transpose: (op, grads) => [transpose(denseOf(grads), invertPermutation(op.inputs[1]!)), null],
  ConjugateTranspose: (op, grads) => [conjugateTranspose(denseOf(grads), invertPermutation(op.inputs[1]!)), null],
  Reverse: (op, grads) => [reverse(denseOf(grads), op.inputs[1]!), null],
  ReverseV2: (op, grads) => [reverseV2(denseOf(grads), op.inputs[1]!), null],
  ReverseSequence: ({ inputs, attrs }, grads) => [
    reverseSequence(denseOf(grads), inputs[1]!, { seqDim: attrs.int("seq_dim"), batchDim: attrs.int("batch_dim") }),
    null,
  ],
  Roll: ({ inputs }, grads) => [roll(denseOf(grads), build("Neg", [inputs[1]!]), inputs[2]!), null, null],
  Pad: pad,
  PadV2: pad,
  MirrorPad: (op, grads) => [mirrorPadGrad(denseOf(grads), op.inputs[1]!, { mode: op.attrs.text("mode") }), null],
  MirrorPadGrad: (op, grads) => [mirrorPad(denseOf(grads), op.inputs[1]!, { mode: op.attrs.text("mode") }), null],
  SpaceToBatch: (op, grads) => [
    batchToSpace(denseOf(grads), op.inputs[1]!, { blockSize: op.attrs.int("block_size") }),
    null,
  ],
  BatchToSpace: (op, grads) => [
    spaceToBatch(denseOf(grads), op.inputs[1]!, { blockSize: op.attrs.int("block_size") }),
    null,
  ],
  SpaceToBatchND: (op, grads) => [batchToSpaceND(denseOf(grads), op.inputs[1]!, op.inputs[2]!), null, null],
  BatchToSpaceND: (op, grads) => [spaceToBatchND(denseOf(grads), op.inputs[1]!, op.inputs[2]!), null, null],
  SpaceToDepth: ({ attrs }, grads) => [
    depthToSpace(denseOf(grads), { blockSize: attrs.int("block_size"), dataFormat: attrs.text("data_format") }),
  ],
  DepthToSpace: ({ attrs }, grads) => [
    spaceToDepth(denseOf(grads), { blockSize: attrs.int("block_size"), dataFormat: attrs.text("data_format") }),
  ],
};
