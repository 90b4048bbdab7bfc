import { elementCount, type Shape } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../core/tensor-value.js";
import { Attrs, type AttrValue } from "../../graph/attr-value.js";
import type { Kernel, KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import { arrayPadKernels } from "./array-pad.js";
import { resample } from "./image/resample.js";
import { bilinearTaps } from "./image/resize-taps.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
import { nnConvKernels } from "./nn-conv.js";

/** A node of another op with some of this one's attributes, for the kernel that does the work. */
function nodeLike(node: KernelNode, type: string, attrs: Readonly<Record<string, AttrValue>>): KernelNode {
  return { ...node, type, attrs: new Attrs(new Map([...node.attrs.map, ...Object.entries(attrs)]), node.name) };
}

function integers(values: readonly number[]): AttrValue {
  return { kind: "list", of: "int", value: values.map(BigInt) };
}

function text(value: string): AttrValue {
  return { kind: "string", value: new TextEncoder().encode(value) };
}

/** Conv: two or three spatial dimensions, after any number of batch dimensions. */
const conv: KernelFactory = (node) => {
  const { attrs } = node;
  const batchDims = attrs.int("batch_dims");
  const channelFirst = attrs.text("data_format") === "CHANNELS_FIRST";
  const [strides, dilations] = [attrs.ints("strides"), attrs.ints("dilations")];
  const explicit = attrs.ints("explicit_paddings");
  const padding = attrs.text("padding");
  const kernels = new Map<number, Kernel>();
  const kernelOf = (spatial: number): Kernel => {
    const found = kernels.get(spatial);
    if (found !== undefined) return found;
    const formats = spatial === 2 ? ["NHWC", "NCHW"] : ["NDHWC", "NCDHW"];
    const more = {
      data_format: text(formats[channelFirst ? 1 : 0]!),
      dilations: integers(dilations.length === 0 ? new Array<number>(spatial + 2).fill(1) : dilations),
    };
    const made = nnConvKernels[spatial === 2 ? "Conv2D" : "Conv3D"]!(nodeLike(node, `Conv${spatial}D`, more));
    kernels.set(spatial, made);
    return made;
  };
  return ([input, filter], context) => {
    const spatial = input!.shape.length - 1 - batchDims;
    if (spatial !== 2 && spatial !== 3) {
      throw invalidArgument(`The input must have 2 or 3 spatial dimensions but got ${spatial}`);
    }
    const rank = spatial + 2;
    const filterRank = filter!.shape.length;
    if (filterRank !== 4 && filterRank !== 5) {
      throw invalidArgument(`The filter must be rank 4 or 5 but got ${filterRank}`);
    }
    if (filterRank !== rank) throw invalidArgument(`The filter must be rank ${rank} but got ${filterRank}`);
    checkConv(strides, dilations, explicit, padding, rank, channelFirst);
    const lead = input!.shape.slice(0, batchDims);
    const shape = [elementCount(lead), ...input!.shape.slice(batchDims)];
    const depth = shape[channelFirst ? 1 : rank - 1]!;
    const filterDepth = filter!.shape[rank - 2]!;
    if (attrs.int("groups") !== 1) throw unimplemented("Grouped/Depthwise Convolutions are not supported yet.");
    if (depth !== filterDepth) {
      throw invalidArgument(`Input depth must be equal to filter depth: ${depth} vs ${filterDepth}`);
    }
    const [output] = kernelOf(spatial)([{ ...input!, shape } as TensorValue, filter!], context) as [TensorValue];
    return [{ ...output, shape: [...lead, ...output.shape.slice(1)] } as TensorValue];
  };
};

/** TensorFlow's refusals in its order. */
function checkConv(
  strides: readonly number[],
  dilations: readonly number[],
  explicit: readonly number[],
  padding: string,
  rank: number,
  channelFirst: boolean,
): void {
  const channel = channelFirst ? 1 : rank - 1;
  if (strides.length !== rank) throw invalidArgument(`Sliding window strides field must specify ${rank} dimensions`);
  if (strides[0] !== 1 || strides[channel] !== 1) {
    throw invalidArgument("Current implementation does not support strides in the batch and depth dimensions.");
  }
  if (strides.some((stride) => stride <= 0)) throw invalidArgument("Spatial strides should be larger than 0.");
  if (dilations.length > 0 && dilations.length !== rank) {
    throw invalidArgument(`Dilation rates field must specify${rank}dimensions`);
  }
  if (dilations.some((dilation) => dilation <= 0)) throw invalidArgument("Dilated rates should be larger than 0.");
  if (padding !== "EXPLICIT" && explicit.length > 0) {
    throw invalidArgument("explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT");
  }
}

/** What the fused ops ask of their paddings, in TensorFlow's order and words. */
function checkPaddings(paddings: TensorValue, resized: Shape, mode: string): void {
  const pads = paddings.data as Int32Array;
  for (let d = 0; d < 4; d++) {
    const [before, after] = [pads[2 * d]!, pads[2 * d + 1]!];
    const size = resized[d]!;
    if (before < 0 || after < 0) throw invalidArgument(`paddings must be non-negative: ${before} ${after}`);
    if (mode === "SYMMETRIC" && (before > size || after > size)) {
      throw invalidArgument(
        `paddings must be no greater than the dimension size: ${before}, ${after} greater than ${size}`,
      );
    }
    if (mode === "REFLECT" && (before >= size || after >= size)) {
      throw invalidArgument(`paddings must be less than the dimension size: ${before}, ${after} not less than ${size}`);
    }
  }
  for (const [d, name] of [
    [0, "batches"],
    [3, "channels"],
  ] as const) {
    if (pads[2 * d] !== 0 || pads[2 * d + 1] !== 0) {
      throw invalidArgument(
        `Fused mirror padding only support spatial padding, not ${name}: Tensor<type: int32 shape: [4,2] values: [${pads[0]} ${pads[1]}][${pads[2]}...]...>`,
      );
    }
  }
}

function fusedConvolution(resizes: boolean): KernelFactory {
  return (node) => {
    const mode = node.attrs.text("mode");
    const alignCorners = resizes && node.attrs.bool("resize_align_corners");
    const strides = node.attrs.ints("strides");
    if (strides.length !== 4) throw invalidArgument("Sliding window strides field must specify 4 dimensions");
    if (strides[0] !== 1 || strides[3] !== 1) {
      throw invalidArgument("Current implementation does not yet support strides in the batch and depth dimensions.");
    }
    const pad = arrayPadKernels.MirrorPad!(nodeLike(node, "MirrorPad", {}));
    const convolve = nnConvKernels.Conv2D!(nodeLike(node, "Conv2D", { data_format: text("NHWC") }));
    return (inputs, context) => {
      const input = inputs[0]!;
      const [paddings, filter] = inputs.slice(resizes ? 2 : 1) as [TensorValue, TensorValue];
      if (input.data.length === 0) throw invalidArgument("Input tensor can't be empty");
      if (input.shape.length !== 4) throw invalidArgument("input must be 4-dimensional");
      const images = resizes ? resized(input, inputs[1]!, alignCorners) : input;
      if (paddings.shape.length !== 2 || paddings.shape[1] !== 2 || paddings.shape[0] !== 4) {
        throw invalidArgument("paddings must be a matrix with 4 rows and 2 columns");
      }
      checkPaddings(paddings, images.shape, mode);
      if (filter.shape.length !== 4) throw invalidArgument("filter must be 4-dimensional");
      const [depth, filterDepth] = [images.shape[3]!, filter.shape[2]!];
      if (depth !== filterDepth) {
        throw invalidArgument(`input and filter must have the same depth: ${depth} vs ${filterDepth}`);
      }
      const [padded] = pad([images, paddings], context) as [TensorValue];
      return convolve([padded, filter], context);
    };
  };
}

/** Bilinear, with corners for centres, and in the images' own dtype: unlike ResizeBilinear, which gives float32. */
function resized(images: TensorValue, size: TensorValue, alignCorners: boolean): TensorValue {
  if (size.shape.length !== 1 || size.shape[0] !== 2) throw invalidArgument("shape_t must have two elements");
  const [height, width] = toIntegers(size) as readonly number[] as readonly [number, number];
  if (height <= 0 || width <= 0) throw invalidArgument("output dimensions must be positive");
  const [batch, inHeight, inWidth, channels] = images.shape as readonly [number, number, number, number];
  const centers = { alignCorners, halfPixel: false };
  const out = realArray(images.dtype, batch * height * width * channels);
  resample(
    { batch, height: inHeight, width: inWidth, channels },
    bilinearTaps(inHeight, height, centers),
    bilinearTaps(inWidth, width, centers),
    realData(images),
    out,
  );
  return realValue(images.dtype, [batch, height, width, channels], out);
}

/** Host kernels of the convolution of any rank, and of those that resize and pad their images first. */
export const nnConvGeneralKernels: KernelTable = {
  Conv: conv,
  FusedPadConv2D: fusedConvolution(false),
  FusedResizeAndPadConv2D: fusedConvolution(true),
};
