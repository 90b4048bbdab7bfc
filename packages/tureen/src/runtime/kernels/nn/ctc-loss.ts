/** The logarithm of nothing. */
const none = Number.NEGATIVE_INFINITY;

function logSum(a: number, b: number): number {
  if (a === none) return b;
  if (b === none) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/** Softmax outputs of one sequence, row-major by time. */
export interface CtcOutputs {
  readonly steps: number;
  readonly classes: number;
  readonly probabilities: Float64Array;
}

/**
 * The loss -ln p(labels | outputs) and what it changes by each logit: the recursions of Graves, "Supervised Sequence Labelling with
 * Recurrent Neural Networks", 7.3. The last class is the blank. Without a path that gives the labels the loss is infinite and the
 * gradient the outputs themselves, as in TensorFlow.
 */
export function ctcLoss(
  { steps, classes, probabilities: y }: CtcOutputs,
  labels: readonly number[],
  mergeRepeated: boolean,
): { readonly loss: number; readonly gradient: Float64Array } {
  const blank = classes - 1;
  const path = labels.flatMap((label) => [blank, label]);
  path.push(blank);
  const size = path.length;
  const alpha = new Float64Array(size * steps).fill(none);
  const beta = new Float64Array(size * steps).fill(none);
  const logY = (u: number, t: number): number => Math.log(y[t * classes + path[u]!]!);
  /** Whether the path may skip from place u - 2 to u. */
  const skips = (u: number): boolean => path[u] !== blank && !(mergeRepeated && path[u] === path[u - 2]);
  const stays = (u: number): boolean => mergeRepeated || path[u] === blank;
  alpha[0] = logY(0, 0);
  if (size > 1) alpha[1] = logY(1, 0);
  for (let t = 1; t < steps; t++) {
    const [row, before] = [t * size, (t - 1) * size];
    for (let u = 0; u < size; u++) {
      let sum = stays(u) ? alpha[before + u]! : none;
      if (u > 0) sum = logSum(sum, alpha[before + u - 1]!);
      if (u > 1 && skips(u)) sum = logSum(sum, alpha[before + u - 2]!);
      alpha[row + u] = sum + logY(u, t);
    }
  }
  const last = (steps - 1) * size;
  for (let u = Math.max(0, size - 2); u < size; u++) beta[last + u] = 0;
  for (let t = steps - 2; t >= 0; t--) {
    const [row, after] = [t * size, (t + 1) * size];
    for (let u = 0; u < size; u++) {
      let sum = stays(u) ? beta[after + u]! + logY(u, t + 1) : none;
      if (u + 1 < size) sum = logSum(sum, beta[after + u + 1]! + logY(u + 1, t + 1));
      if (u + 2 < size && skips(u + 2)) sum = logSum(sum, beta[after + u + 2]! + logY(u + 2, t + 1));
      beta[row + u] = sum;
    }
  }
  let total = none;
  for (let u = 0; u < size; u++) total = logSum(total, alpha[u]! + beta[u]!);
  const gradient = y.slice();
  if (total === none) return { loss: Number.POSITIVE_INFINITY, gradient };
  for (let t = 0; t < steps; t++) {
    for (let u = 0; u < size; u++) {
      const at = t * classes + path[u]!;
      gradient[at] = gradient[at]! - Math.exp(alpha[t * size + u]! + beta[t * size + u]! - total);
    }
  }
  return { loss: -total, gradient };
}
