import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";
import { mergeSize, withRank } from "./nn/shape-checks.js";

/** The output size of one dimension; -1 where the input's is unknown. `GetWindowedOutputSize` of TensorFlow. */
function windowed(
  input: number,
  window: number,
  dilation: number,
  stride: number,
  padding: string,
  pads: readonly [number, number],
): number {
  if (stride <= 0) throw invalidArgument(`Stride must be > 0, but got ${stride}`);
  if (input < 0 || window < 0) return -1;
  if (padding === "SAME") return Math.ceil(input / stride);
  const reach = (window - 1) * dilation + 1;
  const padded = input + pads[0] + pads[1];
  if (padded - reach < 0) {
    throw invalidArgument(`Negative dimension size caused by subtracting ${reach} from ${padded}`);
  }
  return Math.floor((padded - reach + stride) / stride);
}

interface Layout {
  readonly rank: number;
  readonly channel: number;
  readonly spatial: readonly number[];
}

function layoutOf(format: string, rank: number): Layout {
  const channelFirst = format.startsWith("NC");
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i + (channelFirst ? 2 : 1));
  return { rank, channel: channelFirst ? 1 : rank - 1, spatial };
}

function formatOf({ attrs }: ShapeNode): string {
  return attrs.has("data_format") ? attrs.text("data_format") : "NHWC";
}

function padsOf(node: ShapeNode, axis: number): readonly [number, number] {
  if (node.attrs.text("padding") !== "EXPLICIT") return [0, 0];
  const list = node.attrs.ints("explicit_paddings");
  return [list[2 * axis] ?? 0, list[2 * axis + 1] ?? 0];
}

function checkLength(node: ShapeNode, op: string, name: string, values: readonly number[], rank: number): void {
  if (values.length === rank) return;
  throw invalidArgument(
    `${op} on data format ${formatOf(node)} requires the ${name} attribute to contain ${rank} values, but got: ${values.length}`,
  );
}

function convolution(rank: 4 | 5): ShapeRule {
  return (node) => {
    const { attrs, inputs } = node;
    const layout = layoutOf(formatOf(node), rank);
    const strides = attrs.ints("strides");
    checkLength(node, rank === 4 ? "Conv2D" : "Conv3D", "stride", strides, rank);
    const dilations = attrs.ints("dilations");
    const input = withRank(inputs[0]!.shape, rank);
    const filter = withRank(inputs[1]!.shape, rank);
    const [channels, filterIn] = [input[layout.channel]!, filter[rank - 2]!];
    if (channels >= 0 && filterIn >= 0) {
      if (filterIn === 0) throw invalidArgument("Depth of filter must not be 0");
      if (rank === 5) mergeSize(channels, filterIn);
      else if (channels % filterIn !== 0) {
        throw invalidArgument(`Depth of input (${channels}) is not a multiple of input depth of filter (${filterIn})`);
      }
    }
    const output = new Array<number>(rank).fill(-1);
    output[0] = input[0]!;
    output[layout.channel] = filter[rank - 1]!;
    layout.spatial.forEach((axis, i) => {
      output[axis] = windowed(
        input[axis]!,
        filter[i]!,
        dilations[axis]!,
        strides[axis]!,
        attrs.text("padding"),
        padsOf(node, axis),
      );
    });
    return [output];
  };
}

const depthwise: ShapeRule = (node) => {
  const { attrs, inputs } = node;
  const layout = layoutOf(formatOf(node), 4);
  const strides = attrs.ints("strides");
  if (strides.length !== 4)
    throw invalidArgument(
      `DepthwiseConv2D requires the stride attribute to contain 4 values, but got: ${strides.length}`,
    );
  const dilations = attrs.ints("dilations");
  const input = withRank(inputs[0]!.shape, 4);
  const filter = withRank(inputs[1]!.shape, 4);
  const channels = mergeSize(input[layout.channel]!, filter[2]!);
  const output = [input[0]!, -1, -1, -1];
  output[layout.channel] = channels < 0 || filter[3]! < 0 ? -1 : channels * filter[3]!;
  layout.spatial.forEach((axis, i) => {
    output[axis] = windowed(
      input[axis]!,
      filter[i]!,
      dilations[axis]!,
      strides[axis]!,
      attrs.text("padding"),
      padsOf(node, axis),
    );
  });
  return [output];
};

/** A shape that an input vector holds, of a known rank. */
function fromSizes(node: ShapeNode, input: number, rank: number): readonly number[] {
  const sizes = node.shapeOf(input);
  return sizes === undefined ? new Array<number>(rank).fill(-1) : withRank(sizes, rank);
}

/** The gradient of Conv2D takes two sizes for the spatial ones alone: batch and channels then come from the other inputs. */
const conv2dBackpropInput: ShapeRule = (node) => {
  const sizes = node.shapeOf(0);
  if (sizes?.length === 2) {
    const filter = withRank(node.inputs[1]!.shape, 4);
    const grad = withRank(node.inputs[2]!.shape, 4);
    return [formatOf(node) === "NCHW" ? [grad[0]!, filter[2]!, ...sizes] : [grad[0]!, ...sizes, filter[2]!]];
  }
  const found = fromSizes(node, 0, 4);
  const batch = node.inputs[2]!.shape?.[0] ?? -1;
  return [[found[0]! < 0 ? batch : found[0]!, ...found.slice(1)]];
};

/** Pooling, over the depth too where `overDepth`; `windows` gives window and strides, undefined where they are not known yet. */
function pool(
  rank: 4 | 5,
  outputs: 1 | 2,
  overDepth: boolean,
  windows: (node: ShapeNode) => readonly [readonly number[], readonly number[]] | undefined,
): ShapeRule {
  return (node) => {
    const input = withRank(node.inputs[0]!.shape, rank);
    const found = windows(node);
    if (found === undefined) return [undefined];
    const [ksize, strides] = found;
    const layout = layoutOf(formatOf(node), rank);
    const padding = node.attrs.text("padding");
    const output = [...input];
    for (const axis of overDepth ? [...layout.spatial, layout.channel] : layout.spatial) {
      output[axis] = windowed(input[axis]!, ksize[axis]!, 1, strides[axis]!, padding, padsOf(node, axis));
    }
    return new Array<PartialShape>(outputs).fill(output);
  };
}

const fromAttrs = ({ attrs }: ShapeNode): readonly [readonly number[], readonly number[]] => [
  attrs.ints("ksize"),
  attrs.ints("strides"),
];

function fromInputs(at: number): (node: ShapeNode) => readonly [readonly number[], readonly number[]] | undefined {
  return (node) => {
    const [ksize, strides] = [node.constant(at), node.constant(at + 1)];
    return ksize === undefined || strides === undefined ? undefined : [toIntegers(ksize), toIntegers(strides)];
  };
}

const likeInput: ShapeRule = ({ inputs }) => [withRank(inputs[0]!.shape, 4)];
const likeInput3d: ShapeRule = ({ inputs }) => [withRank(inputs[0]!.shape, 5)];

function inputSizes(rank: 4 | 5): ShapeRule {
  return (node) => [fromSizes(node, 0, rank)];
}

function filterSizes(rank: 4 | 5): ShapeRule {
  return (node) => [fromSizes(node, 1, rank)];
}

const dilation: ShapeRule = (node) => {
  const { attrs, inputs } = node;
  const input = withRank(inputs[0]!.shape, 4);
  const filter = withRank(inputs[1]!.shape, 3);
  const [strides, rates] = [attrs.ints("strides"), attrs.ints("rates")];
  const size = (axis: number): number =>
    windowed(input[axis]!, filter[axis - 1]!, rates[axis]!, strides[axis]!, attrs.text("padding"), [0, 0]);
  return [[input[0]!, size(1), size(2), mergeSize(input[3]!, filter[2]!)]];
};

/** Pools whose sizes differ by one: `floor(size / ratio)` of them. */
const fractionalPool: ShapeRule = ({ inputs, attrs }) => {
  const input = withRank(inputs[0]!.shape, 4);
  const ratios = attrs.floats("pooling_ratio");
  const tooSmall = ratios.find((ratio) => ratio < 1);
  if (tooSmall !== undefined) throw invalidArgument(`pooling_ratio cannot be smaller than 1, got: ${tooSmall}`);
  const output = input.map((size, d) => (size < 0 ? -1 : Math.floor(Math.fround(size / ratios[d]!))));
  return [output, [-1], [-1]];
};

/** Conv takes any number of batch dimensions, of which the others know one. */
const generalConvolution: ShapeRule = ({ inputs, attrs }) => {
  const [input, filter] = [inputs[0]!.shape, inputs[1]!.shape];
  const batchDims = attrs.int("batch_dims");
  if (input === undefined || filter === undefined) return [undefined];
  if (batchDims < 0) throw invalidArgument("Batch dims must be non-negative.");
  const rank = input.length - batchDims + 1;
  if (rank !== 4 && rank !== 5) {
    throw invalidArgument(`Input tensor must be rank 4 or 5, excluding extra batch dimensions, but got: ${rank}`);
  }
  withRank(filter, rank);
  const [strides, given] = [attrs.ints("strides"), attrs.ints("dilations")];
  if (strides.length !== rank) {
    throw invalidArgument(`Stride attribute should contain ${rank} values, but got: ${strides.length}`);
  }
  const dilations = given.length === 0 ? new Array<number>(rank).fill(1) : given;
  if (dilations.length !== rank) {
    throw invalidArgument(`Conv requires the dilation attribute to contain ${rank} values, but got: ${given.length}`);
  }
  const slow = dilations.find((dilation) => dilation < 1);
  if (slow !== undefined) throw invalidArgument(`Dilation rate must be >= 1, but got ${slow}`);
  const channelFirst = attrs.text("data_format") === "CHANNELS_FIRST";
  const layout = layoutOf(channelFirst ? "NCHW" : "NHWC", rank);
  const padding = attrs.text("padding");
  const explicit = attrs.ints("explicit_paddings");
  const from = batchDims - 1;
  const output = [...input.slice(0, batchDims), ...new Array<number>(rank - 1).fill(-1)];
  output[from + layout.channel] = filter[rank - 1]!;
  layout.spatial.forEach((axis, i) => {
    const pads = padding === "EXPLICIT" ? [explicit[2 * axis] ?? 0, explicit[2 * axis + 1] ?? 0] : [0, 0];
    output[from + axis] = windowed(
      input[from + axis]!,
      filter[i]!,
      dilations[axis]!,
      strides[axis]!,
      padding,
      pads as [number, number],
    );
  });
  return [output];
};

/** Images that are resized (where `resizes`) and padded before they are convolved. */
function fusedConvolution(resizes: boolean): ShapeRule {
  return (node) => {
    const { inputs, attrs } = node;
    const strides = attrs.ints("strides");
    if (strides.length !== 4) {
      throw invalidArgument(`Operation requires the stride attribute to contain 4 values, but got: ${strides.length}`);
    }
    const images = [...withRank(inputs[0]!.shape, 4)];
    const at = resizes ? 2 : 1;
    if (resizes) {
      const size = node.constant(1);
      const [height, width] = size === undefined ? [-1, -1] : toIntegers(size);
      images[1] = height!;
      images[2] = width!;
    }
    const [rows] = withRank(inputs[at]!.shape, 2);
    if (rows! >= 0 && rows !== 4) throw invalidArgument(`Shape must be rank ${rows} but is rank 4`);
    const filter = withRank(inputs[at + 1]!.shape, 4);
    const paddings = node.constant(at);
    const pads = paddings === undefined ? undefined : toIntegers(paddings);
    const padded = (axis: number): number =>
      pads === undefined || images[axis]! < 0 ? -1 : images[axis]! + pads[2 * axis]! + pads[2 * axis + 1]!;
    const size = (axis: number): number => {
      if (padded(axis) < 0) return -1;
      return windowed(padded(axis), filter[axis - 1]!, 1, strides[axis]!, attrs.text("padding"), [0, 0]);
    };
    return [[padded(0), size(1), size(2), filter[3]!]];
  };
}

/** Shape rules of convolution and pooling. */
export const nnWindowShapes: ShapeTable = {
  Conv2D: convolution(4),
  _FusedConv2D: convolution(4),
  Conv2DBackpropInput: conv2dBackpropInput,
  Conv2DBackpropFilter: filterSizes(4),
  Conv3D: convolution(5),
  Conv3DBackpropInputV2: inputSizes(5),
  Conv3DBackpropFilterV2: filterSizes(5),
  Conv3DBackpropInput: likeInput3d,
  Conv3DBackpropFilter: ({ inputs }) => [withRank(inputs[1]!.shape, 5)],
  Conv: generalConvolution,
  FusedPadConv2D: fusedConvolution(false),
  FusedResizeAndPadConv2D: fusedConvolution(true),
  FractionalMaxPool: fractionalPool,
  FractionalAvgPool: fractionalPool,
  FractionalMaxPoolGrad: likeInput,
  FractionalAvgPoolGrad: inputSizes(4),
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: inputSizes(4),
  DepthwiseConv2dNativeBackpropFilter: filterSizes(4),
  MaxPool: pool(4, 1, true, fromAttrs),
  MaxPoolV2: pool(4, 1, true, fromInputs(1)),
  MaxPoolGrad: likeInput,
  MaxPoolGradV2: likeInput,
  MaxPoolGradGrad: pool(4, 1, true, fromAttrs),
  MaxPoolGradGradV2: pool(4, 1, true, fromInputs(3)),
  MaxPoolWithArgmax: pool(4, 2, true, fromAttrs),
  MaxPoolGradWithArgmax: likeInput,
  MaxPool3D: pool(5, 1, true, fromAttrs),
  MaxPool3DGrad: likeInput3d,
  MaxPool3DGradGrad: pool(5, 1, true, fromAttrs),
  AvgPool: pool(4, 1, false, fromAttrs),
  AvgPoolGrad: inputSizes(4),
  AvgPool3D: pool(5, 1, false, fromAttrs),
  AvgPool3DGrad: inputSizes(5),
  Dilation2D: dilation,
  Dilation2DBackpropInput: ({ inputs }) => [inputs[0]!.shape],
  Dilation2DBackpropFilter: ({ inputs }) => [inputs[1]!.shape],
};
