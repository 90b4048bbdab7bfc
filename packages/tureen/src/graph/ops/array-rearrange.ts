import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The input with its dimensions in the order `perm`. */
export function transpose(x: TensorLike, perm: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Transpose", [x, perm], {}, options);
}

/** The complex conjugate with its dimensions in the order `perm`. */
export function conjugateTranspose(x: TensorLike, perm: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("ConjugateTranspose", [x, perm], {}, options);
}

/** The input reversed along the dimensions marked true. */
export function reverse(tensor: TensorLike, dims: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Reverse", [tensor, dims], {}, options);
}

/** The input reversed along the axes. */
export function reverseV2(tensor: TensorLike, axis: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("ReverseV2", [tensor, axis], {}, options);
}

/** The input with the first `seqLengths[i]` entries along `seqDim` of batch entry i reversed. */
export function reverseSequence(
  input: TensorLike,
  seqLengths: TensorLike,
  options: { readonly seqDim: number; readonly batchDim?: number; readonly name?: string },
): Tensor {
  return build(
    "ReverseSequence",
    [input, seqLengths],
    { seq_dim: options.seqDim, batch_dim: options.batchDim },
    options,
  );
}

/** The input moved by `shift` along `axis`, around the end. */
export function roll(
  input: TensorLike,
  shift: TensorLike,
  axis: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("Roll", [input, shift, axis], {}, options);
}

/** The input with zeros around it. */
export function pad(input: TensorLike, paddings: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Pad", [input, paddings], {}, options);
}

/** The input with a value around it. */
export function padV2(
  input: TensorLike,
  paddings: TensorLike,
  constantValues: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("PadV2", [input, paddings, constantValues], {}, options);
}

/** The input with its own mirror image around it; `mode` is REFLECT or SYMMETRIC. */
export function mirrorPad(
  input: TensorLike,
  paddings: TensorLike,
  options: { readonly mode: string; readonly name?: string },
): Tensor {
  return build("MirrorPad", [input, paddings], { mode: options.mode }, options);
}

/** The gradient of MirrorPad. */
export function mirrorPadGrad(
  input: TensorLike,
  paddings: TensorLike,
  options: { readonly mode: string; readonly name?: string },
): Tensor {
  return build("MirrorPadGrad", [input, paddings], { mode: options.mode }, options);
}

/** Blocks of the two space dimensions moved into the batch. */
export function spaceToBatch(
  input: TensorLike,
  paddings: TensorLike,
  options: { readonly blockSize: number; readonly name?: string },
): Tensor {
  return build("SpaceToBatch", [input, paddings], { block_size: options.blockSize }, options);
}

/** Blocks of the space dimensions moved into the batch. */
export function spaceToBatchND(
  input: TensorLike,
  blockShape: TensorLike,
  paddings: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SpaceToBatchND", [input, blockShape, paddings], {}, options);
}

/** Blocks of the batch moved back into the two space dimensions. */
export function batchToSpace(
  input: TensorLike,
  crops: TensorLike,
  options: { readonly blockSize: number; readonly name?: string },
): Tensor {
  return build("BatchToSpace", [input, crops], { block_size: options.blockSize }, options);
}

/** Blocks of the batch moved back into the space dimensions. */
export function batchToSpaceND(
  input: TensorLike,
  blockShape: TensorLike,
  crops: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("BatchToSpaceND", [input, blockShape, crops], {}, options);
}

/** Blocks of the two space dimensions moved into the depth. */
export function spaceToDepth(
  input: TensorLike,
  options: { readonly blockSize: number; readonly dataFormat?: string; readonly name?: string },
): Tensor {
  return build("SpaceToDepth", [input], { block_size: options.blockSize, data_format: options.dataFormat }, options);
}

/** Blocks of the depth moved into the two space dimensions. */
export function depthToSpace(
  input: TensorLike,
  options: { readonly blockSize: number; readonly dataFormat?: string; readonly name?: string },
): Tensor {
  return build("DepthToSpace", [input], { block_size: options.blockSize, data_format: options.dataFormat }, options);
}
