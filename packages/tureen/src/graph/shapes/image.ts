import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";
import { mergeSize, withRank, withRankAtLeast } from "./nn/shape-checks.js";

/** Height and width that an input vector holds. */
function sizeInput(node: ShapeNode, input: number): readonly [number, number] {
  const [count] = withRank(node.inputs[input]!.shape, 1);
  if (count! >= 0 && count !== 2) throw invalidArgument(`Dimension must be 2 but is ${count}`);
  const value = node.constant(input);
  return value === undefined ? [-1, -1] : (toIntegers(value) as [number, number]);
}

const resize: ShapeRule = (node) => {
  const [batch, , , channels] = withRank(node.inputs[0]!.shape, 4) as [number, number, number, number];
  return [[batch, ...sizeInput(node, 1), channels]];
};

const likeSecond: ShapeRule = ({ inputs }) => [inputs[1]!.shape];

const nearestGrad: ShapeRule = resize;

const cropAndResize: ShapeRule = (node) => {
  const image = withRank(node.inputs[0]!.shape, 4);
  const boxes = withRank(node.inputs[1]!.shape, 2);
  const [owners] = withRank(node.inputs[2]!.shape, 1);
  return [[mergeSize(boxes[0]!, owners!), ...sizeInput(node, 3), image[3]!]];
};

const cropGradImage: ShapeRule = (node) => {
  const sizes = node.shapeOf(3);
  return [sizes === undefined ? [-1, -1, -1, -1] : withRank(sizes, 4)];
};

const cropGradBoxes: ShapeRule = ({ inputs }) => [withRank(inputs[2]!.shape, 2)];

const colors: ShapeRule = ({ inputs }) => {
  const shape = withRankAtLeast(inputs[0]!.shape, 1);
  if (shape === undefined) return [undefined];
  const channels = shape.at(-1)!;
  if (channels >= 0 && channels !== 3) throw invalidArgument(`Dimension must be 3 but is ${channels}`);
  return [[...shape.slice(0, -1), 3]];
};

const sampleBox: ShapeRule = () => [[3], [3], [1, 1, 4]];

const drawBoxes: ShapeRule = ({ inputs }) => [withRankAtLeast(inputs[0]!.shape, 3)];

const glimpse: ShapeRule = (node) => {
  const [batch, , , channels] = withRank(node.inputs[0]!.shape, 4) as [number, number, number, number];
  const offsets = withRank(node.inputs[2]!.shape, 2);
  return [[mergeSize(batch, offsets[0]!), ...sizeInput(node, 1), channels]];
};

const adjust: ShapeRule = ({ inputs }) => [withRankAtLeast(inputs[0]!.shape, 3)];

/** Boxes (or a square of overlaps) and one score each. */
function checkCandidates({ inputs }: ShapeNode, columns: number | undefined): void {
  const boxes = withRank(inputs[0]!.shape, 2);
  const [scores] = withRank(inputs[1]!.shape, 1);
  mergeSize(boxes[0]!, scores!);
  if (columns !== undefined && boxes[1]! >= 0 && boxes[1] !== columns) {
    throw invalidArgument(`Dimension must be ${columns} but is ${boxes[1]}`);
  }
}

const suppress: ShapeRule = (node) => {
  checkCandidates(node, 4);
  return [[-1]];
};

/** The padded size where the graph tells it. */
function paddedSize(node: ShapeNode): number {
  const limit = node.attrs.bool("pad_to_max_output_size") ? node.constant(2) : undefined;
  return limit === undefined ? -1 : toIntegers(limit)[0]!;
}

const suppressV4: ShapeRule = (node) => {
  checkCandidates(node, 4);
  return [[paddedSize(node)], []];
};

const suppressV5: ShapeRule = (node) => {
  checkCandidates(node, 4);
  const size = paddedSize(node);
  return [[size], [size], []];
};

const suppressWithOverlaps: ShapeRule = (node) => {
  checkCandidates(node, undefined);
  return [[-1]];
};

const combined: ShapeRule = (node) => {
  const boxes = withRank(node.inputs[0]!.shape, 4);
  const scores = withRank(node.inputs[1]!.shape, 3);
  const batch = boxes[0]!;
  const total = node.constant(3);
  let size = total === undefined ? -1 : toIntegers(total)[0]!;
  if (node.attrs.bool("pad_per_class")) {
    const perClass = node.constant(2);
    const limit = perClass === undefined || scores[2]! < 0 ? -1 : toIntegers(perClass)[0]! * scores[2]!;
    size = size < 0 || limit < 0 ? -1 : Math.min(size, limit);
  }
  return [[batch, size, 4], [batch, size], [batch, size], [batch]];
};

const patches: ShapeRule = ({ inputs, attrs }) => {
  const [batch, height, width, channels] = withRank(inputs[0]!.shape, 4) as [number, number, number, number];
  const [ksizes, strides, rates] = [attrs.ints("ksizes"), attrs.ints("strides"), attrs.ints("rates")];
  const size = (input: number, axis: number): number => {
    if (input < 0) return -1;
    if (attrs.text("padding") === "SAME") return Math.ceil(input / strides[axis]!);
    const reach = (ksizes[axis]! - 1) * rates[axis]! + 1;
    return Math.floor((input - reach + strides[axis]!) / strides[axis]!);
  };
  return [[batch, size(height, 1), size(width, 2), channels < 0 ? -1 : channels * ksizes[1]! * ksizes[2]!]];
};

const volumePatches: ShapeRule = ({ inputs, attrs }) => {
  const input = withRank(inputs[0]!.shape, 5);
  const [ksizes, strides] = [attrs.ints("ksizes"), attrs.ints("strides")];
  const size = (d: number): number => {
    if (input[d]! < 0) return -1;
    if (attrs.text("padding") === "SAME") return Math.ceil(input[d]! / strides[d]!);
    return Math.floor((input[d]! - ksizes[d]! + strides[d]!) / strides[d]!);
  };
  const channels = input[4]!;
  const depth = channels < 0 ? -1 : channels * ksizes[1]! * ksizes[2]! * ksizes[3]!;
  return [[input[0]!, size(1), size(2), size(3), depth]];
};

const transform: ShapeRule = (node) => {
  const images = withRank(node.inputs[0]!.shape, 4);
  return [[images[0]!, ...sizeInput(node, 2), images[3]!]];
};

/** Height, width and channels of a decoded file: the run tells the sizes, the attribute the channels unless it is 0. */
const decoded: ShapeRule = ({ inputs, attrs }) => {
  withRank(inputs[0]!.shape, 0);
  return [[-1, -1, attrs.int("channels") || -1]];
};

const encoded: ShapeRule = ({ inputs }) => {
  withRank(inputs[0]!.shape, 3);
  return [[]];
};

/** Shape rules of the image family. */
export const imageShapes: ShapeTable = {
  DecodeJpeg: decoded,
  DecodePng: decoded,
  DecodeBmp: decoded,
  DecodeImage: (node) => (node.attrs.bool("expand_animations") ? [undefined] : decoded(node)),
  DecodeGif: ({ inputs }) => {
    withRank(inputs[0]!.shape, 0);
    return [[-1, -1, -1, 3]];
  },
  DecodeAndCropJpeg: (node) => {
    withRank(node.inputs[0]!.shape, 0);
    const window = node.constant(1);
    const [, , height, width] = window === undefined ? [-1, -1, -1, -1] : toIntegers(window);
    return [[height!, width!, node.attrs.int("channels") || -1]];
  },
  ExtractJpegShape: ({ inputs }) => {
    withRank(inputs[0]!.shape, 0);
    return [[3]];
  },
  EncodePng: ({ inputs }) => [withRankAtLeast(inputs[0]!.shape, 3)?.slice(0, -3)],
  EncodeJpeg: encoded,
  EncodeJpegVariableQuality: encoded,
  ResizeBilinear: resize,
  ResizeNearestNeighbor: resize,
  ResizeBicubic: resize,
  ResizeArea: resize,
  ScaleAndTranslate: resize,
  ScaleAndTranslateGrad: likeSecond,
  SampleDistortedBoundingBox: sampleBox,
  SampleDistortedBoundingBoxV2: sampleBox,
  StatelessSampleDistortedBoundingBox: sampleBox,
  DrawBoundingBoxes: drawBoxes,
  DrawBoundingBoxesV2: drawBoxes,
  ExtractGlimpse: glimpse,
  ExtractGlimpseV2: glimpse,
  ResizeBilinearGrad: likeSecond,
  ResizeBicubicGrad: likeSecond,
  ResizeNearestNeighborGrad: nearestGrad,
  CropAndResize: cropAndResize,
  CropAndResizeGradImage: cropGradImage,
  CropAndResizeGradBoxes: cropGradBoxes,
  RGBToHSV: colors,
  HSVToRGB: colors,
  AdjustHue: adjust,
  AdjustSaturation: adjust,
  AdjustContrastv2: adjust,
  NonMaxSuppression: suppress,
  NonMaxSuppressionV2: suppress,
  NonMaxSuppressionV3: suppress,
  NonMaxSuppressionV4: suppressV4,
  NonMaxSuppressionV5: suppressV5,
  NonMaxSuppressionWithOverlaps: suppressWithOverlaps,
  CombinedNonMaxSuppression: combined,
  ExtractImagePatches: patches,
  ExtractVolumePatches: volumePatches,
  ImageProjectiveTransformV2: transform,
  ImageProjectiveTransformV3: transform,
};
