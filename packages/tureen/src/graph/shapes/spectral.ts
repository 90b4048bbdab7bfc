import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";
import { withRank, withRankAtLeast } from "./nn/shape-checks.js";

function complexTransform(rank: number): ShapeRule {
  return ({ inputs }) => [withRankAtLeast(inputs[0]!.shape, rank)];
}

/** Real transforms: the last dimensions come from `fft_length`, halved for the forward ones. */
function realTransform(rank: number, forward: boolean): ShapeRule {
  return (node) => {
    const input = withRankAtLeast(node.inputs[0]!.shape, rank);
    withRank(node.inputs[1]!.shape, 1);
    if (input === undefined) return [undefined];
    const lengths = node.constant(1);
    const sizes = lengths === undefined ? new Array<number>(rank).fill(-1) : toIntegers(lengths);
    const last = sizes.at(-1)!;
    const kept = forward && last > 0 ? Math.floor(last / 2) + 1 : last;
    return [[...input.slice(0, -rank), ...sizes.slice(0, -1), kept]];
  };
}

/** Shape rules of the spectral family. */
export const spectralShapes: ShapeTable = {
  FFT: complexTransform(1),
  IFFT: complexTransform(1),
  FFT2D: complexTransform(2),
  IFFT2D: complexTransform(2),
  FFT3D: complexTransform(3),
  IFFT3D: complexTransform(3),
  RFFT: realTransform(1, true),
  RFFT2D: realTransform(2, true),
  RFFT3D: realTransform(3, true),
  IRFFT: realTransform(1, false),
  IRFFT2D: realTransform(2, false),
  IRFFT3D: realTransform(3, false),
  DecodeWav: ({ inputs, attrs }) => {
    withRank(inputs[0]!.shape, 0);
    const size = (name: string): number => {
      const value = attrs.int(`desired_${name}`);
      if (value < -1) throw invalidArgument(`${name} must be non-negative, got ${value}`);
      return value;
    };
    return [[size("samples"), size("channels")], []];
  },
  EncodeWav: ({ inputs }) => {
    withRank(inputs[0]!.shape, 2);
    withRank(inputs[1]!.shape, 0);
    return [[]];
  },
  AudioSpectrogram: ({ inputs, attrs }) => {
    const [samples, channels] = withRank(inputs[0]!.shape, 2);
    const [size, stride] = [attrs.int("window_size"), attrs.int("stride")];
    if (size <= 1) throw invalidArgument(`window size must be > 1, got ${size}`);
    if (stride <= 0) throw invalidArgument(`stride must be strictly positive, got ${stride}`);
    const windows = samples! < 0 ? -1 : samples! < size ? 0 : 1 + Math.floor((samples! - size) / stride);
    return [[channels!, windows, 1 + 2 ** Math.ceil(Math.log2(size)) / 2]];
  },
  Mfcc: ({ inputs, attrs }) => {
    const [channels, windows] = withRank(inputs[0]!.shape, 3);
    withRank(inputs[1]!.shape, 0);
    return [[channels!, windows!, attrs.int("dct_coefficient_count")]];
  },
};
