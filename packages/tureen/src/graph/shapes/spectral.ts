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
};
