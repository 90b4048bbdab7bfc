import { invalidArgument } from "../../../../core/status-error.js";
import type { Pixels } from "./jpeg-pixels.js";

/** The most samples that TensorFlow lets an image have. */
const maxSamples = 2 ** 30;

/** The pixels of an uncompressed BMP file with 8 (gray), 24 or 32 bits a pixel; `channels` (3 or 4) 0 takes the file's own. */
export function decodeBmp(bytes: Uint8Array, channels: number): Pixels {
  if (bytes.length < 32) {
    throw invalidArgument(
      `Incomplete bmp content, requires at least 32 bytes to find the header size, width, height, and bpp, got ${bytes.length} bytes`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = view.getInt32(10, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const own = Math.floor(bits / 8);
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
  const needed = headerSize + rowSize * height;
  if (headerSize < 0 || needed !== bytes.length) {
    throw invalidArgument(
      `Input size should match (header_size + row_size * abs_height) but they differ by ${bytes.length - needed}`,
    );
  }
  const wanted = channels === 0 ? own : channels;
  const data = new Uint8Array(width * height * wanted);
  for (let y = 0; y < height; y++) {
    let from = headerSize + (signedHeight < 0 ? y : height - 1 - y) * rowSize;
    for (let to = y * width * wanted; to < (y + 1) * width * wanted; to += wanted, from += own) {
      // Blue comes first in the file; gray stands for all three.
      data[to] = bytes[own === 1 ? from : from + 2]!;
      if (wanted === 1) continue;
      data[to + 1] = bytes[own === 1 ? from : from + 1]!;
      data[to + 2] = bytes[from]!;
      if (wanted === 4) data[to + 3] = own === 4 ? bytes[from + 3]! : 255;
    }
  }
  return { width, height, channels: wanted, data };
}
