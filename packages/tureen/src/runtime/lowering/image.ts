import type { Lowering, LoweringTable, OnnxAttrs } from "../lowering.js";
import { fromChannelsFirst, imageFormat, toChannelsFirst } from "./support/channels.js";
import { constantIntegers } from "./support/constants.js";
import { single } from "./support/dtypes.js";

function resize(mode: string, attrs: (halfPixel: boolean, alignCorners: boolean) => OnnxAttrs | undefined): Lowering {
  return (node, onnx) => {
    const size = constantIntegers(node, 1);
    const shape = node.shape(0);
    if (
      shape?.length !== 4 ||
      size?.length !== 2 ||
      size.some((length) => length < 1) ||
      !single.includes(node.inputTypes[0]!)
    )
      return undefined;
    if (shape[3]! < 1 || !single.includes(node.outputTypes[0]!)) return undefined;
    const how = attrs(node.attrs.bool("half_pixel_centers"), node.attrs.bool("align_corners"));
    if (how === undefined) return undefined;
    const x = onnx.op("Transpose", [node.input(0)], { perm: [0, 3, 1, 2] });
    const batch = onnx.op("Shape", [x], { start: 0, end: 2 });
    const sizes = onnx.op("Concat", [batch, onnx.int64(size)], { axis: 0 });
    const y = onnx.op("Resize", [x, "", "", sizes], { mode, ...how });
    return [onnx.op("Transpose", [y], { perm: [0, 2, 3, 1] })];
  };
}

function blocks(type: string, attrs: OnnxAttrs): Lowering {
  return (node, onnx) => {
    const format = imageFormat(node, 0, 4);
    const size = node.attrs.int("block_size");
    if (format === undefined || !single.includes(node.inputTypes[0]!)) return undefined;
    const shape = node.shape(0)!;
    const divided =
      type === "DepthToSpace" ? [shape[format.channelAxis]! / size] : format.spatial.map((axis) => shape[axis]! / size);
    const divisors = type === "DepthToSpace" ? divided.map((depth) => depth / size) : divided;
    if (divisors.some((count) => count <= 0 || !Number.isInteger(count))) return undefined;
    const y = onnx.op(type, [toChannelsFirst(onnx, node.input(0), format)], { blocksize: size, ...attrs });
    return [fromChannelsFirst(onnx, y, format)];
  };
}

/** ONNX lowerings of the image family. */
export const imageLowerings: LoweringTable = {
  DepthToSpace: blocks("DepthToSpace", { mode: "DCR" }),
  ResizeBilinear: resize("linear", (halfPixel, alignCorners) => {
    if (alignCorners) return halfPixel ? undefined : { coordinate_transformation_mode: "align_corners" };
    return { coordinate_transformation_mode: halfPixel ? "half_pixel" : "asymmetric" };
  }),
  ResizeNearestNeighbor: resize("nearest", (halfPixel, alignCorners) => {
    if (alignCorners)
      return halfPixel
        ? undefined
        : { coordinate_transformation_mode: "align_corners", nearest_mode: "round_prefer_ceil" };
    if (halfPixel) return { coordinate_transformation_mode: "tf_half_pixel_for_nn", nearest_mode: "floor" };
    return { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
  }),
  SpaceToDepth: blocks("SpaceToDepth", {}),
};
