import type { JpegImage } from "./jpeg-decoder.js";
import { accurateInverseDct, fastInverseDct, fastSteps } from "./jpeg-inverse-dct.js";
import type { JpegComponent } from "./jpeg-scan.js";

/** Eight-bit samples, channels last. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

/** How coefficients become pixels. */
export interface JpegPixelOptions {
  /** 1 for gray, 3 for RGB. */
  readonly channels: 1 | 3;
  /** 1, 2, 4 or 8: the image comes that much smaller. */
  readonly ratio: number;
  /** Whether colours of halved resolution are interpolated and not repeated. */
  readonly fancy: boolean;
  /** Whether the accurate inverse transform is taken and not the fast one. */
  readonly accurate: boolean;
  /** Where a crop window starts and how wide it is; upsampling then sees nothing beyond its blocks, as in libjpeg-turbo. */
  readonly columns?: { readonly left: number; readonly width: number };
}

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly data: Uint8Array;
}

const clamp = (x: number): number => Math.min(255, Math.max(0, x));

/** The columns of a plane from one that stands first in a block on. */
function columnsOf(plane: Plane, left: number, width: number): Plane {
  return { ...plane, data: plane.data.subarray(left), width };
}

/** The samples of a component, each block `size` wide and high: the mean of its samples where that is less than 8. */
function planeOf(
  component: JpegComponent,
  steps: Int32Array,
  size: number,
  fast: boolean,
  width: number,
  height: number,
): Plane {
  const { stride: blocks, coefficients } = component;
  const rows = coefficients.length / 64 / blocks;
  const stride = blocks * size;
  const data = new Uint8Array(stride * rows * size);
  const transform = fast ? fastInverseDct : accurateInverseDct;
  const table = fast ? fastSteps(steps) : steps;
  const samples = new Int32Array(64);
  const step = 8 / size;
  for (let block = 0; block < blocks * rows; block++) {
    transform(coefficients, block * 64, table, samples);
    const at = Math.floor(block / blocks) * size * stride + (block % blocks) * size;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++)
        data[at + y * stride + x] = clamp(step === 1 ? samples[y * 8 + x]! : mean(samples, y * step, x * step, step));
    }
  }
  return { width, height, stride, data };
}

function mean(samples: Int32Array, top: number, left: number, step: number): number {
  let sum = 0;
  for (let y = 0; y < step; y++) for (let x = 0; x < step; x++) sum += samples[(top + y) * 8 + left + x]!;
  return Math.floor(sum / (step * step) + 0.5);
}

/** A plane in the resolution of the image. */
function upsample(plane: Plane, across: number, down: number, fancy: boolean, width: number, height: number): Plane {
  if (across === 1 && down === 1) return plane;
  if (fancy && across === 2 && down <= 2 && plane.width > 2) return interpolate(plane, down === 2, width, height);
  if (fancy && across === 1 && down === 2) return interpolateRows(plane, width, height);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = Math.floor(y / down) * plane.stride;
    for (let x = 0; x < width; x++) data[y * width + x] = plane.data[from + Math.floor(x / across)]!;
  }
  return { width, height, stride: width, data };
}

/** Twice as wide, and with `rows` twice as high: each sample is 3/4 of the nearer and 1/4 of the farther neighbour, row- and column-wise. */
function interpolate(plane: Plane, rows: boolean, width: number, height: number): Plane {
  const data = new Uint8Array(width * height);
  const line = new Int32Array(plane.width);
  // Rounding alternates, so that it does not shift the image: libjpeg's ordered dither of one bit.
  const [scale, left, right] = rows ? [4, 8, 7] : [2, 1, 2];
  for (let y = 0; y < height; y++) {
    const near = rows ? y >> 1 : y;
    const other = Math.min(plane.height - 1, Math.max(0, y % 2 === 0 ? near - 1 : near + 1));
    for (let x = 0; x < plane.width; x++) {
      const sample = plane.data[near * plane.stride + x]!;
      line[x] = rows ? 3 * sample + plane.data[other * plane.stride + x]! : sample;
    }
    for (let x = 0; x < width; x++) {
      const at = x >> 1;
      const even = x % 2 === 0;
      const beside = even ? at - 1 : at + 1;
      const isEdge = beside < 0 || beside >= plane.width;
      const sum = 3 * line[at]! + line[isEdge ? at : beside]!;
      // At the edges without rows there is nothing to round.
      data[y * width + x] = (sum + (even ? left : right)) >> scale;
    }
  }
  return { width, height, stride: width, data };
}

function interpolateRows(plane: Plane, width: number, height: number): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const near = y >> 1;
    const other = Math.min(plane.height - 1, Math.max(0, y % 2 === 0 ? near - 1 : near + 1));
    const bias = y % 2 === 0 ? 1 : 2;
    for (let x = 0; x < width; x++) {
      data[y * width + x] =
        (3 * plane.data[near * plane.stride + x]! + plane.data[other * plane.stride + x]! + bias) >> 2;
    }
  }
  return { width, height, stride: width, data };
}

/** Pixels of an image, with the arithmetic of libjpeg-turbo, which TensorFlow decodes with. */
export function jpegPixels(image: JpegImage, options: JpegPixelOptions): Pixels {
  const { channels, ratio } = options;
  const smallest = 8 / ratio;
  const across = Math.max(...image.components.map(({ horizontal }) => horizontal));
  const down = Math.max(...image.components.map(({ vertical }) => vertical));
  const height = Math.ceil(image.height / ratio);
  const { left, width: inner } = options.columns ?? { left: 0, width: Math.ceil(image.width / ratio) };
  const skipped = left - (left % (across * smallest));
  const width = inner + left - skipped;
  const used = channels === 1 && image.colors === "ycc" ? image.components.slice(0, 1) : image.components;
  const planes = used.map((component) => {
    const { horizontal: h, vertical: v } = component;
    let size = smallest;
    // Colours of halved resolution need no halving of their own where the image is made smaller.
    while (size < 8 && (across * smallest) % (h * size * 2) === 0 && (down * smallest) % (v * size * 2) === 0)
      size *= 2;
    const whole = planeOf(
      component,
      image.quantization[component.quantization]!,
      size,
      !options.accurate && size === 8,
      Math.ceil((image.width * h * size) / (across * 8)),
      Math.ceil((image.height * v * size) / (down * 8)),
    );
    const [wider, taller] = [(across * smallest) / (h * size), (down * smallest) / (v * size)];
    const plane = options.columns === undefined ? whole : columnsOf(whole, skipped / wider, Math.ceil(width / wider));
    return upsample(plane, wider, taller, options.fancy && smallest > 1, width, height);
  });
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) colorRow(image, planes, y, width, channels, data);
  return { width, height, channels, data };
}

/** Factors of ITU T.871's colour conversion, times 2^16. */
const redOfCr = 91881;
const greenOfCb = 22554;
const greenOfCr = 46802;
const blueOfCb = 116130;

function colorRow(
  image: JpegImage,
  planes: readonly Plane[],
  y: number,
  width: number,
  channels: 1 | 3,
  out: Uint8Array,
): void {
  const { colors, isAdobe } = image;
  const [a, b, c, d] = planes as [Plane, Plane, Plane, Plane];
  for (let x = 0; x < width; x++) {
    const first = a.data[y * a.stride + x]!;
    const to = (y * width + x) * channels;
    if (b === undefined) {
      out.fill(first, to, to + channels);
      continue;
    }
    let [red, green, blue] = [first, b.data[y * b.stride + x]!, c.data[y * c.stride + x]!];
    if (colors === "ycc" || colors === "ycck") {
      const [cb, cr] = [green - 128, blue - 128];
      red = clamp(first + ((redOfCr * cr + 32768) >> 16));
      green = clamp(first + ((-greenOfCb * cb - greenOfCr * cr + 32768) >> 16));
      blue = clamp(first + ((blueOfCb * cb + 32768) >> 16));
    }
    if (d !== undefined) {
      // YCCK carries the inverse of its inks as RGB.
      if (colors === "ycck") [red, green, blue] = [255 - red, 255 - green, 255 - blue];
      const black = d.data[y * d.stride + x]!;
      const mix = (ink: number): number =>
        Math.floor(isAdobe ? (black * ink) / 255 : ((255 - black) * (255 - ink)) / 255);
      [red, green, blue] = [mix(red), mix(green), mix(blue)];
    }
    if (channels === 1) {
      out[to] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
    } else {
      out[to] = red;
      out[to + 1] = green;
      out[to + 2] = blue;
    }
  }
}
