import type { Pixels } from "./jpeg-pixels.js";
import { zigzag } from "./jpeg-scan.js";

/** Quantization steps of ITU T.81, annex K, for quality 50, in natural order. */
const luminance = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
const chrominance = [17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99];

/** The chrominance table is 99 outside of its upper left quarter. */
const chrominanceSteps = Array.from({ length: 64 }, (_, i) =>
  i % 8 < 4 && i < 32 ? chrominance[(i >> 3) * 4 + (i % 8)]! : 99,
);

function stepsFor(table: readonly number[], quality: number): Int32Array {
  const level = Math.max(1, quality);
  const scale = level < 50 ? Math.floor(5000 / level) : 200 - level * 2;
  return Int32Array.from(table, (step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
}

/** A Huffman table of annex K: how many codes of each length, and their symbols. */
interface CodeTable {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
  readonly codes: Int32Array;
  readonly lengths: Uint8Array;
}

function codeTable(counts: readonly number[], symbols: readonly number[]): CodeTable {
  const [codes, lengths] = [new Int32Array(256), new Uint8Array(256)];
  let [code, k] = [0, 0];
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n++, code++, k++) {
      codes[symbols[k]!] = code;
      lengths[symbols[k]!] = i + 1;
    }
    code <<= 1;
  });
  return { counts, symbols, codes, lengths };
}

const hex = (text: string): number[] => Array.from(Buffer.from(text, "hex"));
const dcSymbols = Array.from({ length: 12 }, (_, i) => i);
const tables = [
  {
    dc: codeTable([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], dcSymbols),
    ac: codeTable(
      [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
      hex(
        "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
      ),
    ),
  },
  {
    dc: codeTable([0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], dcSymbols),
    ac: codeTable(
      [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
      hex(
        "0001020311040521310612415107617113223281081442 91a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa".replace(
          / /g,
          "",
        ),
      ),
    ),
  },
] as const;

const fixed = (x: number): number => Math.round(x * 8192);
const [f0298, f0390, f0541, f0765, f0899, f1175] = [
  0.298631336, 0.390180644, 0.5411961, 0.765366865, 0.899976223, 1.175875602,
].map(fixed) as [number, number, number, number, number, number];
const [f1501, f1847, f1961, f2053, f2562, f3072] = [
  1.50132111, 1.847759065, 1.96157056, 2.053119869, 2.562915447, 3.072711026,
].map(fixed) as [number, number, number, number, number, number];

/** One dimension of Loeffler, Ligtenberg and Moschytz's forward transform; the plain terms are shifted by `plain` bits, the others by `shift`. */
function forwardPass(x: Int32Array, at: number, step: number, plain: (value: number) => number, shift: number): void {
  const v = (i: number): number => x[at + i * step]!;
  const [s0, s1, s2, s3] = [v(0) + v(7), v(1) + v(6), v(2) + v(5), v(3) + v(4)];
  const [d0, d1, d2, d3] = [v(0) - v(7), v(1) - v(6), v(2) - v(5), v(3) - v(4)];
  const round = 1 << (shift - 1);
  const put = (i: number, value: number): void => {
    x[at + i * step] = value;
  };
  const [e0, e1, e2, e3] = [s0 + s3, s1 + s2, s1 - s2, s0 - s3];
  put(0, plain(e0 + e1));
  put(4, plain(e0 - e1));
  const turn = (e2 + e3) * f0541;
  put(2, (turn + e3 * f0765 + round) >> shift);
  put(6, (turn - e2 * f1847 + round) >> shift);
  const both = (d3 + d1 + d2 + d0) * f1175;
  const z1 = -(d3 + d0) * f0899;
  const z2 = -(d2 + d1) * f2562;
  const z3 = -(d3 + d1) * f1961 + both;
  const z4 = -(d2 + d0) * f0390 + both;
  put(7, (d3 * f0298 + z1 + z3 + round) >> shift);
  put(5, (d2 * f2053 + z2 + z4 + round) >> shift);
  put(3, (d1 * f3072 + z2 + z3 + round) >> shift);
  put(1, (d0 * f1501 + z1 + z4 + round) >> shift);
}

/** Samples around 0 become coefficients times 8. */
function forwardDct(block: Int32Array): void {
  for (let row = 0; row < 8; row++) forwardPass(block, row * 8, 1, (x) => x << 2, 11);
  for (let column = 0; column < 8; column++) forwardPass(block, column, 8, (x) => (x + 2) >> 2, 15);
}

class BitWriter {
  readonly bytes: number[] = [];
  #bits = 0;
  #count = 0;

  write(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      this.#bits = (this.#bits << 1) | ((value >> i) & 1);
      this.#count += 1;
      if (this.#count < 8) continue;
      this.bytes.push(this.#bits);
      if (this.#bits === 0xff) this.bytes.push(0);
      this.#bits = 0;
      this.#count = 0;
    }
  }

  finish(): void {
    while (this.#count > 0) this.write(1, 1);
  }
}

interface Plane {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly sampling: 1 | 2;
  readonly table: 0 | 1;
}

/** Luminance and the two colour differences, in ITU T.871's arithmetic with 16 fraction bits. */
function toPlanes({ data, width, height, channels }: Pixels): Uint8Array[] {
  if (channels === 1) return [Uint8Array.from(data)];
  const planes = [0, 1, 2].map(() => new Uint8Array(width * height)) as [Uint8Array, Uint8Array, Uint8Array];
  const center = (128 << 16) + 32767;
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!];
    planes[0][i] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    planes[1][i] = (-11059 * r - 21709 * g + 32768 * b + center) >> 16;
    planes[2][i] = (32768 * r - 27439 * g - 5329 * b + center) >> 16;
  }
  return planes;
}

/** Half as wide and high: means of four, rounded down and up by turns; the last pixels of rows fill up a block before that, the last row after it. */
function halved(plane: Uint8Array, width: number, height: number): Plane {
  const [w, h] = [Math.ceil(width / 16) * 8, Math.ceil(height / 2)];
  const data = new Uint8Array(w * h);
  const at = (y: number, x: number): number => plane[Math.min(y, height - 1) * width + Math.min(x, width - 1)]!;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const sum = at(2 * y, 2 * x) + at(2 * y, 2 * x + 1) + at(2 * y + 1, 2 * x) + at(2 * y + 1, 2 * x + 1);
      data[y * w + x] = (sum + 1 + (x & 1)) >> 2;
    }
  }
  return { data, width: w, height: h, sampling: 1, table: 1 };
}

function writeBlock(
  bits: BitWriter,
  plane: Plane,
  row: number,
  column: number,
  steps: Int32Array,
  previous: number,
): number {
  if (row * 8 >= plane.height || column * 8 >= plane.width) {
    // A block that only fills up its group says that nothing changes.
    const { dc, ac } = tables[plane.table];
    bits.write(dc.codes[0]!, dc.lengths[0]!);
    bits.write(ac.codes[0]!, ac.lengths[0]!);
    return previous;
  }
  const block = new Int32Array(64);
  for (let y = 0; y < 8; y++) {
    const from = Math.min(row * 8 + y, plane.height - 1) * plane.width;
    for (let x = 0; x < 8; x++) block[y * 8 + x] = plane.data[from + Math.min(column * 8 + x, plane.width - 1)]! - 128;
  }
  forwardDct(block);
  const quantized = Int32Array.from(zigzag, (place) => {
    const step = steps[place]! * 8;
    const size = Math.floor((Math.abs(block[place]!) + (step >> 1)) / step);
    return block[place]! < 0 ? -size : size;
  });
  const { dc, ac } = tables[plane.table];
  const put = (value: number, size: number): void => bits.write(value < 0 ? value + (1 << size) - 1 : value, size);
  const sizeOf = (value: number): number => 32 - Math.clz32(Math.abs(value));
  const difference = quantized[0]! - previous;
  bits.write(dc.codes[sizeOf(difference)]!, dc.lengths[sizeOf(difference)]!);
  put(difference, sizeOf(difference));
  let zeros = 0;
  for (let k = 1; k < 64; k++) {
    const value = quantized[k]!;
    if (value === 0) {
      zeros += 1;
      continue;
    }
    for (; zeros > 15; zeros -= 16) bits.write(ac.codes[0xf0]!, ac.lengths[0xf0]!);
    const symbol = (zeros << 4) | sizeOf(value);
    bits.write(ac.codes[symbol]!, ac.lengths[symbol]!);
    put(value, sizeOf(value));
    zeros = 0;
  }
  if (zeros > 0) bits.write(ac.codes[0]!, ac.lengths[0]!);
  return quantized[0]!;
}

function segment(marker: number, payload: readonly number[]): number[] {
  const length = payload.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...payload];
}

/** A sequential JPEG file with annex K's tables, byte for byte what libjpeg writes under TensorFlow's defaults; colours at half resolution with `subsample`. */
export function encodeJpeg(pixels: Pixels, quality: number, subsample: boolean): Uint8Array {
  const { width, height } = pixels;
  const [y, ...colors] = toPlanes(pixels) as [Uint8Array, ...Uint8Array[]];
  const half = subsample && colors.length > 0;
  const planes: Plane[] = [
    { data: y, width, height, sampling: half ? 2 : 1, table: 0 },
    ...colors.map(
      (data): Plane => (half ? halved(data, width, height) : { data, width, height, sampling: 1, table: 1 }),
    ),
  ];
  const steps = [stepsFor(luminance, quality), stepsFor(chrominanceSteps, quality)].slice(0, colors.length > 0 ? 2 : 1);
  const bits = new BitWriter();
  const group = half ? 16 : 8;
  const previous = planes.map(() => 0);
  for (let gy = 0; gy < Math.ceil(height / group); gy++) {
    for (let gx = 0; gx < Math.ceil(width / group); gx++) {
      planes.forEach((plane, p) => {
        const { sampling } = plane;
        for (let v = 0; v < sampling; v++) {
          for (let h = 0; h < sampling; h++) {
            previous[p] = writeBlock(
              bits,
              plane,
              gy * sampling + v,
              gx * sampling + h,
              steps[plane.table]!,
              previous[p]!,
            );
          }
        }
      });
    }
  }
  bits.finish();
  const word = (value: number): number[] => [value >> 8, value & 0xff];
  const used = tables.slice(0, steps.length);
  // JFIF 1.1 with TensorFlow's 300 dots an inch.
  const density = 300;
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 1, ...word(density), ...word(density), 0, 0]),
    ...steps.flatMap((table, i) => segment(0xdb, [i, ...Array.from(zigzag, (place) => table[place]!)])),
    ...segment(0xc0, [
      8,
      ...word(height),
      ...word(width),
      planes.length,
      ...planes.flatMap(({ sampling, table }, i) => [i + 1, (sampling << 4) | sampling, table]),
    ]),
    ...used.flatMap(({ dc, ac }, i) => [
      ...segment(0xc4, [i, ...dc.counts, ...dc.symbols]),
      ...segment(0xc4, [0x10 | i, ...ac.counts, ...ac.symbols]),
    ]),
    ...segment(0xda, [planes.length, ...planes.flatMap(({ table }, i) => [i + 1, (table << 4) | table]), 0, 63, 0]),
    ...bits.bytes,
    ...[0xff, 0xd9],
  ]);
}
