import {
  adjointOf,
  type DenseMatrix,
  identityMatrix,
  luOf,
  luSolve,
  multiply,
  triangularSolve,
  zeroMatrix,
} from "./dense-matrix.js";
import { complexRoot, schurOf } from "./schur.js";

/** a + factor · b. */
function plus(a: DenseMatrix, b: DenseMatrix, factor = 1): DenseMatrix {
  return { ...a, re: a.re.map((x, i) => x + factor * b.re[i]!), im: a.im.map((x, i) => x + factor * b.im[i]!) };
}

function scaled(a: DenseMatrix, factor: number): DenseMatrix {
  return { ...a, re: a.re.map((x) => x * factor), im: a.im.map((x) => x * factor) };
}

function oneNorm(a: DenseMatrix): number {
  let norm = 0;
  for (let j = 0; j < a.columns; j++) {
    let sum = 0;
    for (let i = 0; i < a.rows; i++) sum += Math.hypot(a.re[i * a.columns + j]!, a.im[i * a.columns + j]!);
    norm = Math.max(norm, sum);
  }
  return norm;
}

/** Coefficients of the Padé approximant of e^x of degree 13, and the norm up to which it has float64 precision (Higham, "The scaling and squaring method for the matrix exponential revisited", 2005). */
const pade = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];
const padeNorm = 5.371920351148152;

/** e^A. */
export function matrixExponential(a: DenseMatrix): DenseMatrix {
  const n = a.rows;
  if (n === 0) return a;
  const norm = oneNorm(a);
  const halvings = norm > padeNorm ? Math.ceil(Math.log2(norm / padeNorm)) : 0;
  const x = scaled(a, 2 ** -halvings);
  const square = multiply(x, x);
  let power = identityMatrix(n);
  let even = zeroMatrix(n, n);
  let odd = zeroMatrix(n, n);
  for (let k = 0; k < pade.length; k += 2) {
    even = plus(even, power, pade[k]!);
    odd = plus(odd, power, pade[k + 1]!);
    power = multiply(power, square);
  }
  odd = multiply(x, odd);
  let result = luSolve(luOf(plus(even, odd, -1)), plus(even, odd));
  for (let i = 0; i < halvings; i++) result = multiply(result, result);
  return result;
}

/** The principal square root of an upper triangular matrix (Björck and Hammarling, 1983). */
function triangularRoot(t: DenseMatrix): DenseMatrix {
  const n = t.rows;
  const r = zeroMatrix(n, n);
  for (let i = 0; i < n; i++)
    [r.re[i * n + i], r.im[i * n + i]] = complexRoot(t.re[i * n + i]!, t.im[i * n + i]!) as [number, number];
  for (let j = 1; j < n; j++) {
    for (let i = j - 1; i >= 0; i--) {
      let [sr, si] = [t.re[i * n + j]!, t.im[i * n + j]!];
      for (let k = i + 1; k < j; k++) {
        const [xr, xi, yr, yi] = [r.re[i * n + k]!, r.im[i * n + k]!, r.re[k * n + j]!, r.im[k * n + j]!];
        sr -= xr * yr - xi * yi;
        si -= xr * yi + xi * yr;
      }
      const [dr, di] = [r.re[i * n + i]! + r.re[j * n + j]!, r.im[i * n + i]! + r.im[j * n + j]!];
      const norm = dr * dr + di * di;
      if (norm === 0) continue;
      r.re[i * n + j] = (sr * dr + si * di) / norm;
      r.im[i * n + j] = (si * dr - sr * di) / norm;
    }
  }
  return r;
}

function notANumber(a: DenseMatrix): DenseMatrix {
  return { ...a, re: a.re.map(() => Number.NaN), im: a.im.map(() => Number.NaN) };
}

function conjugated(q: DenseMatrix, t: DenseMatrix): DenseMatrix {
  return multiply(multiply(q, t), adjointOf(q));
}

/** The principal square root. */
export function matrixSquareRoot(a: DenseMatrix): DenseMatrix {
  const schur = schurOf(a);
  return schur === undefined ? notANumber(a) : conjugated(schur.q, triangularRoot(schur.t));
}

/** Nodes and weights of Gauss' and Legendre's rule on [0, 1]. */
function gaussRule(count: number): { readonly nodes: number[]; readonly weights: number[] } {
  const [nodes, weights]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 50; step++) {
      let [p0, p1] = [1, x];
      for (let k = 2; k <= count; k++) [p0, p1] = [p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k];
      slope = (count * (x * p1 - p0)) / (x * x - 1);
      const move = p1 / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    nodes.push((x + 1) / 2);
    weights.push(1 / ((1 - x * x) * slope * slope));
  }
  return { nodes, weights };
}

let rule: ReturnType<typeof gaussRule> | undefined;
/** Below this distance from the identity twelve nodes reach float64 precision. */
const rootNorm = 0.25;
const mostRoots = 60;

/** The principal logarithm: roots until it is near the identity, then ∫₀¹ X (I + sX)⁻¹ ds (Higham, Functions of Matrices, chapter 11). */
export function matrixLogarithm(a: DenseMatrix): DenseMatrix {
  const n = a.rows;
  const schur = schurOf(a);
  if (schur === undefined) return notANumber(a);
  const identity = identityMatrix(n);
  let root = schur.t;
  let doublings = 0;
  while (oneNorm(plus(root, identity, -1)) > rootNorm && doublings < mostRoots) {
    root = triangularRoot(root);
    doublings += 1;
  }
  const x = plus(root, identity, -1);
  let log = zeroMatrix(n, n);
  rule ??= gaussRule(12);
  const { nodes, weights } = rule;
  nodes.forEach((node, i) => {
    log = plus(log, triangularSolve(plus(identity, x, node), x, false, false), weights[i]!);
  });
  return conjugated(schur.q, scaled(log, 2 ** doublings));
}

/** Swaps neighbours that are conjugate where the lower comes first. */
function orderConjugates(t: DenseMatrix, order: number[]): void {
  const n = t.rows;
  for (let i = 0; i + 1 < n; i++) {
    const [a, b] = [order[i]! * n + order[i]!, order[i + 1]! * n + order[i + 1]!];
    const scale = Math.hypot(t.re[a]!, t.im[a]!) * 1e-6;
    if (Math.abs(t.im[a]!) <= scale || Math.abs(t.re[a]! - t.re[b]!) > scale) continue;
    if (Math.abs(t.im[a]! + t.im[b]!) > scale) continue;
    if (t.im[a]! < 0) [order[i], order[i + 1]] = [order[i + 1]!, order[i]!];
    i += 1;
  }
}

/**
 * Eigenvalues, and vectors of length 1 as columns; undefined where there is no convergence.
 *
 * As in TensorFlow, those of complex matrices ascend by size and those of real ones come as the decomposition finds them, of conjugates the
 * one above the real axis first.
 */
export function eigenOf(
  a: DenseMatrix,
  isReal: boolean,
): { readonly values: DenseMatrix; readonly vectors: DenseMatrix } | undefined {
  const n = a.rows;
  const schur = schurOf(a);
  if (schur === undefined) return undefined;
  const { q, t } = schur;
  const x = zeroMatrix(n, n);
  const smallest = Number.EPSILON * Math.max(oneNorm(t), Number.MIN_VALUE);
  for (let k = 0; k < n; k++) {
    x.re[k * n + k] = 1;
    const [er, ei] = [t.re[k * n + k]!, t.im[k * n + k]!];
    for (let i = k - 1; i >= 0; i--) {
      let [sr, si] = [-t.re[i * n + k]!, -t.im[i * n + k]!];
      for (let j = i + 1; j < k; j++) {
        const [ar, ai, br, bi] = [t.re[i * n + j]!, t.im[i * n + j]!, x.re[j * n + k]!, x.im[j * n + k]!];
        sr -= ar * br - ai * bi;
        si -= ar * bi + ai * br;
      }
      let [dr, di] = [t.re[i * n + i]! - er, t.im[i * n + i]! - ei];
      if (dr === 0 && di === 0) dr = smallest;
      const norm = dr * dr + di * di;
      x.re[i * n + k] = (sr * dr + si * di) / norm;
      x.im[i * n + k] = (si * dr - sr * di) / norm;
    }
  }
  const vectors = multiply(q, x);
  const order = Array.from({ length: n }, (_, i) => i);
  const size = (k: number): number => Math.hypot(t.re[k * n + k]!, t.im[k * n + k]!);
  if (isReal) orderConjugates(t, order);
  else order.sort((i, j) => size(i) - size(j));
  const [values, sorted] = [zeroMatrix(1, n), zeroMatrix(n, n)];
  order.forEach((k, to) => {
    values.re[to] = t.re[k * n + k]!;
    values.im[to] = t.im[k * n + k]!;
    let norm = 0;
    for (let i = 0; i < n; i++) norm += vectors.re[i * n + k]! ** 2 + vectors.im[i * n + k]! ** 2;
    norm = Math.sqrt(norm);
    for (let i = 0; i < n; i++) {
      sorted.re[i * n + to] = vectors.re[i * n + k]! / norm;
      sorted.im[i * n + to] = vectors.im[i * n + k]! / norm;
    }
  });
  return { values, vectors: sorted };
}
