import { elementCount, type Shape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
import { fourier } from "./spectral/fourier.js";
import { spectralAudioKernels } from "./spectral-audio.js";

/** A complex block in float64, transformed dimension by dimension. */
interface Block {
  readonly shape: Shape;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Transforms one dimension of a block in place. */
function transformAxis({ shape, re, im }: Block, axis: number, inverse: boolean): void {
  const length = shape[axis]!;
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const lineRe = new Float64Array(length);
  const lineIm = new Float64Array(length);
  const scale = inverse ? 1 / length : 1;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      for (let j = 0; j < length; j++) {
        lineRe[j] = re[start + j * inner]!;
        lineIm[j] = im[start + j * inner]!;
      }
      fourier(lineRe, lineIm, inverse);
      for (let j = 0; j < length; j++) {
        re[start + j * inner] = lineRe[j]! * scale;
        im[start + j * inner] = lineIm[j]! * scale;
      }
    }
  }
}

function checkRank(input: TensorValue, rank: number): void {
  if (input.shape.length < rank) {
    throw invalidArgument(`Input must have rank of at least ${rank} but got: ${shapeText(input.shape)}`);
  }
}

/** Copies a tensor into a block whose last dimensions are cropped or zero-padded to `sizes`. */
function blockOf(input: TensorValue, sizes: readonly number[], complex: boolean): Block {
  const rank = sizes.length;
  const batch = input.shape.slice(0, -rank);
  const own = input.shape.slice(-rank);
  const shape = [...batch, ...sizes];
  const count = elementCount(shape);
  const re = new Float64Array(count);
  const im = new Float64Array(count);
  const data = realData(input);
  const size = elementCount(sizes);
  const ownSize = elementCount(own);
  const width = complex ? 2 : 1;
  const batches = elementCount(batch);
  for (let at = 0; at < size; at++) {
    // The position within the block, as an offset into the input where it reaches so far.
    let rest = at;
    let from = 0;
    let stride = 1;
    let inside = true;
    for (let d = rank - 1; d >= 0; d--) {
      const index = rest % sizes[d]!;
      rest = Math.floor(rest / sizes[d]!);
      if (index >= own[d]!) inside = false;
      from += index * stride;
      stride *= own[d]!;
    }
    if (!inside) continue;
    for (let b = 0; b < batches; b++) {
      const source = (b * ownSize + from) * width;
      re[b * size + at] = data[source]!;
      if (complex) im[b * size + at] = data[source + 1]!;
    }
  }
  return { shape, re, im };
}

function complexValue(dtype: TensorValue["dtype"], { shape, re, im }: Block): TensorValue {
  const out = realArray(dtype, re.length * 2);
  for (let i = 0; i < re.length; i++) {
    out[2 * i] = re[i]!;
    out[2 * i + 1] = im[i]!;
  }
  return realValue(dtype, shape, out);
}

function complexTransform(rank: number, inverse: boolean): KernelFactory {
  return () =>
    ([input]) => {
      checkRank(input!, rank);
      const block = blockOf(input!, input!.shape.slice(-rank), true);
      if (block.re.length > 0) {
        for (let d = 1; d <= rank; d++) transformAxis(block, block.shape.length - d, inverse);
      }
      return [complexValue(input!.dtype, block)];
    };
}

function lengthsOf(lengths: TensorValue, rank: number): number[] {
  if (lengths.shape.length !== 1 || lengths.shape[0] !== rank) {
    throw invalidArgument(`fft_length must have shape [${rank}]`);
  }
  const sizes = toIntegers(lengths);
  for (const size of sizes)
    if (size < 0) throw invalidArgument(`fft_length[${sizes.indexOf(size)}] must >= 0, but got: ${size}`);
  return sizes;
}

/** Checks that the input reaches as far as the transform does; a dimension without any element is exempt, as in TensorFlow. */
function checkReach(input: TensorValue, needed: readonly number[]): void {
  const rank = needed.length;
  const start = input.shape.length - rank;
  needed.forEach((size, d) => {
    const own = input.shape[start + d]!;
    if (own !== 0 && own < size) {
      throw invalidArgument(`Input dimension ${start + d} must have length of at least ${size} but got: ${own}`);
    }
  });
}

function realTransform(rank: number): KernelFactory {
  return ({ outputTypes }) =>
    ([input, lengthTensor]) => {
      checkRank(input!, rank);
      const lengths = lengthsOf(lengthTensor!, rank);
      checkReach(input!, lengths);
      const block = blockOf(input!, lengths, false);
      if (block.re.length > 0) {
        for (let d = 1; d <= rank; d++) transformAxis(block, block.shape.length - d, false);
      }
      const last = lengths.at(-1)!;
      const kept = last === 0 ? 0 : Math.floor(last / 2) + 1;
      return [complexValue(outputTypes[0]!, cropLast(block, kept))];
    };
}

function cropLast({ shape, re, im }: Block, kept: number): Block {
  const last = shape.at(-1)!;
  const rows = last === 0 ? elementCount(shape.slice(0, -1)) : re.length / last;
  const cropped: Block = {
    shape: [...shape.slice(0, -1), kept],
    re: new Float64Array(rows * kept),
    im: new Float64Array(rows * kept),
  };
  for (let r = 0; r < rows; r++) {
    cropped.re.set(re.subarray(r * last, r * last + kept), r * kept);
    cropped.im.set(im.subarray(r * last, r * last + kept), r * kept);
  }
  return cropped;
}

function inverseRealTransform(rank: number): KernelFactory {
  return ({ outputTypes }) =>
    ([input, lengthTensor]) => {
      checkRank(input!, rank);
      const lengths = lengthsOf(lengthTensor!, rank);
      const last = lengths.at(-1)!;
      const half = last === 0 ? 0 : Math.floor(last / 2) + 1;
      const sizes = [...lengths.slice(0, -1), half];
      checkReach(input!, sizes);
      const block = blockOf(input!, sizes, true);
      const rows = half === 0 ? 0 : block.re.length / half;
      const full: Block = {
        shape: [...block.shape.slice(0, -1), last],
        re: new Float64Array(rows * last),
        im: new Float64Array(rows * last),
      };
      if (block.re.length > 0) {
        for (let d = 2; d <= rank; d++) transformAxis(block, block.shape.length - d, true);
        // The negative frequencies of a real signal are the conjugates of the positive ones; constants have no imaginary part.
        for (let r = 0; r < rows; r++) {
          for (let j = 0; j < last; j++) {
            const mirrored = j < half ? j : last - j;
            const real = j === 0 || 2 * j === last;
            full.re[r * last + j] = block.re[r * half + mirrored]!;
            full.im[r * last + j] = real ? 0 : (j < half ? 1 : -1) * block.im[r * half + mirrored]!;
          }
        }
        transformAxis(full, full.shape.length - 1, true);
      }
      const out = realArray(outputTypes[0]!, full.re.length);
      out.set(full.re);
      return [realValue(outputTypes[0]!, full.shape, out)];
    };
}

/** Host kernels of the spectral family; any length. */
export const spectralKernels: KernelTable = {
  FFT: complexTransform(1, false),
  IFFT: complexTransform(1, true),
  FFT2D: complexTransform(2, false),
  IFFT2D: complexTransform(2, true),
  FFT3D: complexTransform(3, false),
  IFFT3D: complexTransform(3, true),
  RFFT: realTransform(1),
  RFFT2D: realTransform(2),
  RFFT3D: realTransform(3),
  IRFFT: inverseRealTransform(1),
  IRFFT2D: inverseRealTransform(2),
  IRFFT3D: inverseRealTransform(3),
  ...spectralAudioKernels,
};
