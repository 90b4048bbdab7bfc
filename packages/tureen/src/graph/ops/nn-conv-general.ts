import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** A convolution over two or three spatial dimensions, by the rank of `input`, after `batchDims` batch dimensions. */
export function conv(
  input: TensorLike,
  filter: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "CHANNELS_FIRST" | "CHANNELS_LAST";
    readonly dilations?: readonly number[];
    readonly batchDims?: number;
    readonly groups?: number;
    readonly name?: string;
  },
): Tensor {
  return build(
    "Conv",
    [input, filter],
    {
      strides: options.strides,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
      dilations: options.dilations,
      batch_dims: options.batchDims,
      groups: options.groups,
    },
    options,
  );
}

/** Mirrors the edges of images, then convolves them. */
export function fusedPadConv2d(
  input: TensorLike,
  paddings: TensorLike,
  filter: TensorLike,
  options: {
    readonly mode: "REFLECT" | "SYMMETRIC";
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly name?: string;
  },
): Tensor {
  const attrs = { mode: options.mode, strides: options.strides, padding: options.padding };
  return build("FusedPadConv2D", [input, paddings, filter], attrs, options);
}

/** Resizes images bilinearly, mirrors their edges, then convolves them. */
export function fusedResizeAndPadConv2d(
  input: TensorLike,
  size: TensorLike,
  paddings: TensorLike,
  filter: TensorLike,
  options: {
    readonly resizeAlignCorners?: boolean;
    readonly mode: "REFLECT" | "SYMMETRIC";
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly name?: string;
  },
): Tensor {
  return build(
    "FusedResizeAndPadConv2D",
    [input, size, paddings, filter],
    {
      resize_align_corners: options.resizeAlignCorners,
      mode: options.mode,
      strides: options.strides,
      padding: options.padding,
    },
    options,
  );
}
