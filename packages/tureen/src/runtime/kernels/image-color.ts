import { elementCount, shapeText } from "../../core/shape.js";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";

/** Three numbers of one pixel. */
type Triple = readonly [number, number, number];

/** Hue, saturation and value of a pixel; hue in [0, 1). */
function hsvOf(r: number, g: number, b: number): Triple {
  const value = Math.max(r, g, b);
  const range = value - Math.min(r, g, b);
  const saturation = value > 0 ? range / value : 0;
  if (range === 0) return [0, saturation, value];
  const norm = 1 / (6 * range);
  let hue: number;
  if (r === value) hue = norm * (g - b);
  else if (g === value) hue = norm * (b - r) + 2 / 6;
  else hue = norm * (r - g) + 4 / 6;
  return [hue < 0 ? hue + 1 : hue, saturation, value];
}

const clamp = (x: number): number => Math.min(Math.max(x, 0), 1);

/** The pixel of a hue, saturation and value. */
function rgbOf(hue: number, saturation: number, value: number): Triple {
  const turn = hue * 6;
  const part = (offset: number): number => (1 - saturation + saturation * clamp(offset)) * value;
  return [part(Math.abs(turn - 3) - 1), part(2 - Math.abs(turn - 2)), part(2 - Math.abs(turn - 4))];
}

function pixelwise(input: TensorValue, convert: (a: number, b: number, c: number) => Triple): TensorValue {
  const data = realData(input);
  const out = realArray(input.dtype, data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [x, y, z] = convert(data[i]!, data[i + 1]!, data[i + 2]!);
    out[i] = x;
    out[i + 1] = y;
    out[i + 2] = z;
  }
  return realValue(input.dtype, input.shape, out);
}

function colorSpace(convert: (a: number, b: number, c: number) => Triple): KernelFactory {
  return () =>
    ([input]) => {
      const { shape } = input!;
      if (shape.length < 1) throw invalidArgument(`input must be at least 1D${shapeText(shape)}`);
      if (shape.at(-1) !== 3) {
        throw failedPrecondition(`input must have 3 channels but input only has ${shape.at(-1)} channels.`);
      }
      return [pixelwise(input!, convert)];
    };
}

function checkImage(images: TensorValue, scalar: TensorValue, name: string): void {
  if (images.shape.length < 3) throw invalidArgument(`input must be at least 3-D, got shape${shapeText(images.shape)}`);
  if (scalar.shape.length !== 0) throw invalidArgument(`${name} must be scalar: ${shapeText(scalar.shape)}`);
}

function checkColors(images: TensorValue): void {
  const channels = images.shape.at(-1);
  if (channels !== 3) throw invalidArgument(`input must have 3 channels but instead has ${channels} channels.`);
}

const adjustHue: KernelFactory =
  () =>
  ([images, delta]) => {
    checkImage(images!, delta!, "delta");
    checkColors(images!);
    const turn = realData(delta!)[0]!;
    return [
      pixelwise(images!, (r, g, b) => {
        const [hue, saturation, value] = hsvOf(r, g, b);
        const moved = hue + turn;
        return rgbOf(moved - Math.floor(moved), saturation, value);
      }),
    ];
  };

const adjustSaturation: KernelFactory =
  () =>
  ([images, scale]) => {
    checkImage(images!, scale!, "scale");
    checkColors(images!);
    const factor = realData(scale!)[0]!;
    return [
      pixelwise(images!, (r, g, b) => {
        const [hue, saturation, value] = hsvOf(r, g, b);
        return rgbOf(hue, clamp(saturation * factor), value);
      }),
    ];
  };

const adjustContrast: KernelFactory =
  () =>
  ([images, factorTensor]) => {
    const { shape, dtype } = images!;
    if (shape.length < 3) throw invalidArgument(`input must be at least 3-D, got shape${shapeText(shape)}`);
    if (factorTensor!.shape.length !== 0) {
      throw invalidArgument(`contrast_factor must be scalar: ${shapeText(factorTensor!.shape)}`);
    }
    const factor = realData(factorTensor!)[0]!;
    const channels = shape.at(-1)!;
    const pixels = shape.at(-2)! * shape.at(-3)!;
    const data = realData(images!);
    const out = realArray(dtype, data.length);
    const count = elementCount(shape.slice(0, -3));
    for (let n = 0; n < count; n++) {
      const start = n * pixels * channels;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let p = 0; p < pixels; p++) sum += data[start + p * channels + c]!;
        const mean = sum / pixels;
        for (let p = 0; p < pixels; p++) {
          const at = start + p * channels + c;
          out[at] = (data[at]! - mean) * factor + mean;
        }
      }
    }
    return [realValue(dtype, shape, out)];
  };

/** Host kernels of colors. */
export const imageColorKernels: KernelTable = {
  RGBToHSV: colorSpace(hsvOf),
  HSVToRGB: colorSpace(rgbOf),
  AdjustHue: adjustHue,
  AdjustSaturation: adjustSaturation,
  AdjustContrastv2: adjustContrast,
};
