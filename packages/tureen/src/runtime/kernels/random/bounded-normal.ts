import { internal, invalidArgument } from "../../../core/status-error.js";
import { normalDoubles, normalFloats, uniformDouble, uniformFloat } from "./distributions.js";
import type { Philox } from "./philox.js";

/** Draws after which TensorFlow gives up on a sample. */
export const mostIterations = 1000;
/** Where a bound lies this many deviations beyond the mean, plain normal samples are tried. */
const normalFrom = 1.3;

/** The parameters of one normal distribution within bounds. */
export interface BoundedNormal {
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

/** Blocks of samples in the precision of a dtype. */
export interface SampleBlocks {
  /** Samples in a block: 4 single or 2 double numbers. */
  readonly size: 2 | 4;
  /** Rounds to the precision. */
  readonly round: (x: number) => number;
  readonly uniforms: (out: Float64Array) => void;
  readonly normals: (out: Float64Array) => void;
}

/** The blocks that a generator gives, one after the other. */
export function sampleBlocks(generator: Philox, double: boolean): SampleBlocks {
  if (double) {
    return {
      size: 2,
      round: (x) => x,
      uniforms: (out) => {
        const words = generator.next();
        out[0] = uniformDouble(words[0]!, words[1]!);
        out[1] = uniformDouble(words[2]!, words[3]!);
      },
      normals: (out) => {
        const words = generator.next();
        out.set(normalDoubles(words[0]!, words[1]!, words[2]!, words[3]!));
      },
    };
  }
  return {
    size: 4,
    round: Math.fround,
    uniforms: (out) => {
      const words = generator.next();
      for (let i = 0; i < 4; i++) out[i] = uniformFloat(words[i]!);
    },
    normals: (out) => {
      const words = generator.next();
      out.set(normalFloats(words[0]!, words[1]!), 0);
      out.set(normalFloats(words[2]!, words[3]!), 2);
    },
  };
}

function failure(kind: string): Error {
  return internal(`TruncatedNormal ${kind} failed to accept a sample.`);
}

/**
 * Gives `count` samples to `write`, in order; by one of three rejection samplers, as the bounds lie (Robert, "Simulation of truncated normal
 * variables", 1995). INVALID_ARGUMENT for bounds the wrong way round or a deviation that is not positive.
 */
export function drawBoundedNormal(
  blocks: SampleBlocks,
  { mean, deviation, low, high }: BoundedNormal,
  count: number,
  write: (sample: number) => void,
): void {
  if (!(deviation > 0 && low < high && (Number.isFinite(low) || Number.isFinite(high)))) {
    throw invalidArgument("Invalid parameters");
  }
  const { round: f, size } = blocks;
  let [near, far, scale] = [low, high, deviation];
  if (low === Number.NEGATIVE_INFINITY || high < mean) [near, far, scale] = [high, low, -deviation];
  const from = f(f(near - mean) / scale);
  const to = f(f(far - mean) / scale);
  const root = f(Math.sqrt(f(f(from * from) + 4)));
  const cutoff = f(f(2 * f(Math.exp(f(0.5 + f(f(from * f(from - root)) / 4))))) / f(from + root));
  const width = f(to - from);
  const [z, u] = [new Float64Array(size), new Float64Array(size)];
  const edge = f(normalFrom);
  const accept = (sample: number): void => write(f(f(sample * scale) + mean));
  let [taken, tries] = [0, 0];
  if ((from < -edge && to >= 0) || (to > edge && from <= 0)) {
    while (taken < count) {
      blocks.normals(z);
      for (let i = 0; i < size; i++) {
        if (z[i]! >= from && z[i]! <= to) {
          accept(z[i]!);
          taken += 1;
          if (taken >= count) break;
          tries = 0;
        } else if (++tries > mostIterations) throw failure("randn rejection sampler");
      }
    }
  } else if (width < cutoff) {
    const plus = from < 0 ? 0 : f(from * from);
    while (taken < count) {
      blocks.uniforms(z);
      for (let i = 0; i < size; i++) z[i] = f(f(z[i]! * width) + from);
      blocks.uniforms(u);
      for (let i = 0; i < size; i++) {
        if (u[i]! <= f(Math.exp(f(f(plus - f(z[i]! * z[i]!)) / 2)))) {
          accept(z[i]!);
          taken += 1;
          if (taken >= count) break;
          tries = 0;
        } else if (tries + 1 >= mostIterations) throw failure("uniform rejection sampler");
        else tries += 1;
      }
    }
  } else {
    const alpha = f(f(from + f(Math.sqrt(f(f(from * from) + 4)))) / 2);
    while (taken < count) {
      blocks.uniforms(u);
      for (let i = 0; i < size; i += 2) {
        const sample = f(f(f(-f(Math.log(u[i]!))) / alpha) + from);
        const x = from < alpha ? f(alpha - sample) : f(from - alpha);
        const limit = f(Math.exp(f(f(-x * x) / 2)));
        if (u[i + 1]! <= limit && sample < to) {
          accept(sample);
          taken += 1;
          if (taken >= count) break;
          tries = 0;
        } else if (tries + 1 >= mostIterations) throw failure("exponential distribution rejection sampler");
        else tries += 1;
      }
    }
  }
}
