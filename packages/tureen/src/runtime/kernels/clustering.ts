import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { integerOf, newValue } from "./array/cells.js";
import { uniformFloat } from "./random/distributions.js";
import { Philox, SingleWords } from "./random/philox.js";

interface Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

function matrixOf(value: TensorValue, name: string): Matrix {
  if (value.shape.length !== 2) throw invalidArgument(`Input ${name} should be a matrix.`);
  return { data: value.data as Float32Array, rows: value.shape[0]!, columns: value.shape[1]! };
}

function scalarOf(value: TensorValue, name: string): number {
  if (value.shape.length !== 0) throw invalidArgument(`Input ${name} should be a scalar.`);
  return integerOf(value);
}

function halfSquaredNorms({ data, rows, columns }: Matrix): Float32Array {
  const norms = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) sum += data[i]! * data[i]!;
    norms[row] = 0.5 * sum;
  }
  return norms;
}

function innerProduct(a: Matrix, row: number, b: Matrix, other: number): number {
  const { columns } = a;
  let sum = 0;
  for (let i = 0; i < columns; i++) sum += a.data[row * columns + i]! * b.data[other * columns + i]!;
  return Math.fround(sum);
}

/** The nearest centers of each point with their squared distances, the nearest first; of equally near ones the first. */
const nearestNeighbors: KernelFactory =
  () =>
  ([pointsValue, centersValue, kValue]) => {
    const points = matrixOf(pointsValue!, "points");
    const centers = matrixOf(centersValue!, "centers");
    const wanted = scalarOf(kValue!, "k");
    if (points.rows === 0) throw invalidArgument("Expected points.rows() > 0.");
    if (points.columns !== centers.columns) {
      throw invalidArgument(`Expected point_dimensions == center_dimensions: ${points.columns} vs ${centers.columns}.`);
    }
    if (wanted < 0) throw invalidArgument("Expected k >= 0.");
    const k = Math.min(wanted, centers.rows);
    const indices = newValue("int64", [points.rows, k]);
    const distances = newValue("float32", [points.rows, k]);
    const norms = halfSquaredNorms(points);
    const centerNorms = halfSquaredNorms(centers);
    const halves = new Float32Array(centers.rows);
    for (let row = 0; row < points.rows; row++) {
      for (let c = 0; c < centers.rows; c++) {
        halves[c] = Math.fround(centerNorms[c]! - innerProduct(points, row, centers, c));
      }
      takeNearest(halves, k, (place, center) => {
        indices.data[row * k + place] = BigInt(center);
        distances.data[row * k + place] = Math.max(0, 2 * Math.fround(halves[center]! + norms[row]!));
      });
    }
    return [indices, distances];
  };

function takeNearest(values: Float32Array, k: number, take: (place: number, index: number) => void): void {
  if (k === 1) {
    let best = 0;
    for (let i = 1; i < values.length; i++) if (values[i]! < values[best]!) best = i;
    take(0, best);
    return;
  }
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  for (let place = 0; place < k; place++) take(place, order[place]!);
}

/** The random numbers of TensorFlow's `SimplePhilox`. */
class SimplePhilox {
  readonly #words: SingleWords;

  constructor(seed: bigint) {
    this.#words = new SingleWords(Philox.fromSeeds(seed, 0n));
  }

  /** In [0, 1). */
  float(): number {
    return uniformFloat(this.#words.next());
  }

  /** In [0, n). */
  integer(n: number): number {
    const low = BigInt(this.#words.next());
    const high = BigInt(this.#words.next());
    return Number(((high << 32n) | low) % BigInt(n));
  }
}

/** The number of further points that a negative number of retries stands for, as TensorFlow chose it. */
const retriesOf = (given: number, samples: number): number => (given >= 0 ? given : 2 + Math.trunc(Math.log(samples)));

/** Points far from each other: each is drawn with a probability in proportion to its distance from those before it, the best of several draws. */
const kmeansPlusPlus: KernelFactory =
  () =>
  ([pointsValue, countValue, seedValue, retriesValue]) => {
    const points = matrixOf(pointsValue!, "points");
    const count = scalarOf(countValue!, "num_to_sample");
    if (seedValue!.shape.length !== 0) throw invalidArgument("Input seed should be a scalar.");
    const retries = retriesOf(scalarOf(retriesValue!, "num_retries_per_sample"), count);
    if (points.rows === 0) throw invalidArgument("Expected points.rows() > 0.");
    if (count <= 0) throw invalidArgument("Expected num_to_sample > 0.");
    if (count > points.rows) {
      throw invalidArgument(`Expected num_to_sample <= points.rows(). ${count} vs ${points.rows}.`);
    }
    const random = new SimplePhilox((seedValue!.data as BigInt64Array)[0]!);
    const norms = halfSquaredNorms(points);
    const sums = new Float32Array(points.rows);
    const chosen = new Set<number>();
    let nearest = new Float32Array(points.rows).fill(Number.POSITIVE_INFINITY);
    const draw = (): number => {
      if (chosen.size === 0) return random.integer(points.rows);
      const total = sums[points.rows - 1]!;
      for (;;) {
        const index = Math.min(upperBound(sums, Math.fround(random.float() * total)), points.rows - 1);
        if (!chosen.has(index)) return index;
      }
    };
    const samples = newValue("float32", [count, points.columns]);
    for (let i = 0; i < count; i++) {
      if (i > 0) partialSums(nearest, sums);
      let best = 0;
      let bestPotential = Number.POSITIVE_INFINITY;
      let bestNearest: typeof nearest | undefined;
      for (let attempt = 0; attempt <= retries; attempt++) {
        const index = draw();
        const closer = nearerOf(points, norms, index, nearest);
        const potential = closer.reduce((sum, distance) => sum + distance, 0);
        if (retries > 0 && !(Math.fround(potential) < bestPotential)) continue;
        bestPotential = Math.fround(potential);
        best = index;
        bestNearest = closer;
      }
      nearest = bestNearest ?? nearest;
      chosen.add(best);
      samples.data.set(points.data.subarray(best * points.columns, (best + 1) * points.columns), i * points.columns);
    }
    return [samples];
  };

/** Half the squared distance of each point to one more chosen point or the nearest before it. */
function nearerOf(
  points: Matrix,
  norms: Float32Array,
  chosen: number,
  nearest: Float32Array,
): Float32Array<ArrayBuffer> {
  const closer = new Float32Array(points.rows);
  for (let row = 0; row < points.rows; row++) {
    const product = innerProduct(points, row, points, chosen);
    const distance = Math.fround(Math.fround(norms[row]! - product) + norms[chosen]!);
    closer[row] = Math.min(nearest[row]!, distance);
  }
  return closer;
}

function partialSums(values: Float32Array, sums: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum = Math.fround(sum + values[i]!);
    sums[i] = sum;
  }
}

/** The first place whose value is greater. */
function upperBound(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < sorted[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The last state of a Markov chain over distances, which approximates a draw of k-means++. */
const kmc2Chain: KernelFactory =
  () =>
  ([distancesValue, seedValue]) => {
    if (distancesValue!.shape.length !== 1) throw invalidArgument("Input distances should be a vector.");
    if (seedValue!.shape.length !== 0) throw invalidArgument("Input seed should be a scalar.");
    const distances = distancesValue!.data as Float32Array;
    if (distances.length === 0) throw invalidArgument("Expected distances_tensor.size() > 0.");
    const random = new SimplePhilox((seedValue!.data as BigInt64Array)[0]!);
    let selected = 0;
    for (let i = 1; i < distances.length; i++) {
      if (distances[i]! > Math.fround(random.float() * distances[selected]!)) selected = i;
    }
    const index = newValue("int64", []);
    index.data[0] = BigInt(selected);
    return [index];
  };

/** Kernels of the clustering family. */
export const clusteringKernels: KernelTable = {
  NearestNeighbors: nearestNeighbors,
  KmeansPlusPlusInitialization: kmeansPlusPlus,
  KMC2ChainInitialization: kmc2Chain,
};
