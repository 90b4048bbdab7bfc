import type { LoweringNode, OnnxBuilder, OnnxValue } from "../../lowering.js";

/** Where the channels of a batch of images are. */
export interface ImageFormat {
  readonly isChannelsFirst: boolean;
  readonly channelAxis: number;
  /** Axes of height and width (and depth). */
  readonly spatial: readonly number[];
}

/** The layout that `data_format` gives an input of known rank; undefined where the rank is another, or the format is none of the two. */
export function imageFormat(node: LoweringNode, input: number, rank: number): ImageFormat | undefined {
  if (node.shape(input)?.length !== rank) return undefined;
  const format = node.attrs.has("data_format") ? node.attrs.text("data_format") : "NHWC";
  if (format !== "NHWC" && format !== "NCHW") return undefined;
  const isChannelsFirst = format === "NCHW";
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i + (isChannelsFirst ? 2 : 1));
  return { isChannelsFirst, channelAxis: isChannelsFirst ? 1 : rank - 1, spatial };
}

/** The value with channels first, as ONNX wants it; ONNX Runtime removes the transposes between neighbours. */
export function toChannelsFirst(onnx: OnnxBuilder, value: OnnxValue, format: ImageFormat): OnnxValue {
  return format.isChannelsFirst ? value : onnx.op("Transpose", [value], { perm: [0, 3, 1, 2] });
}

/** Back to the layout of the op. */
export function fromChannelsFirst(onnx: OnnxBuilder, value: OnnxValue, format: ImageFormat): OnnxValue {
  return format.isChannelsFirst ? value : onnx.op("Transpose", [value], { perm: [0, 2, 3, 1] });
}
