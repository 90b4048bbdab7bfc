import { invalidArgument } from "../../../core/status-error.js";
import { type AxisTaps, emptyTaps } from "./resample.js";

const f = Math.fround;

/** A resampling kernel: how far it reaches, and its weight at a distance. */
interface ResamplingKernel {
  readonly radius: number;
  readonly weight: (distance: number) => number;
}

function lanczos(radius: number): ResamplingKernel {
  return {
    radius,
    weight: (distance) => {
      const x = Math.abs(distance);
      if (x > radius) return 0;
      // Near zero both sines cancel; TensorFlow cuts over at the same place.
      if (x <= 1e-3) return 1;
      return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * Math.PI * x * x);
    },
  };
}

const gaussianRadius = 1.5;
/** The radius is three standard deviations. */
const gaussianSigma = gaussianRadius / 3;

function cubic(weights: (x: number) => number): ResamplingKernel {
  return { radius: 2, weight: (distance) => (Math.abs(distance) >= 2 ? 0 : weights(Math.abs(distance))) };
}

const kernels: Readonly<Record<string, ResamplingKernel>> = {
  lanczos1: lanczos(1),
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  gaussian: {
    radius: gaussianRadius,
    weight: (x) => (Math.abs(x) >= gaussianRadius ? 0 : Math.exp((-x * x) / (2 * gaussianSigma * gaussianSigma))),
  },
  box: {
    radius: 1,
    weight: (distance) => {
      const x = Math.abs(distance);
      return x < 0.5 ? 1 : x === 0.5 ? 0.5 : 0;
    },
  },
  triangle: { radius: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  keyscubic: cubic((x) => (x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1)),
  mitchellcubic: cubic((x) =>
    x >= 1 ? (((-7 / 18) * x + 2) * x - 10 / 3) * x + 16 / 9 : ((7 / 6) * x - 2) * x * x + 8 / 9,
  ),
};

/** Whether there is a kernel of this name. */
export function isResamplingKernel(name: string): boolean {
  return Object.hasOwn(kernels, name);
}

/** The taps of one dimension of an image that is scaled, then moved. Outputs that fall outside the input have no weight. */
export function scaleTaps(
  input: number,
  output: number,
  scale: number,
  translation: number,
  kernelName: string,
  antialias: boolean,
): AxisTaps {
  const kernel = kernels[kernelName];
  if (kernel === undefined) throw invalidArgument(`Unrecognized kernel type: ${kernelName}`);
  // In float32 throughout: kernels that end abruptly tell a pixel on their edge from one beyond it.
  const inverse = f(1 / scale);
  const shift = f(-inverse * translation);
  const kernelScale = antialias ? Math.max(inverse, 1) : 1;
  const narrowing = f(1 / kernelScale);
  const reach = f(kernel.radius * kernelScale);
  const taps = Math.min(2 * Math.ceil(reach) + 1, Math.max(input, 1));
  const axis = emptyTaps(output, taps);
  for (let i = 0; i < output; i++) {
    const center = f(f((i + 0.5) * inverse) + shift);
    if (center < 0 || center > input) continue;
    const first = Math.max(Math.ceil(f(f(center - reach) - 0.5)), 0);
    const last = Math.min(Math.floor(f(f(center + reach) - 0.5)), input - 1);
    let sum = 0;
    for (let p = first; p <= last && p - first < taps; p++) {
      const weight = kernel.weight(f(f(p + 0.5 - center) * narrowing));
      axis.index[i * taps + p - first] = p;
      axis.weight[i * taps + p - first] = weight;
      sum += weight;
    }
    if (Math.abs(sum) < 1000 * 2 ** -126) continue;
    for (let t = 0; t < taps; t++) axis.weight[i * taps + t] = axis.weight[i * taps + t]! / sum;
  }
  return axis;
}
