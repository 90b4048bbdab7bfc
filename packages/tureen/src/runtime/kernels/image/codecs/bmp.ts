import { invalidArgument } from "../../../../core/status-error.js";
import type { Pixels } from "./jpeg-pixels.js";

/** The most samples that TensorFlow lets an image have. */
const maxSamples = 2 ** 30;

/** The pixels of an uncompressed BMP file with 8 (gray), 24 or 32 bits a pixel; `channels` 0 takes the file's own. */
export function decodeBmp(bytes: Uint8Array, channels: number): Pixels {
  if (bytes.length < 32) {
    throw invalidArgument(`Incomplete bmp content, requires at least 32 bytes to find the header size, width, height, and bpp, got ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = view.getInt32(10, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const own = bits / 8;
  if (channels !== 0 && channels !== own) {
    throw invalidArgument(`channels attribute ${channels} does not match bits per pixel from file ${own}`);
  }
  if (own !== 1 && own !== 3 && own !== 4) {
    throw invalidArgument(`Number of channels inherent in the image must be 1, 3 or 4, was ${own}`);
  }
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0) throw invalidArgument("Width and height must be positive");
  if (width * height * own >= maxSamples) {
    throw invalidArgument(`Total possible pixel bytes must be less than 2^30`);
  }
  // Rows are padded to whole words, and stand last row first unless the height is negative.
  const rowSize = Math.floor((own * 8 * width + 31) / 32) * 4;
  const needed = rowSize * (height - 1) + own * width;
  if (headerSize < 0 || headerSize > bytes.length - needed) {
    throw invalidArgument(`Incomplete bmp content, requires at least ${headerSize + needed} bytes, got ${bytes.length} bytes`);
  }
  const data = new Uint8Array(width * height * own);
  for (let y = 0; y < height; y++) {
    let from = headerSize + (signedHeight < 0 ? y : height - 1 - y) * rowSize;
    for (let to = y * width * own; to < (y + 1) * width * own; to += own, from += own) {
      if (own === 1) {
        data[to] = bytes[from]!;
        continue;
      }
      // Blue comes first in the file.
      data[to] = bytes[from + 2]!;
      data[to + 1] = bytes[from + 1]!;
      data[to + 2] = bytes[from]!;
      if (own === 4) data[to + 3] = bytes[from + 3]!;
    }
  }
  return { width, height, channels: own, data };
}
