import { allocate, type DType } from "../../core/dtype.js";
import { elementCount, type Shape, shapeText } from "../../core/shape.js";
import { internal, invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { Attrs } from "../../graph/attr-value.js";
import type { Kernel, KernelFactory, KernelTable } from "../kernel.js";
import { decodeBmp } from "./image/codecs/bmp.js";
import { decodeGif } from "./image/codecs/gif.js";
import { jpegHeader, readJpeg } from "./image/codecs/jpeg-decoder.js";
import { encodeJpeg } from "./image/codecs/jpeg-encoder.js";
import { jpegPixels, type Pixels } from "./image/codecs/jpeg-pixels.js";
import { decodePng, encodePng } from "./image/codecs/png.js";

type Format = "JPEG" | "PNG" | "GIF" | "BMP";

const signatures: readonly (readonly [Format, readonly number[]])[] = [
  ["JPEG", [0xff, 0xd8, 0xff]],
  ["PNG", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["GIF", [0x47, 0x49, 0x46, 0x38]],
  ["BMP", [0x42, 0x4d]],
];

function formatOf(bytes: Uint8Array): Format {
  const found = signatures.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte));
  if (found === undefined) throw invalidArgument("Unknown image file format. One of JPEG, PNG, GIF, BMP required.");
  return found[0];
}

function contentsOf(value: TensorValue): Uint8Array {
  if (value.shape.length !== 0)
    throw invalidArgument(`\`contents\` must be scalar but got shape${shapeText(value.shape)}`);
  const [bytes] = value.data as readonly Uint8Array[];
  if (bytes!.length === 0) throw invalidArgument("Input is empty.");
  return bytes!;
}

const invalidJpeg = (): Error => invalidArgument("jpeg::Uncompress failed. Invalid JPEG data or crop window.");

interface JpegAttrs {
  readonly ratio: number;
  readonly fancy: boolean;
  readonly accurate: boolean;
  readonly partial: boolean;
}

/** DecodeImage and its kin without these attributes decode as DecodeJpeg does by default. */
const plainJpeg: JpegAttrs = { ratio: 1, fancy: true, accurate: false, partial: false };

function jpegAttrs(attrs: Attrs): JpegAttrs {
  const ratio = attrs.int("ratio");
  if (![1, 2, 4, 8].includes(ratio)) throw invalidArgument(`ratio must be 1, 2, 4, or 8, got ${ratio}`);
  const method = attrs.text("dct_method");
  if (!["", "INTEGER_FAST", "INTEGER_ACCURATE"].includes(method)) {
    throw invalidArgument(`dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}`);
  }
  return {
    ratio,
    fancy: attrs.bool("fancy_upscaling"),
    accurate: method === "INTEGER_ACCURATE",
    partial: attrs.bool("try_recover_truncated"),
  };
}

function jpegImage(
  bytes: Uint8Array,
  channels: number,
  settings: JpegAttrs,
  columns?: { readonly left: number; readonly width: number },
): Pixels {
  if (channels === 4) throw invalidArgument("JPEG does not support 4 channels");
  try {
    const image = readJpeg(bytes, settings.partial);
    if (!image.complete && !settings.partial) throw invalidJpeg();
    const wanted = channels === 0 ? Math.min(3, image.components.length) : channels;
    const whole = { ...settings, channels: wanted === 1 ? 1 : 3 } as const;
    if (columns === undefined) return jpegPixels(image, whole);
    if (columns.left + columns.width > Math.ceil(image.width / settings.ratio)) throw invalidJpeg();
    return jpegPixels(image, { ...whole, columns });
  } catch {
    throw invalidJpeg();
  }
}

interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

function windowOf(window: TensorValue): Window {
  if (window.shape.length !== 1 || window.shape[0] !== 4) {
    throw invalidArgument(
      window.shape.length === 1
        ? `crop_size must have four elements ${shapeText(window.shape)}`
        : `crop_window must be 1-D, got shape ${shapeText(window.shape)}`,
    );
  }
  const [top, left, height, width] = toIntegers(window) as [number, number, number, number];
  return { top, left, height, width };
}

/** A window of a JPEG image. */
function croppedJpeg(
  bytes: Uint8Array,
  channels: number,
  settings: JpegAttrs,
  { top, left, height, width }: Window,
): Pixels {
  if (top < 0 || left < 0 || height <= 0 || width <= 0) throw invalidJpeg();
  const pixels = jpegImage(bytes, channels, settings, { left, width });
  // The columns start with the block that holds the window's first.
  const skipped = pixels.width - width;
  if (top + height > pixels.height) throw invalidJpeg();
  const data = new Uint8Array(height * width * pixels.channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * pixels.width + skipped) * pixels.channels;
    data.set(pixels.data.subarray(from, from + width * pixels.channels), y * width * pixels.channels);
  }
  return { width, height, channels: pixels.channels, data };
}

/** Pixels in the dtype that is asked for: 8-bit levels are spread over 16 bits, floats go from 0 to 1. */
function pixelTensor(dtype: DType, shape: Shape, data: Uint8Array | Uint16Array, isPng: boolean): TensorValue {
  if (data instanceof Uint16Array ? dtype === "uint16" : dtype === "uint8")
    return tensorValue<DType>(dtype, shape, data);
  const out = allocate(dtype, data.length) as unknown as Float32Array;
  if (dtype === "float32")
    for (let i = 0; i < out.length; i++)
      out[i] = data[i]! * Math.fround(1 / (data instanceof Uint16Array ? 65535 : 255));
  // A PNG reader spreads levels over both bytes; TensorFlow's own conversion multiplies by 256, and one in between.
  else for (let i = 0; i < out.length; i++) out[i] = data[i]! * (isPng ? 257 : 256);
  return tensorValue(dtype, shape, out as never);
}

interface Decoding {
  readonly op: string;
  readonly channels: number;
  readonly dtype: DType;
  /** Whether a GIF gives all of its frames, and anything else one. */
  readonly frames: "always" | "gif" | "never";
  readonly jpeg: JpegAttrs;
}

function decodeAny(contents: TensorValue, { op, channels, dtype, frames, jpeg }: Decoding): TensorValue {
  const bytes = contentsOf(contents);
  const format = formatOf(bytes);
  if (op === "DecodeBmp" && format !== "BMP" && format !== "PNG") throw wrongForBmp(format);
  if (format === "BMP") {
    if (op !== "DecodeBmp" && op !== "DecodeImage") {
      throw invalidArgument(
        `Trying to decode BMP format using a wrong op. Use \`decode_bmp\` or \`decode_image\` instead. Op used: ${op}`,
      );
    }
    if (channels === 1) throw invalidArgument("`channels` must be 0, 3 or 4 for BMP, but got 1");
    return imageTensor(decodeBmp(bytes, channels), dtype, false, false);
  }
  if (format === "GIF") {
    if (channels === 1 || channels === 4) throw invalidArgument(`channels must be 0 or 3 for GIF, but got ${channels}`);
    const gif = decodeGif(bytes, frames === "never");
    const size = [gif.height, gif.width, 3];
    return pixelTensor(dtype, frames === "never" ? size : [gif.frames, ...size], gif.data, false);
  }
  if (format === "PNG") {
    const pixels = decodePng(bytes, channels, dtype === "uint8" ? 8 : 16);
    if (op === "DecodeBmp") throw wrongForBmp(format);
    return imageTensor(pixels, dtype, frames === "always", true);
  }
  return imageTensor(jpegImage(bytes, channels, jpeg), dtype, frames === "always", false);
}

function wrongForBmp(format: Format): Error {
  return invalidArgument(
    `Trying to decode ${format} format using DecodeBmp op. Use \`decode_${format.toLowerCase()}\` or \`decode_image\` instead.`,
  );
}

function imageTensor(
  { width, height, channels, data }: Pixels,
  dtype: DType,
  asFrames: boolean,
  isPng: boolean,
): TensorValue {
  const shape = [height, width, channels];
  return pixelTensor(dtype, asFrames ? [1, ...shape] : shape, data, isPng);
}

function decoder(op: string): KernelFactory {
  return ({ attrs, outputTypes }) => {
    const channels = op === "DecodeGif" ? 3 : attrs.int("channels");
    if (![0, 1, 3, 4].includes(channels))
      throw invalidArgument(`\`channels\` must be 0, 1, 3 or 4 but got ${channels}`);
    const decoding: Decoding = {
      op,
      channels,
      dtype: outputTypes[0]!,
      frames: op === "DecodeGif" ? "always" : op === "DecodeImage" && attrs.bool("expand_animations") ? "gif" : "never",
      jpeg: op === "DecodeJpeg" ? jpegAttrs(attrs) : plainJpeg,
    };
    return ([contents]) => [decodeAny(contents!, decoding)];
  };
}

const decodeAndCropJpeg: KernelFactory = ({ attrs }) => {
  const channels = attrs.int("channels");
  const settings = jpegAttrs(attrs);
  return ([contents, window]) => {
    const bytes = contentsOf(contents!);
    const format = formatOf(bytes);
    if (format === "PNG") decodePng(bytes, 0, 8);
    if (format !== "JPEG") {
      throw invalidArgument(`DecodeAndCropJpeg operation can run on JPEG only, but detected ${format}.`);
    }
    return [imageTensor(croppedJpeg(bytes, channels, settings, windowOf(window!)), "uint8", false, false)];
  };
};

const extractJpegShape: KernelFactory =
  ({ outputTypes }) =>
  ([contents]) => {
    if (contents!.shape.length !== 0)
      throw invalidArgument(`contents must be scalar, got shape ${shapeText(contents!.shape)}`);
    const [bytes] = contents!.data as readonly Uint8Array[];
    try {
      if (bytes![0] !== 0xff || bytes![1] !== 0xd8) throw invalidJpeg();
      const { width, height, components } = jpegHeader(bytes!);
      const sizes = [height, width, components];
      const data = outputTypes[0] === "int64" ? BigInt64Array.from(sizes, BigInt) : Int32Array.from(sizes);
      return [tensorValue<DType>(outputTypes[0]!, [3], data)];
    } catch {
      throw invalidArgument(`Invalid JPEG data, size ${bytes!.length}`);
    }
  };

const encodePngs: Kernel = ([image]) => {
  const { shape } = image!;
  if (shape.length < 3) throw invalidArgument(`images must be at least rank 3${shapeText(shape)}`);
  const [height, width, channels] = shape.slice(-3) as [number, number, number];
  if (channels < 1 || channels > 4) throw invalidArgument(`image must have 1, 2, 3, or 4 channels, got ${channels}`);
  const batch = shape.slice(0, -3);
  const size = height * width * channels;
  if (size === 0) throw internal(`PNG encoding failed at the following flattened batch indices: 0`);
  const data = image!.data as Uint8Array | Uint16Array;
  const files = Array.from({ length: elementCount(batch) }, (_, i) =>
    encodePng({ width, height, channels, data: data.subarray(i * size, (i + 1) * size) }),
  );
  return [tensorValue("string", batch, files)];
};

function checkForJpeg(image: TensorValue): Pixels {
  const { shape } = image;
  if (shape.length !== 3) throw invalidArgument(`image must be 3-dimensional${shapeText(shape)}`);
  const [height, width, channels] = shape as readonly [number, number, number];
  if (channels !== 1 && channels !== 3)
    throw invalidArgument(`image must have 1 or 3 channels, got ${shapeText(shape)}`);
  return { width, height, channels, data: image.data as Uint8Array };
}

function checkQuality(quality: number): void {
  if (quality < 0 || quality > 100) throw invalidArgument(`quality must be in [0,100], got ${quality}`);
}

const encodeJpegs: KernelFactory = ({ attrs }) => {
  const quality = attrs.int("quality");
  checkQuality(quality);
  const format = attrs.text("format");
  return ([image]) => {
    const pixels = checkForJpeg(image!);
    const expected = format === "grayscale" ? 1 : format === "rgb" ? 3 : pixels.channels;
    if (expected !== pixels.channels) {
      throw invalidArgument(`format ${format} expects ${expected} channels, got ${shapeText(image!.shape)}`);
    }
    return [tensorValue("string", [], [encodeJpeg(pixels, quality, attrs.bool("chroma_downsampling"))])];
  };
};

const encodeJpegVariableQuality: Kernel = ([image, quality]) => {
  const pixels = checkForJpeg(image!);
  if (quality!.shape.length !== 0) throw invalidArgument(`quality must be scalar: ${shapeText(quality!.shape)}`);
  const [level] = toIntegers(quality!) as [number];
  checkQuality(level);
  return [tensorValue("string", [], [encodeJpeg(pixels, level, true)])];
};

/** Host kernels that read and write image files. */
export const imageCodecKernels: KernelTable = {
  DecodeJpeg: decoder("DecodeJpeg"),
  DecodePng: decoder("DecodePng"),
  DecodeGif: decoder("DecodeGif"),
  DecodeBmp: decoder("DecodeBmp"),
  DecodeImage: decoder("DecodeImage"),
  DecodeAndCropJpeg: decodeAndCropJpeg,
  ExtractJpegShape: extractJpegShape,
  EncodePng: () => encodePngs,
  EncodeJpeg: encodeJpegs,
  EncodeJpegVariableQuality: () => encodeJpegVariableQuality,
};
