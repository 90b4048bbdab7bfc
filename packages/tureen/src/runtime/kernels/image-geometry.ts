import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { cellsOf, cellWidth, copyCells, newValue } from "./array/cells.js";
import { pixelsOf, pixelsValue } from "./image/pixels.js";
import { realData } from "./linalg/real-data.js";
import { placeWindow, spatialOf } from "./nn/conv-geometry.js";

const extractImagePatches: KernelFactory = ({ attrs }) => {
  const [ksizes, strides, rates] = [attrs.ints("ksizes"), attrs.ints("strides"), attrs.ints("rates")];
  const padding = attrs.text("padding");
  const window = {
    strides: spatialOf(strides, false),
    dilations: spatialOf(rates, false),
    padding,
    explicit: [],
    channelFirst: false,
    spatialRank: 2,
  } as const;
  return ([images]) => {
    if (images!.shape.length !== 4) throw invalidArgument(`input must be 4-dimensional: ${shapeText(images!.shape)}`);
    const [batch, height, width, depth] = images!.shape as readonly [number, number, number, number];
    const geometry = placeWindow([1, height, width], spatialOf(ksizes, false), window);
    const [, rows, columns] = geometry.output;
    const [, tall, wide] = geometry.window;
    const result = newValue(images!.dtype, [batch, rows, columns, tall * wide * depth]);
    const [source, target] = [cellsOf(images!), cellsOf(result)];
    const pixel = depth * cellWidth(images!.dtype);
    let to = 0;
    for (let n = 0; n < batch; n++) {
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          for (let a = 0; a < tall; a++) {
            const y = r * geometry.strides[1] - geometry.before[1] + a * geometry.dilations[1];
            for (let b = 0; b < wide; b++, to += pixel) {
              const x = c * geometry.strides[2] - geometry.before[2] + b * geometry.dilations[2];
              if (y < 0 || y >= height || x < 0 || x >= width) continue;
              copyCells(target, to, source, ((n * height + y) * width + x) * pixel, pixel);
            }
          }
        }
      }
    }
    return [result];
  };
};

const f = Math.fround;

/** One row of a projective transform, in float32 as TensorFlow computes it. */
function project(matrix: ArrayLike<number>, at: number, x: number, y: number, constant: number): number {
  return f(f(f(matrix[at]! * x) + f(matrix[at + 1]! * y)) + constant);
}

type FillMode = "CONSTANT" | "REFLECT" | "WRAP" | "NEAREST";

/** Brings a coordinate that lies outside an image of `size` pixels back into it, as the fill mode says. */
function mapCoordinate(at: number, size: number, mode: FillMode): number {
  const last = size - 1;
  switch (mode) {
    case "REFLECT": {
      if (at >= 0 && at <= last) return at;
      if (size <= 1) return 0;
      const period = 2 * size;
      let x = at;
      if (x < 0) {
        if (x < -period) x = period * Math.trunc(-x / period) + x;
        x = x < -size ? x + period : -x - 1;
      } else {
        x -= period * Math.trunc(x / period);
        if (x >= size) x = period - x - 1;
      }
      return Math.min(Math.max(x, 0), last);
    }
    case "WRAP": {
      if (at >= 0 && at <= last) return at;
      if (size <= 1) return 0;
      let x = at;
      if (x < 0) x += size * (Math.trunc(-x / last) + 1);
      else x -= size * Math.trunc(x / last);
      return Math.min(Math.max(x, 0), last);
    }
    case "NEAREST":
      return Math.min(Math.max(at, 0), last);
    default:
      return at;
  }
}

function projectiveTransform(version: 2 | 3): KernelFactory {
  return ({ attrs }) => {
    const isNearest = attrs.text("interpolation") === "NEAREST";
    const mode = attrs.text("fill_mode") as FillMode;
    return ([images, transforms, size, fillTensor]) => {
      if (images!.shape.length !== 4) throw invalidArgument("Input images must have rank 4");
      const [batch, height, width, channels] = images!.shape as readonly [number, number, number, number];
      const { shape } = transforms!;
      if (shape.length !== 2 || (shape[0] !== batch && shape[0] !== 1) || shape[1] !== 8) {
        throw invalidArgument("Input transform should be num_images x 8 or 1 x 8");
      }
      if (size!.shape.length !== 1 || size!.shape[0] !== 2) {
        throw invalidArgument(`output shape must have two elements${shapeText(size!.shape)}`);
      }
      const [outHeight, outWidth] = toIntegers(size!) as [number, number];
      if (outHeight <= 0 || outWidth <= 0) {
        throw invalidArgument("output dimensions must be positive");
      }
      const fill = version === 3 ? realData(fillTensor!)[0]! : 0;
      const data = pixelsOf(images!);
      const matrix = realData(transforms!);
      const outShape = [batch, outHeight, outWidth, channels];
      const out = new Float64Array(elementCount(outShape));
      const read = (n: number, y: number, x: number, c: number): number =>
        y >= 0 && y < height && x >= 0 && x < width ? data[((n * height + y) * width + x) * channels + c]! : fill;
      let to = 0;
      for (let n = 0; n < batch; n++) {
        const t = shape[0] === 1 ? 0 : 8 * n;
        for (let y = 0; y < outHeight; y++) {
          for (let x = 0; x < outWidth; x++) {
            const depth = project(matrix, t + 6, x, y, 1);
            if (depth === 0) {
              out.fill(fill, to, to + channels);
              to += channels;
              continue;
            }
            const sourceX = f(project(matrix, t, x, y, matrix[t + 2]!) / depth);
            const sourceY = f(project(matrix, t + 3, x, y, matrix[t + 5]!) / depth);
            const atX = f(mapCoordinate(sourceX, width, mode));
            const atY = f(mapCoordinate(sourceY, height, mode));
            for (let c = 0; c < channels; c++, to++) {
              out[to] = isNearest
                ? read(n, roundAway(atY), roundAway(atX), c)
                : bilinear((row, column) => read(n, row, column, c), atY, atX);
            }
          }
        }
      }
      return [pixelsValue(images!.dtype, outShape, out)];
    };
  };
}

/** C's `round`: halves go away from zero. */
function roundAway(value: number): number {
  return value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
}

function bilinear(read: (row: number, column: number) => number, y: number, x: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [bottom, right] = [top + 1, left + 1];
  const upper = f(f(f(right - x) * read(top, left)) + f(f(x - left) * read(top, right)));
  const lower = f(f(f(right - x) * read(bottom, left)) + f(f(x - left) * read(bottom, right)));
  return f(f(f(bottom - y) * upper) + f(f(y - top) * lower));
}

/** Host kernels of patches and projective transforms. */
export const imageGeometryKernels: KernelTable = {
  ExtractImagePatches: extractImagePatches,
  ImageProjectiveTransformV2: projectiveTransform(2),
  ImageProjectiveTransformV3: projectiveTransform(3),
};
