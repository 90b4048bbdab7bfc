import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument, outOfRange } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { pixelsOf, pixelsValue } from "./image/pixels.js";

const f = Math.fround;

/** Where the pixels of a crop lie along one dimension of an image, in float32 as TensorFlow computes them. */
function positions(from: number, to: number, size: number, crop: number): Float32Array {
  const result = new Float32Array(crop);
  const step = crop > 1 ? f(f(f(to - from) * (size - 1)) / (crop - 1)) : 0;
  for (let i = 0; i < crop; i++) {
    result[i] = crop > 1 ? f(f(from * (size - 1)) + f(i * step)) : f(f(0.5 * f(from + to)) * (size - 1));
  }
  return result;
}

interface Crops {
  readonly boxes: Float32Array;
  readonly owners: Int32Array;
  readonly count: number;
}

function readBoxes(boxes: TensorValue, owners: TensorValue, batch: number): Crops {
  const count = boxes.shape[0] ?? 0;
  if (boxes.data.length === 0 && owners.data.length === 0) {
    return { boxes: boxes.data as Float32Array, owners: owners.data as Int32Array, count: 0 };
  }
  if (boxes.shape.length !== 2) throw invalidArgument(`boxes must be 2-D${shapeText(boxes.shape)}`);
  if (boxes.shape[1] !== 4) throw invalidArgument("boxes must have 4 columns");
  if (owners.shape.length !== 1) throw invalidArgument(`box_index must be 1-D${shapeText(owners.shape)}`);
  if (owners.shape[0] !== count) throw invalidArgument("box_index has incompatible shape");
  for (const owner of owners.data as Int32Array) {
    if (owner < 0 || owner >= batch) throw outOfRange("box_index has values outside [0, batch_size)");
  }
  return { boxes: boxes.data as Float32Array, owners: owners.data as Int32Array, count };
}

/** Visits each pixel of each crop: where it lies in its image, or undefined coordinates (NaN) where it lies outside. */
function checkGrads(grads: TensorValue, boxes: TensorValue): void {
  if (grads.shape.length !== 4) throw invalidArgument(`grads image must be 4-D${shapeText(grads.shape)}`);
  if (grads.shape[0] !== boxes.shape[0]) throw invalidArgument("boxes and grads have incompatible shape");
}

function forCropPixels(
  { boxes, owners, count }: Crops,
  image: readonly [number, number],
  crop: readonly [number, number],
  visit: (pixel: number, owner: number, y: number, x: number, box: number, row: number, column: number) => void,
): void {
  const [height, width] = image;
  for (let b = 0; b < count; b++) {
    const ys = positions(boxes[4 * b]!, boxes[4 * b + 2]!, height, crop[0]);
    const xs = positions(boxes[4 * b + 1]!, boxes[4 * b + 3]!, width, crop[1]);
    for (let row = 0; row < crop[0]; row++) {
      const y = ys[row]! < 0 || ys[row]! > height - 1 ? Number.NaN : ys[row]!;
      for (let column = 0; column < crop[1]; column++) {
        const x = xs[column]! < 0 || xs[column]! > width - 1 ? Number.NaN : xs[column]!;
        visit((b * crop[0] + row) * crop[1] + column, owners[b]!, y, x, b, row, column);
      }
    }
  }
}

/** C's `roundf`, for positions, which are not negative. */
const nearest = (value: number): number => Math.floor(value + 0.5);

const cropAndResize: KernelFactory = ({ attrs }) => {
  const isNearest = attrs.text("method") === "nearest";
  const outside = attrs.float("extrapolation_value");
  return ([image, boxes, owners, size]) => {
    if (image!.shape.length !== 4) throw invalidArgument(`input image must be 4-D${shapeText(image!.shape)}`);
    const [batch, height, width, depth] = image!.shape as readonly [number, number, number, number];
    if (height <= 0 || width <= 0) throw invalidArgument("image dimensions must be positive");
    const crops = readBoxes(boxes!, owners!, batch);
    const crop = cropSize(size!);
    const data = pixelsOf(image!);
    const shape = [crops.count, ...crop, depth];
    const out = new Float32Array(elementCount(shape));
    forCropPixels(crops, [height, width], crop, (pixel, owner, y, x) => {
      const to = pixel * depth;
      if (Number.isNaN(y) || Number.isNaN(x)) {
        out.fill(outside, to, to + depth);
        return;
      }
      const base = owner * height;
      if (isNearest) {
        const from = ((base + nearest(y)) * width + nearest(x)) * depth;
        for (let c = 0; c < depth; c++) out[to + c] = data[from + c]!;
        return;
      }
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const [yLerp, xLerp] = [y - top, x - left];
      const topRow = (base + top) * width;
      const bottomRow = (base + Math.ceil(y)) * width;
      const right = Math.ceil(x);
      for (let c = 0; c < depth; c++) {
        const topLeft = data[(topRow + left) * depth + c]!;
        const bottomLeft = data[(bottomRow + left) * depth + c]!;
        const upper = topLeft + (data[(topRow + right) * depth + c]! - topLeft) * xLerp;
        const lower = bottomLeft + (data[(bottomRow + right) * depth + c]! - bottomLeft) * xLerp;
        out[to + c] = upper + (lower - upper) * yLerp;
      }
    });
    return [tensorValue("float32", shape, out)];
  };
};

function cropSize(size: TensorValue): readonly [number, number] {
  if (size.shape.length !== 1) throw invalidArgument(`crop_size must be 1-D${shapeText(size.shape)}`);
  if (size.shape[0] !== 2) throw invalidArgument(`crop_size must have two elements${shapeText(size.shape)}`);
  const [height, width] = toIntegers(size) as [number, number];
  if (height <= 0 || width <= 0) throw invalidArgument("crop dimensions must be positive");
  return [height, width];
}

const cropAndResizeGradImage: KernelFactory = ({ attrs, outputTypes }) => {
  const isNearest = attrs.text("method") === "nearest";
  return ([grads, boxes, owners, size]) => {
    checkGrads(grads!, boxes!);
    const shape = toIntegers(size!);
    if (shape.length !== 4) throw invalidArgument(`image_size must have 4 elements${shapeText(size!.shape)}`);
    const [batch, height, width, depth] = shape as [number, number, number, number];
    const crops = readBoxes(boxes!, owners!, batch);
    const dy = grads!.data as Float32Array;
    const out = new Float64Array(elementCount(shape));
    forCropPixels(crops, [height, width], [grads!.shape[1]!, grads!.shape[2]!], (pixel, owner, y, x) => {
      if (Number.isNaN(y) || Number.isNaN(x)) return;
      const from = pixel * depth;
      const add = (row: number, column: number, weight: number): void => {
        const to = ((owner * height + row) * width + column) * depth;
        for (let c = 0; c < depth; c++) out[to + c] = out[to + c]! + weight * dy[from + c]!;
      };
      if (isNearest) {
        add(nearest(y), nearest(x), 1);
        return;
      }
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const [yLerp, xLerp] = [y - top, x - left];
      add(top, left, (1 - yLerp) * (1 - xLerp));
      add(top, Math.ceil(x), (1 - yLerp) * xLerp);
      add(Math.ceil(y), left, yLerp * (1 - xLerp));
      add(Math.ceil(y), Math.ceil(x), yLerp * xLerp);
    });
    return [pixelsValue(outputTypes[0]!, shape, out)];
  };
};

const cropAndResizeGradBoxes: KernelFactory =
  () =>
  ([grads, image, boxes, owners]) => {
    checkGrads(grads!, boxes!);
    const [batch, height, width, depth] = image!.shape as readonly [number, number, number, number];
    const crops = readBoxes(boxes!, owners!, batch);
    const crop = [grads!.shape[1]!, grads!.shape[2]!] as const;
    const [data, dy] = [pixelsOf(image!), grads!.data as Float32Array];
    const out = new Float64Array(crops.count * 4);
    const [heightRatio, widthRatio] = [
      crop[0] > 1 ? (height - 1) / (crop[0] - 1) : 0,
      crop[1] > 1 ? (width - 1) / (crop[1] - 1) : 0,
    ];
    forCropPixels(crops, [height, width], crop, (pixel, owner, y, x, box, row, column) => {
      if (Number.isNaN(y) || Number.isNaN(x)) return;
      const [top, bottom, left, right] = [Math.floor(y), Math.ceil(y), Math.floor(x), Math.ceil(x)];
      const [yLerp, xLerp] = [y - top, x - left];
      const at = (r: number, c: number, channel: number): number =>
        data[((owner * height + r) * width + c) * depth + channel]!;
      let [slopeY, slopeX] = [0, 0];
      for (let c = 0; c < depth; c++) {
        const [a, b] = [at(top, left, c), at(top, right, c)];
        const [p, q] = [at(bottom, left, c), at(bottom, right, c)];
        const grad = dy[pixel * depth + c]!;
        slopeY += grad * ((1 - xLerp) * (p - a) + xLerp * (q - b));
        slopeX += grad * ((1 - yLerp) * (b - a) + yLerp * (q - p));
      }
      const add = (side: number, value: number): void => {
        out[box * 4 + side] = out[box * 4 + side]! + value;
      };
      if (crop[0] > 1) {
        add(0, slopeY * (height - 1 - row * heightRatio));
        add(2, slopeY * row * heightRatio);
      } else {
        add(0, slopeY * 0.5 * (height - 1));
        add(2, slopeY * 0.5 * (height - 1));
      }
      if (crop[1] > 1) {
        add(1, slopeX * (width - 1 - column * widthRatio));
        add(3, slopeX * column * widthRatio);
      } else {
        add(1, slopeX * 0.5 * (width - 1));
        add(3, slopeX * 0.5 * (width - 1));
      }
    });
    return [tensorValue("float32", [crops.count, 4], Float32Array.from(out))];
  };

/** Host kernels of cropping. */
export const imageCropKernels: KernelTable = {
  CropAndResize: cropAndResize,
  CropAndResizeGradImage: cropAndResizeGradImage,
  CropAndResizeGradBoxes: cropAndResizeGradBoxes,
};
