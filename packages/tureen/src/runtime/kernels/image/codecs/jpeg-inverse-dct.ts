/** Turns a block of 64 coefficients (times quantization steps) into samples; writes 64 numbers from `to` on, a row after another with `stride`. */
export type InverseDct = (coefficients: Int16Array, from: number, steps: Int32Array, out: Int32Array) => void;

const work = new Int32Array(64);

/** Constants of Loeffler, Ligtenberg and Moschytz's transform ("Practical fast 1-D DCT algorithms with 11 multiplications", 1989), times 2^13. */
const fixed = (x: number): number => Math.round(x * 8192);
const c0298 = fixed(0.298631336);
const c0390 = fixed(0.390180644);
const c0541 = fixed(0.5411961);
const c0765 = fixed(0.765366865);
const c0899 = fixed(0.899976223);
const c1175 = fixed(1.175875602);
const c1501 = fixed(1.50132111);
const c1847 = fixed(1.847759065);
const c1961 = fixed(1.96157056);
const c2053 = fixed(2.053119869);
const c2562 = fixed(2.562915447);
const c3072 = fixed(3.072711026);

/** One dimension of the accurate transform: eight values `step` apart, out at the same places, shifted down by `shift` with rounding. */
function accuratePass(x: Int32Array, at: number, step: number, shift: number): void {
  const [x0, x1, x2, x3] = [x[at]!, x[at + step]!, x[at + 2 * step]!, x[at + 3 * step]!];
  const [x4, x5, x6, x7] = [x[at + 4 * step]!, x[at + 5 * step]!, x[at + 6 * step]!, x[at + 7 * step]!];
  const round = 1 << (shift - 1);
  const turn = (x2 + x6) * c0541;
  const e2 = turn - x6 * c1847;
  const e3 = turn + x2 * c0765;
  const e0 = (x0 + x4) << 13;
  const e1 = (x0 - x4) << 13;
  const [a0, a3, a1, a2] = [e0 + e3, e0 - e3, e1 + e2, e1 - e2];
  const both = (x7 + x3 + x5 + x1) * c1175;
  const z1 = -(x7 + x1) * c0899;
  const z2 = -(x5 + x3) * c2562;
  const z3 = -(x7 + x3) * c1961 + both;
  const z4 = -(x5 + x1) * c0390 + both;
  const b0 = x7 * c0298 + z1 + z3;
  const b1 = x5 * c2053 + z2 + z4;
  const b2 = x3 * c3072 + z2 + z3;
  const b3 = x1 * c1501 + z1 + z4;
  x[at] = (a0 + b3 + round) >> shift;
  x[at + 7 * step] = (a0 - b3 + round) >> shift;
  x[at + step] = (a1 + b2 + round) >> shift;
  x[at + 6 * step] = (a1 - b2 + round) >> shift;
  x[at + 2 * step] = (a2 + b1 + round) >> shift;
  x[at + 5 * step] = (a2 - b1 + round) >> shift;
  x[at + 3 * step] = (a3 + b0 + round) >> shift;
  x[at + 4 * step] = (a3 - b0 + round) >> shift;
}

/** The accurate integer transform (libjpeg's ISLOW): 2 fraction bits between the passes. */
export const accurateInverseDct: InverseDct = (coefficients, from, steps, out) => {
  for (let i = 0; i < 64; i++) work[i] = coefficients[from + i]! * steps[i]!;
  for (let column = 0; column < 8; column++) accuratePass(work, column, 8, 11);
  for (let row = 0; row < 8; row++) accuratePass(work, row * 8, 1, 18);
  for (let i = 0; i < 64; i++) out[i] = work[i]! + 128;
};

const scales = Float64Array.from({ length: 8 }, (_, k) => (k === 0 ? 1 : Math.cos((k * Math.PI) / 16) * Math.SQRT2));

/** Quantization steps with the factors of Arai, Agui and Nakajima's transform ("A fast DCT-SQ scheme for images", 1988) in them, times 4. */
export function fastSteps(steps: Int32Array): Int32Array {
  return steps.map((step, i) => {
    const scale = Math.round(scales[i >> 3]! * scales[i & 7]! * 16384);
    return (step * scale + 2048) >> 12;
  });
}

function fastPass(x: Int32Array, at: number, step: number): void {
  const [x0, x1, x2, x3] = [x[at]!, x[at + step]!, x[at + 2 * step]!, x[at + 3 * step]!];
  const [x4, x5, x6, x7] = [x[at + 4 * step]!, x[at + 5 * step]!, x[at + 6 * step]!, x[at + 7 * step]!];
  // Factors have 8 fraction bits: 362 is √2, 473 is 2cos(π/8), 277 and 669 are its sum and difference with 2cos(3π/8).
  const s = x2 + x6;
  const d = (((x2 - x6) * 362) >> 8) - s;
  const [p, q] = [x0 + x4, x0 - x4];
  const [a0, a3, a1, a2] = [p + s, p - s, q + d, q - d];
  const [z13, z10, z11, z12] = [x5 + x3, x5 - x3, x1 + x7, x1 - x7];
  const b7 = z11 + z13;
  const z5 = ((z10 + z12) * 473) >> 8;
  const b6 = ((z10 * -669) >> 8) + z5 - b7;
  const b5 = (((z11 - z13) * 362) >> 8) - b6;
  const b4 = ((z12 * 277) >> 8) - z5 + b5;
  x[at] = a0 + b7;
  x[at + 7 * step] = a0 - b7;
  x[at + step] = a1 + b6;
  x[at + 6 * step] = a1 - b6;
  x[at + 2 * step] = a2 + b5;
  x[at + 5 * step] = a2 - b5;
  x[at + 4 * step] = a3 + b4;
  x[at + 3 * step] = a3 - b4;
}

/** The fast integer transform (libjpeg's IFAST, which TensorFlow takes unless told otherwise); `steps` are `fastSteps`. */
export const fastInverseDct: InverseDct = (coefficients, from, steps, out) => {
  for (let i = 0; i < 64; i++) work[i] = coefficients[from + i]! * steps[i]!;
  for (let column = 0; column < 8; column++) fastPass(work, column, 8);
  for (let row = 0; row < 8; row++) fastPass(work, row * 8, 1);
  for (let i = 0; i < 64; i++) out[i] = (work[i]! >> 5) + 128;
};
