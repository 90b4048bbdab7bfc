import type { BitReader, HuffmanTable } from "./jpeg-huffman.js";

/** One colour component of a JPEG image, with the coefficients of its blocks, row by row. */
export interface JpegComponent {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantization: number;
  /** Blocks that the image itself needs. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  /** Blocks a stored row, which whole groups of blocks of all components fill. */
  readonly stride: number;
  /** 64 a block, in natural order. */
  readonly coefficients: Int16Array;
}

/** What a scan says of itself (ITU T.81, B.2.3): of a sequential image it covers all of 0 to 63 at once. */
export interface ScanSpec {
  readonly components: readonly JpegComponent[];
  readonly dc: readonly (HuffmanTable | undefined)[];
  readonly ac: readonly (HuffmanTable | undefined)[];
  readonly start: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
  readonly progressive: boolean;
  readonly restartInterval: number;
  readonly groupsWide: number;
  readonly groupsHigh: number;
}

/** Where the n-th coefficient of a scan stands in its block. */
export const zigzag: Uint8Array = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

type DecodeBlock = (data: Int16Array, at: number, component: number) => void;

/** Decodes a scan into its components' coefficients; whether all of its data was there. */
export function decodeScan(bits: BitReader, scan: ScanSpec): boolean {
  const previous = new Int32Array(scan.components.length);
  const run = { blocks: 0 };
  const decode = blockDecoder(bits, scan, previous, run);
  const single = scan.components.length === 1;
  const [first] = scan.components as readonly [JpegComponent];
  const [wide, high] = single ? [first.blocksWide, first.blocksHigh] : [scan.groupsWide, scan.groupsHigh];
  let complete = true;
  for (let group = 0; group < wide * high; group++) {
    if (scan.restartInterval > 0 && group > 0 && group % scan.restartInterval === 0) {
      complete &&= !bits.overrun;
      bits.restart();
      previous.fill(0);
      run.blocks = 0;
    }
    const [x, y] = [group % wide, Math.floor(group / wide)];
    if (single) {
      decode(first.coefficients, (y * first.stride + x) * 64, 0);
      continue;
    }
    scan.components.forEach((component, c) => {
      for (let v = 0; v < component.vertical; v++) {
        for (let h = 0; h < component.horizontal; h++) {
          const block = (y * component.vertical + v) * component.stride + x * component.horizontal + h;
          decode(component.coefficients, block * 64, c);
        }
      }
    });
  }
  return complete && !bits.overrun;
}

function blockDecoder(bits: BitReader, scan: ScanSpec, previous: Int32Array, run: { blocks: number }): DecodeBlock {
  if (!scan.progressive) return sequential(bits, scan, previous);
  if (scan.start === 0) return scan.high === 0 ? firstDc(bits, scan, previous) : refinedDc(bits, scan);
  return scan.high === 0 ? firstAc(bits, scan, run) : refinedAc(bits, scan, run);
}

function nextDc(bits: BitReader, scan: ScanSpec, previous: Int32Array, c: number): number {
  previous[c] = previous[c]! + bits.signed(bits.symbol(scan.dc[c]!));
  return previous[c]!;
}

function sequential(bits: BitReader, scan: ScanSpec, previous: Int32Array): DecodeBlock {
  return (data, at, c) => {
    data[at] = nextDc(bits, scan, previous, c);
    const table = scan.ac[c]!;
    for (let k = 1; k < 64; k++) {
      const symbol = bits.symbol(table);
      const size = symbol & 15;
      if (size === 0) {
        if (symbol !== 0xf0) return;
        k += 15;
        continue;
      }
      k += symbol >> 4;
      data[at + zigzag[k & 63]!] = bits.signed(size);
    }
  };
}

function firstDc(bits: BitReader, scan: ScanSpec, previous: Int32Array): DecodeBlock {
  return (data, at, c) => {
    data[at] = nextDc(bits, scan, previous, c) << scan.low;
  };
}

function refinedDc(bits: BitReader, scan: ScanSpec): DecodeBlock {
  return (data, at) => {
    if (bits.read(1) === 1) data[at] = data[at]! | (1 << scan.low);
  };
}

function firstAc(bits: BitReader, scan: ScanSpec, run: { blocks: number }): DecodeBlock {
  const table = scan.ac[0]!;
  return (data, at) => {
    if (run.blocks > 0) {
      run.blocks -= 1;
      return;
    }
    for (let k = scan.start; k <= scan.end; k++) {
      const symbol = bits.symbol(table);
      const [zeros, size] = [symbol >> 4, symbol & 15];
      if (size > 0) {
        k += zeros;
        data[at + zigzag[k & 63]!] = bits.signed(size) << scan.low;
      } else if (zeros === 15) k += 15;
      else {
        run.blocks = (1 << zeros) - 1 + bits.read(zeros);
        return;
      }
    }
  };
}

function refinedAc(bits: BitReader, scan: ScanSpec, run: { blocks: number }): DecodeBlock {
  const table = scan.ac[0]!;
  const [plus, minus] = [1 << scan.low, -1 << scan.low];
  const refine = (data: Int16Array, place: number): void => {
    const value = data[place]!;
    if (bits.read(1) === 1 && (Math.abs(value) & plus) === 0) data[place] = value + (value > 0 ? plus : minus);
  };
  return (data, at) => {
    let k = scan.start;
    while (run.blocks === 0 && k <= scan.end) {
      const symbol = bits.symbol(table);
      let zeros = symbol >> 4;
      let value = 0;
      if ((symbol & 15) === 0) {
        if (zeros < 15) {
          run.blocks = (1 << zeros) + bits.read(zeros);
          break;
        }
      } else value = bits.read(1) === 1 ? plus : minus;
      for (; k <= scan.end; k++) {
        const place = at + zigzag[k]!;
        if (data[place] !== 0) refine(data, place);
        else if (zeros === 0) break;
        else zeros -= 1;
      }
      if (value !== 0 && k <= scan.end) data[at + zigzag[k]!] = value;
      k += 1;
    }
    if (run.blocks === 0) return;
    for (; k <= scan.end; k++) if (data[at + zigzag[k]!] !== 0) refine(data, at + zigzag[k]!);
    run.blocks -= 1;
  };
}
