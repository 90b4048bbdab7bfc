import { PNG } from "pngjs";
import { internal, invalidArgument } from "../../../../core/status-error.js";
import type { Pixels } from "./jpeg-pixels.js";

/** What pngjs tells of a file beyond its declared types. */
interface PngFile {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly alpha: boolean;
  readonly data: Uint8Array | Uint16Array;
}

/** Bits of a PNG's colour type. */
const usesPalette = 1;
const hasColor = 2;
const hasAlpha = 4;
const rgba = 4;

/** The most samples that TensorFlow lets an image have. */
const maxSamples = 2 ** 29;

function readFile(bytes: Uint8Array): PngFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33) throw invalidArgument("Invalid PNG. Failed to initialize decoder.");
  const samples = view.getUint32(16) * view.getUint32(20) * rgba;
  if (samples === 0 || samples > maxSamples) throw invalidArgument("Invalid PNG. Failed to initialize decoder.");
  try {
    return PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      skipRescale: true,
    }) as unknown as PngFile;
  } catch {
    throw invalidArgument("Invalid PNG. Failed to initialize decoder.");
  }
}

/** The pixels of a PNG file with 8 or 16 bits a sample, as libpng gives them under TensorFlow's settings; `channels` 0 takes the file's own. */
export function decodePng(bytes: Uint8Array, channels: number, bits: 8 | 16): Pixels {
  const file = readFile(bytes);
  const { width, height } = file;
  const isPalette = (file.colorType & usesPalette) !== 0;
  const isColor = (file.colorType & hasColor) !== 0;
  const own = (isColor ? 3 : 1) + ((file.colorType & hasAlpha) !== 0 || (isPalette && file.alpha) ? 1 : 0);
  const wanted = channels === 0 ? own : channels;
  const depth = isPalette ? 8 : file.depth;
  const wide = depth === 16 && bits === 16;
  const data = wide ? new Uint16Array(width * height * wanted) : new Uint8Array(width * height * wanted);
  // Fewer than 8 bits of gray are spread over all 8; 16 bits lose the lower half.
  const level =
    depth === 16 && !wide
      ? (x: number): number => x >> 8
      : depth < 8
        ? (x: number): number => (x * 255) / (2 ** depth - 1)
        : (x: number): number => x;
  // libpng fills alpha in before it spreads few bits over 8, and does not spread the filling.
  const opaque = wide ? 65535 : file.depth < 8 ? 2 ** file.depth - 1 : 255;
  const isOpaque = (file.colorType & hasAlpha) === 0 && !file.alpha;
  const gray = wanted < 3;
  for (let i = 0, to = 0; to < data.length; i += rgba) {
    const [r, g, b] = [file.data[i]!, file.data[i + 1]!, file.data[i + 2]!];
    if (gray) data[to++] = level(isColor ? grayOf(r, g, b, depth === 16 ? half : 0) : r);
    else {
      data[to++] = level(r);
      data[to++] = level(g);
      data[to++] = level(b);
    }
    if (wanted % 2 === 0) data[to++] = isOpaque ? opaque : depth === 16 ? level(file.data[i + 3]!) : file.data[i + 3]!;
  }
  return { width, height, channels: wanted, data };
}

/** libpng's weights 0.299, 0.587 and 0.114, in 15 bits; it rounds 16-bit levels and cuts off 8-bit ones. */
const redWeight = 9797;
const greenWeight = 19234;
const blueWeight = 32768 - redWeight - greenWeight;
const half = 16384;

function grayOf(red: number, green: number, blue: number, rounding: number): number {
  if (red === green && red === blue) return red;
  return (redWeight * red + greenWeight * green + blueWeight * blue + rounding) >> 15;
}

const colorTypes: Readonly<Record<number, 0 | 2 | 4 | 6>> = { 1: 0, 2: 4, 3: 2, 4: 6 };

/** A PNG file of these pixels, 8 or 16 bits a sample. */
export function encodePng({ width, height, channels, data }: Pixels): Uint8Array {
  const wide = data instanceof Uint16Array;
  const full = wide ? new Uint16Array(width * height * rgba) : new Uint8Array(width * height * rgba);
  const opaque = wide ? 65535 : 255;
  for (let i = 0, from = 0; i < full.length; i += rgba, from += channels) {
    const isGray = channels < 3;
    full[i] = data[from]!;
    full[i + 1] = data[isGray ? from : from + 1]!;
    full[i + 2] = data[isGray ? from : from + 2]!;
    full[i + 3] = channels % 2 === 0 ? data[from + channels - 1]! : opaque;
  }
  const colorType = colorTypes[channels];
  if (colorType === undefined) throw internal(`A PNG file has no ${channels} channels`);
  const png = { width, height, data: Buffer.from(full.buffer), gamma: 0 } as unknown as PNG;
  return new Uint8Array(PNG.sync.write(png, { colorType, bitDepth: wide ? 16 : 8, inputHasAlpha: true }));
}
