import { normalDoubles, uniformDouble, uniformFloat } from "./distributions.js";
import { blockWords, type Philox } from "./philox.js";

/** Gives one random number after the other. */
export type Draw = () => number;

/** How a block of samples is made: their number, and a function that writes them. */
interface BlockOf {
  readonly length: number;
  readonly fill: (generator: Philox, samples: Float64Array) => void;
}

const uniformFloats: BlockOf = {
  length: blockWords,
  fill: (generator, samples) => {
    const words = generator.next();
    for (let i = 0; i < blockWords; i++) samples[i] = uniformFloat(words[i]!);
  },
};

const uniformDoubles: BlockOf = {
  length: 2,
  fill: (generator, samples) => {
    const words = generator.next();
    samples[0] = uniformDouble(words[0]!, words[1]!);
    samples[1] = uniformDouble(words[2]!, words[3]!);
  },
};

const normals: BlockOf = {
  length: 2,
  fill: (generator, samples) => {
    const words = generator.next();
    samples.set(normalDoubles(words[0]!, words[1]!, words[2]!, words[3]!));
  },
};

/** Blocks are made when they are needed; of each the latest sample comes first, as TensorFlow's kernels with rejection take them. */
function backward({ length, fill }: BlockOf, generator: Philox): Draw {
  const samples = new Float64Array(length);
  let left = 0;
  return () => {
    if (left === 0) {
      fill(generator, samples);
      left = length;
    }
    left -= 1;
    return samples[left]!;
  };
}

/** Uniform numbers of [0, 1) in single or double precision. */
export function backwardUniforms(generator: Philox, double: boolean): Draw {
  return backward(double ? uniformDoubles : uniformFloats, generator);
}

/** Standard normal numbers in double precision. */
export function backwardNormals(generator: Philox): Draw {
  return backward(normals, generator);
}
