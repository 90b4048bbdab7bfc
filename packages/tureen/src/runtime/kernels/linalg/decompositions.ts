import { adjointOf, type DenseMatrix, identityMatrix, zeroMatrix } from "./dense-matrix.js";

/** Sweeps of Jacobi rotations after which a matrix has converged; a handful is usual, NaN never converges. */
const maxSweeps = 60;
const negligible = 1e-15;

/** Q and R by Householder reflections with Eigen's signs: a diagonal entry of R is negative where the column's head was not. */
export function qrOf(a: DenseMatrix): { readonly q: DenseMatrix; readonly r: DenseMatrix } {
  const { rows: m, columns: n } = a;
  const r: DenseMatrix = { rows: m, columns: n, re: a.re.slice(), im: a.im.slice() };
  const q = identityMatrix(m);
  const steps = Math.min(m, n);
  const vr = new Float64Array(m);
  const vi = new Float64Array(m);
  for (let k = 0; k < steps; k++) {
    let tail = 0;
    for (let i = k + 1; i < m; i++) tail += r.re[i * n + k]! ** 2 + r.im[i * n + k]! ** 2;
    const [cr, ci] = [r.re[k * n + k]!, r.im[k * n + k]!];
    if (tail === 0 && ci === 0) continue;
    let beta = Math.sqrt(cr * cr + ci * ci + tail);
    if (cr >= 0) beta = -beta;
    // v = (1, tail / (c - beta)), tau = conj((beta - c) / beta).
    const [dr, di] = [cr - beta, ci];
    const norm = dr * dr + di * di;
    vr[k] = 1;
    vi[k] = 0;
    for (let i = k + 1; i < m; i++) {
      const [xr, xi] = [r.re[i * n + k]!, r.im[i * n + k]!];
      vr[i] = (xr * dr + xi * di) / norm;
      vi[i] = (xi * dr - xr * di) / norm;
    }
    const tauR = (beta - cr) / beta;
    const tauI = ci / beta;
    // Each reflection brings R on, and its adjoint takes Q back.
    reflectRows(r, vr, vi, tauR, tauI, k);
    reflectColumns(q, vr, vi, tauR, -tauI, k);
  }
  for (let i = 1; i < m; i++) {
    for (let j = 0; j < Math.min(i, n); j++) {
      r.re[i * n + j] = 0;
      r.im[i * n + j] = 0;
    }
  }
  return { q, r };
}

/** `A := (I - tau v v^H) A`, from row `k` on. */
function reflectRows(a: DenseMatrix, vr: Float64Array, vi: Float64Array, tr: number, ti: number, k: number): void {
  const { rows: m, columns: n } = a;
  for (let j = 0; j < n; j++) {
    let sr = 0;
    let si = 0;
    for (let i = k; i < m; i++) {
      const [xr, xi] = [a.re[i * n + j]!, a.im[i * n + j]!];
      sr += vr[i]! * xr + vi[i]! * xi;
      si += vr[i]! * xi - vi[i]! * xr;
    }
    const [fr, fi] = [tr * sr - ti * si, tr * si + ti * sr];
    for (let i = k; i < m; i++) {
      a.re[i * n + j]! -= vr[i]! * fr - vi[i]! * fi;
      a.im[i * n + j]! -= vr[i]! * fi + vi[i]! * fr;
    }
  }
}

/** `A := A (I - tau v v^H)`. */
function reflectColumns(a: DenseMatrix, vr: Float64Array, vi: Float64Array, tr: number, ti: number, k: number): void {
  const { rows: m, columns: n } = a;
  for (let i = 0; i < m; i++) {
    let sr = 0;
    let si = 0;
    for (let j = k; j < n; j++) {
      const [xr, xi] = [a.re[i * n + j]!, a.im[i * n + j]!];
      sr += xr * vr[j]! - xi * vi[j]!;
      si += xr * vi[j]! + xi * vr[j]!;
    }
    const [fr, fi] = [tr * sr - ti * si, tr * si + ti * sr];
    for (let j = k; j < n; j++) {
      a.re[i * n + j]! -= fr * vr[j]! + fi * vi[j]!;
      a.im[i * n + j]! -= fi * vr[j]! - fr * vi[j]!;
    }
  }
}

/** Turns columns `p` and `q` of a matrix by a rotation whose second column is first multiplied by a phase. */
function rotateColumns(
  a: DenseMatrix,
  p: number,
  q: number,
  cosine: number,
  sine: number,
  pr: number,
  pi: number,
): void {
  const n = a.columns;
  for (let i = 0; i < a.rows; i++) {
    const [xr, xi] = [a.re[i * n + p]!, a.im[i * n + p]!];
    const [yr, yi] = [a.re[i * n + q]!, a.im[i * n + q]!];
    const [zr, zi] = [yr * pr - yi * pi, yr * pi + yi * pr];
    a.re[i * n + p] = cosine * xr - sine * zr;
    a.im[i * n + p] = cosine * xi - sine * zi;
    a.re[i * n + q] = sine * xr + cosine * zr;
    a.im[i * n + q] = sine * xi + cosine * zi;
  }
}

/** Cosine and sine of the Jacobi rotation for a pair with diagonal entries `alpha`, `beta` and off-diagonal size `gamma`. */
function jacobiAngle(alpha: number, beta: number, gamma: number): readonly [number, number] {
  const zeta = (beta - alpha) / (2 * gamma);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  return [cosine, cosine * tangent];
}

/** Eigenvalues, smallest first, and eigenvectors (columns) of a Hermitian matrix, of which only the lower triangle is read. */
export function hermitianEigen(source: DenseMatrix): { readonly values: Float64Array; readonly vectors: DenseMatrix } {
  const n = source.rows;
  const a: DenseMatrix = { rows: n, columns: n, re: source.re.slice(), im: source.im.slice() };
  for (let i = 0; i < n; i++) {
    a.im[i * n + i] = 0;
    for (let j = 0; j < i; j++) {
      a.re[j * n + i] = a.re[i * n + j]!;
      a.im[j * n + i] = -a.im[i * n + j]!;
    }
  }
  const vectors = identityMatrix(n);
  const scale = Math.hypot(...a.re, ...a.im);
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const [gr, gi] = [a.re[p * n + q]!, a.im[p * n + q]!];
        const gamma = Math.hypot(gr, gi);
        if (!(gamma > negligible * scale)) continue;
        rotated = true;
        const [cosine, sine] = jacobiAngle(a.re[p * n + p]!, a.re[q * n + q]!, gamma);
        // Columns by the rotation, rows by its adjoint; multiplying column q by conj(gamma)/|gamma| makes the pair real.
        rotateColumns(a, p, q, cosine, sine, gr / gamma, -gi / gamma);
        const turned = adjointOf(a);
        rotateColumns(turned, p, q, cosine, sine, gr / gamma, -gi / gamma);
        const back = adjointOf(turned);
        a.re.set(back.re);
        a.im.set(back.im);
        rotateColumns(vectors, p, q, cosine, sine, gr / gamma, -gi / gamma);
      }
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((x, y) => a.re[x * n + x]! - a.re[y * n + y]!);
  return { values: Float64Array.from(order, (i) => a.re[i * n + i]!), vectors: selectColumns(vectors, order) };
}

function selectColumns(a: DenseMatrix, order: readonly number[]): DenseMatrix {
  const result = zeroMatrix(a.rows, order.length);
  for (let i = 0; i < a.rows; i++) {
    order.forEach((from, j) => {
      result.re[i * order.length + j] = a.re[i * a.columns + from]!;
      result.im[i * order.length + j] = a.im[i * a.columns + from]!;
    });
  }
  return result;
}

/** Singular values, largest first, and singular vectors (columns of `u` and `v`); `full` completes both to square unitary matrices. */
export function svdOf(
  a: DenseMatrix,
  full: boolean,
): { readonly s: Float64Array; readonly u: DenseMatrix; readonly v: DenseMatrix } {
  if (a.rows < a.columns) {
    const { s, u, v } = svdOf(adjointOf(a), full);
    return { s, u: v, v: u };
  }
  const { rows: m, columns: n } = a;
  const w: DenseMatrix = { rows: m, columns: n, re: a.re.slice(), im: a.im.slice() };
  const v = identityMatrix(n);
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        let [alpha, beta, gr, gi] = [0, 0, 0, 0];
        for (let i = 0; i < m; i++) {
          const [xr, xi] = [w.re[i * n + p]!, w.im[i * n + p]!];
          const [yr, yi] = [w.re[i * n + q]!, w.im[i * n + q]!];
          alpha += xr * xr + xi * xi;
          beta += yr * yr + yi * yi;
          gr += xr * yr + xi * yi;
          gi += xr * yi - xi * yr;
        }
        const gamma = Math.hypot(gr, gi);
        if (!(gamma > negligible * Math.sqrt(alpha * beta))) continue;
        rotated = true;
        const [cosine, sine] = jacobiAngle(alpha, beta, gamma);
        rotateColumns(w, p, q, cosine, sine, gr / gamma, -gi / gamma);
        rotateColumns(v, p, q, cosine, sine, gr / gamma, -gi / gamma);
      }
    }
    if (!rotated) break;
  }
  const norms = Float64Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += w.re[i * n + j]! ** 2 + w.im[i * n + j]! ** 2;
    return Math.sqrt(sum);
  });
  const order = Array.from({ length: n }, (_, i) => i).sort((x, y) => norms[y]! - norms[x]!);
  const s = Float64Array.from(order, (j) => norms[j]!);
  const sorted = selectColumns(w, order);
  const u = zeroMatrix(m, full ? m : n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      if (s[j] === 0) continue;
      u.re[i * u.columns + j] = sorted.re[i * n + j]! / s[j]!;
      u.im[i * u.columns + j] = sorted.im[i * n + j]! / s[j]!;
    }
  }
  completeBasis(u, s);
  return { s, u, v: selectColumns(v, order) };
}

/** Fills the columns that belong to no positive singular value with unit vectors orthogonal to all before them. */
function completeBasis(u: DenseMatrix, s: Float64Array): void {
  const { rows: m, columns } = u;
  let candidate = 0;
  for (let j = 0; j < columns; j++) {
    if (j < s.length && s[j] !== 0) continue;
    for (; candidate < m; candidate++) {
      const cr = new Float64Array(m);
      const ci = new Float64Array(m);
      cr[candidate] = 1;
      // Twice, because one pass of Gram-Schmidt loses orthogonality to rounding.
      for (let pass = 0; pass < 2; pass++) {
        for (let p = 0; p < columns; p++) {
          if (p >= j && (p >= s.length || s[p] === 0)) continue;
          let [sr, si] = [0, 0];
          for (let i = 0; i < m; i++) {
            const [xr, xi] = [u.re[i * columns + p]!, u.im[i * columns + p]!];
            sr += xr * cr[i]! + xi * ci[i]!;
            si += xr * ci[i]! - xi * cr[i]!;
          }
          for (let i = 0; i < m; i++) {
            const [xr, xi] = [u.re[i * columns + p]!, u.im[i * columns + p]!];
            cr[i]! -= xr * sr - xi * si;
            ci[i]! -= xr * si + xi * sr;
          }
        }
      }
      const norm = Math.hypot(...cr, ...ci);
      // What is left of a unit vector that lies in the span so far is rounding noise.
      if (norm < 1e-6) continue;
      for (let i = 0; i < m; i++) {
        u.re[i * columns + j] = cr[i]! / norm;
        u.im[i * columns + j] = ci[i]! / norm;
      }
      candidate += 1;
      break;
    }
  }
}
