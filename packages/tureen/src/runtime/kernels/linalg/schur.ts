import { type DenseMatrix, identityMatrix } from "./dense-matrix.js";

/** A = Q T Qᴴ with unitary Q and upper triangular T. */
export interface Schur {
  readonly q: DenseMatrix;
  readonly t: DenseMatrix;
}

/** Iterations an eigenvalue may take: shifted QR needs two or three. */
const mostIterations = 60;

type Rotation = readonly [c: number, sr: number, si: number];

/** The rotation that takes (x, y) to (r, 0): [c, s; -s̄, c]. */
function rotationOf(xr: number, xi: number, yr: number, yi: number): Rotation {
  const x = Math.hypot(xr, xi);
  const y = Math.hypot(yr, yi);
  if (y === 0) return [1, 0, 0];
  if (x === 0) return [0, yr / y, -yi / y];
  const norm = Math.hypot(x, y);
  // s = (x / |x|) ȳ / norm
  const [ur, ui] = [xr / x, xi / x];
  return [x / norm, (ur * yr + ui * yi) / norm, (ui * yr - ur * yi) / norm];
}

/** Rows i and i + 1 become c·a + s·b and -s̄·a + c·b, from column `from` on. */
function rotateRows(m: DenseMatrix, i: number, k: number, [c, sr, si]: Rotation, from: number): void {
  const n = m.columns;
  for (let j = from; j < n; j++) {
    const [a, b] = [i * n + j, k * n + j];
    const [ar, ai, br, bi] = [m.re[a]!, m.im[a]!, m.re[b]!, m.im[b]!];
    m.re[a] = c * ar + sr * br - si * bi;
    m.im[a] = c * ai + sr * bi + si * br;
    m.re[b] = c * br - (sr * ar + si * ai);
    m.im[b] = c * bi - (sr * ai - si * ar);
  }
}

/** Columns i and k by the adjoint of the same rotation, down to row `to`. */
function rotateColumns(m: DenseMatrix, i: number, k: number, [c, sr, si]: Rotation, to: number): void {
  const n = m.columns;
  for (let r = 0; r < to; r++) {
    const [a, b] = [r * n + i, r * n + k];
    const [ar, ai, br, bi] = [m.re[a]!, m.im[a]!, m.re[b]!, m.im[b]!];
    m.re[a] = c * ar + sr * br + si * bi;
    m.im[a] = c * ai + sr * bi - si * br;
    m.re[b] = c * br - (sr * ar - si * ai);
    m.im[b] = c * bi - (sr * ai + si * ar);
  }
}

/** The Schur decomposition, by rotations to Hessenberg form and shifted QR steps (Golub and Van Loan, chapter 7); undefined where it does not converge. */
export function schurOf(a: DenseMatrix): Schur | undefined {
  const n = a.rows;
  const t: DenseMatrix = { ...a, re: a.re.slice(), im: a.im.slice() };
  const q = identityMatrix(n);
  const apply = (i: number, k: number, rotation: Rotation, from: number, to: number): void => {
    rotateRows(t, i, k, rotation, from);
    rotateColumns(t, i, k, rotation, to);
    rotateColumns(q, i, k, rotation, n);
  };
  for (let j = 0; j < n - 2; j++) {
    for (let i = n - 1; i > j + 1; i--) {
      const [x, y] = [(i - 1) * n + j, i * n + j];
      if (t.re[y] === 0 && t.im[y] === 0) continue;
      apply(i - 1, i, rotationOf(t.re[x]!, t.im[x]!, t.re[y]!, t.im[y]!), 0, n);
      t.re[y] = 0;
      t.im[y] = 0;
    }
  }
  let end = n - 1;
  for (let iteration = 0; end > 0; iteration++) {
    if (iteration > mostIterations) return undefined;
    let start = end;
    while (start > 0 && !isNegligible(t, start)) start -= 1;
    if (start > 0) {
      t.re[start * n + start - 1] = 0;
      t.im[start * n + start - 1] = 0;
    }
    if (start === end) {
      end -= 1;
      iteration = -1;
      continue;
    }
    const [shiftR, shiftI] = iteration % 11 === 10 ? exceptionalShift(t, end) : wilkinsonShift(t, end);
    for (let i = start; i <= end; i++) {
      t.re[i * n + i] = t.re[i * n + i]! - shiftR;
      t.im[i * n + i] = t.im[i * n + i]! - shiftI;
    }
    const rotations: Rotation[] = [];
    for (let i = start; i < end; i++) {
      const [x, y] = [i * n + i, (i + 1) * n + i];
      const rotation = rotationOf(t.re[x]!, t.im[x]!, t.re[y]!, t.im[y]!);
      rotations.push(rotation);
      rotateRows(t, i, i + 1, rotation, i);
      t.re[y] = 0;
      t.im[y] = 0;
    }
    // The shift also stands on the diagonal of the blocks that the rotations reach above and to the right.
    rotations.forEach((rotation, at) => {
      const i = start + at;
      rotateColumns(t, i, i + 1, rotation, Math.min(i + 2, n));
      rotateColumns(q, i, i + 1, rotation, n);
    });
    for (let i = start; i <= end; i++) {
      t.re[i * n + i] = t.re[i * n + i]! + shiftR;
      t.im[i * n + i] = t.im[i * n + i]! + shiftI;
    }
  }
  return { q, t };
}

function sizeAt(t: DenseMatrix, i: number, j: number): number {
  return Math.hypot(t.re[i * t.columns + j]!, t.im[i * t.columns + j]!);
}

function isNegligible(t: DenseMatrix, i: number): boolean {
  const scale = sizeAt(t, i, i) + sizeAt(t, i - 1, i - 1);
  const size = sizeAt(t, i, i - 1);
  return size <= Number.EPSILON * scale || size < Number.MIN_VALUE / Number.EPSILON;
}

function exceptionalShift(t: DenseMatrix, end: number): readonly [number, number] {
  return [sizeAt(t, end, end - 1) + (end > 1 ? sizeAt(t, end - 1, end - 2) : 0), 0];
}

/** The eigenvalue of the last 2×2 block that is nearer to its last entry. */
function wilkinsonShift(t: DenseMatrix, end: number): readonly [number, number] {
  const n = t.columns;
  const at = (i: number, j: number): readonly [number, number] => [t.re[i * n + j]!, t.im[i * n + j]!];
  const [ar, ai] = at(end - 1, end - 1);
  const [br, bi] = at(end - 1, end);
  const [cr, ci] = at(end, end - 1);
  const [dr, di] = at(end, end);
  const [hr, hi] = [(ar - dr) / 2, (ai - di) / 2];
  const [pr, pi] = [br * cr - bi * ci, br * ci + bi * cr];
  const [sr, si] = complexRoot(hr * hr - hi * hi + pr, 2 * hr * hi + pi);
  const sign = hr * sr + hi * si >= 0 ? 1 : -1;
  const [zr, zi] = [hr + sign * sr, hi + sign * si];
  const norm = zr * zr + zi * zi;
  if (norm === 0) return [dr, di];
  return [dr - (pr * zr + pi * zi) / norm, di - (pi * zr - pr * zi) / norm];
}

/** The principal square root. */
export function complexRoot(re: number, im: number): readonly [number, number] {
  const size = Math.hypot(re, im);
  const root = Math.sqrt((size + Math.abs(re)) / 2);
  if (root === 0) return [0, 0];
  if (re >= 0) return [root, im / (2 * root)];
  return [Math.abs(im) / (2 * root), im < 0 ? -root : root];
}
