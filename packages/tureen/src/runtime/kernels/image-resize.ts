import { elementCount, type Shape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { Attrs } from "../../graph/attr-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { cellsOf, cellWidth, newValue } from "./array/cells.js";
import { pixelsOf, pixelsValue } from "./image/pixels.js";
import { type AxisTaps, type ImageSizes, resample, resampleBack } from "./image/resample.js";
import { areaTaps, bicubicTaps, bilinearTaps, type Centers, nearestTaps } from "./image/resize-taps.js";
import { isResamplingKernel, scaleTaps } from "./image/scale-taps.js";

type TapsMaker = (input: number, output: number, centers: Centers) => AxisTaps;

function centersOf(attrs: Attrs): Centers {
  const alignCorners = attrs.bool("align_corners");
  const halfPixel = attrs.has("half_pixel_centers") && attrs.bool("half_pixel_centers");
  if (alignCorners && halfPixel) {
    throw invalidArgument("If half_pixel_centers is True, align_corners must be False.");
  }
  return { alignCorners, halfPixel };
}

function sizesOf(shape: Shape): ImageSizes {
  const [batch, height, width, channels] = shape as readonly [number, number, number, number];
  return { batch, height, width, channels };
}

/** Checks images and the size they are to take; gives that size. */
function targetSize(images: TensorValue, size: TensorValue): readonly [number, number] {
  if (images.shape.length !== 4) throw invalidArgument(`input must be 4-dimensional${shapeText(images.shape)}`);
  if (size.shape.length !== 1) throw invalidArgument(`shape_t must be 1-dimensional${shapeText(size.shape)}`);
  if (size.shape[0] !== 2) throw invalidArgument(`shape_t must have two elements${shapeText(size.shape)}`);
  const [height, width] = toIntegers(size) as [number, number];
  if (height <= 0 || width <= 0) throw invalidArgument("output dimensions must be positive");
  const { height: h, width: w } = sizesOf(images.shape);
  if (h <= 0 || w <= 0) throw invalidArgument("input image must be of non-zero size");
  return [height, width];
}

function resize(makeTaps: TapsMaker): KernelFactory {
  return ({ attrs }) => {
    const centers = centersOf(attrs);
    return ([images, size]) => {
      const [height, width] = targetSize(images!, size!);
      const sizes = sizesOf(images!.shape);
      const shape = [sizes.batch, height, width, sizes.channels];
      const out = new Float32Array(elementCount(shape));
      const [rows, columns] = [makeTaps(sizes.height, height, centers), makeTaps(sizes.width, width, centers)];
      resample(sizes, rows, columns, pixelsOf(images!), out);
      return [tensorValue("float32", shape, out)];
    };
  };
}

const resizeNearest: KernelFactory = ({ attrs }) => {
  const centers = centersOf(attrs);
  return ([images, size]) => {
    const [height, width] = targetSize(images!, size!);
    const { batch, height: h, width: w, channels } = sizesOf(images!.shape);
    const rows = nearestTaps(h, height, centers).index;
    const columns = nearestTaps(w, width, centers).index;
    const result = newValue(images!.dtype, [batch, height, width, channels]);
    const [source, target] = [cellsOf(images!), cellsOf(result)];
    const pixel = channels * cellWidth(images!.dtype);
    let to = 0;
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < height; y++) {
        const row = (n * h + rows[y]!) * w;
        for (let x = 0; x < width; x++) {
          const from = (row + columns[x]!) * pixel;
          for (let c = 0; c < pixel; c++) target[to + c] = source[from + c]!;
          to += pixel;
        }
      }
    }
    return [result];
  };
};

/** The gradient of a resize: what each output pixel took from an input pixel goes back to it. */
function resizeGrad(makeTaps: TapsMaker): KernelFactory {
  return ({ attrs, outputTypes }) => {
    const centers = centersOf(attrs);
    const byTensor = attrs.has("T") && outputTypes[0] !== undefined;
    return ([grads, original]) => {
      if (grads!.shape.length !== 4)
        throw invalidArgument(`input_grad must be 4-dimensional${shapeText(grads!.shape)}`);
      const [batch, outHeight, outWidth, channels] = grads!.shape as readonly [number, number, number, number];
      const isSize = original!.shape.length === 1;
      const [height, width] = isSize
        ? (toIntegers(original!) as [number, number])
        : [original!.shape[1]!, original!.shape[2]!];
      if (height <= 0 || width <= 0) throw invalidArgument("original_image must have positive height and width");
      const sizes: ImageSizes = { batch, height, width, channels };
      const shape = [batch, height, width, channels];
      const out = new Float64Array(elementCount(shape));
      const [rows, columns] = [makeTaps(height, outHeight, centers), makeTaps(width, outWidth, centers)];
      resampleBack(sizes, rows, columns, pixelsOf(grads!), out);
      return [pixelsValue(byTensor ? outputTypes[0]! : "float32", shape, out)];
    };
  };
}

const scaleAndTranslate: KernelFactory = ({ attrs }) => {
  const kernel = attrs.text("kernel_type");
  const antialias = attrs.bool("antialias");
  if (!isResamplingKernel(kernel)) throw invalidArgument(`Unrecognized kernel type: ${kernel}`);
  return ([images, size, scale, translation]) => {
    const [height, width] = targetSize(images!, size!);
    const sizes = sizesOf(images!.shape);
    const [scaleY, scaleX] = scale!.data as unknown as readonly [number, number];
    const [moveY, moveX] = translation!.data as unknown as readonly [number, number];
    if (!(scaleY > 0) || !(scaleX > 0)) throw invalidArgument("Scale must be greater than zero.");
    const shape = [sizes.batch, height, width, sizes.channels];
    const out = new Float32Array(elementCount(shape));
    const rows = scaleTaps(sizes.height, height, scaleY, moveY, kernel, antialias);
    const columns = scaleTaps(sizes.width, width, scaleX, moveX, kernel, antialias);
    resample(sizes, rows, columns, pixelsOf(images!), out);
    return [tensorValue("float32", shape, out)];
  };
};

const scaleAndTranslateGrad: KernelFactory = ({ attrs }) => {
  const kernel = attrs.text("kernel_type");
  const antialias = attrs.bool("antialias");
  if (!isResamplingKernel(kernel)) throw invalidArgument(`Unrecognized kernel type: ${kernel}`);
  return ([grads, images, scale, translation]) => {
    if (grads!.shape.length !== 4) throw invalidArgument(`input_grad must be 4-dimensional${shapeText(grads!.shape)}`);
    for (const { shape } of [scale!, translation!]) {
      if (shape.length !== 1) throw invalidArgument(`t must be 1-dimensional${shapeText(shape)}`);
      if (shape[0] !== 2) throw invalidArgument(`t must have two elements${shapeText(shape)}`);
    }
    const sizes = sizesOf(images!.shape);
    const [height, width] = [grads!.shape[1]!, grads!.shape[2]!];
    const [scaleY, scaleX] = scale!.data as unknown as readonly [number, number];
    const [moveY, moveX] = translation!.data as unknown as readonly [number, number];
    if (!(scaleY > 0) || !(scaleX > 0)) throw invalidArgument("Scale must be greater than zero.");
    const out = new Float32Array(elementCount(images!.shape));
    const rows = scaleTaps(sizes.height, height, scaleY, moveY, kernel, antialias);
    const columns = scaleTaps(sizes.width, width, scaleX, moveX, kernel, antialias);
    resampleBack(sizes, rows, columns, pixelsOf(grads!), out);
    return [tensorValue("float32", images!.shape, out)];
  };
};

/** Host kernels of resizing. */
export const imageResizeKernels: KernelTable = {
  ResizeBilinear: resize(bilinearTaps),
  ResizeBilinearGrad: resizeGrad(bilinearTaps),
  ResizeNearestNeighbor: resizeNearest,
  ResizeNearestNeighborGrad: resizeGrad(nearestTaps),
  ResizeBicubic: resize(bicubicTaps),
  ResizeBicubicGrad: resizeGrad(bicubicTaps),
  ResizeArea: resize((input, output, { alignCorners }) => areaTaps(input, output, alignCorners)),
  ScaleAndTranslate: scaleAndTranslate,
  ScaleAndTranslateGrad: scaleAndTranslateGrad,
};
