/**
 * Algorithms on one dense complex matrix in float64: row-major, real and imaginary parts in two arrays.
 *
 * Real matrices run through the same code with zero imaginary parts: these ops are rare, and one proven form of each beats speed.
 */
export interface DenseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** A matrix of zeros. */
export function zeroMatrix(rows: number, columns: number): DenseMatrix {
  return { rows, columns, re: new Float64Array(rows * columns), im: new Float64Array(rows * columns) };
}

/** Ones on the diagonal. */
export function identityMatrix(size: number): DenseMatrix {
  const result = zeroMatrix(size, size);
  for (let i = 0; i < size; i++) result.re[i * size + i] = 1;
  return result;
}

/** The conjugate transpose. */
export function adjointOf(a: DenseMatrix): DenseMatrix {
  const result = zeroMatrix(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) {
      result.re[j * a.rows + i] = a.re[i * a.columns + j]!;
      result.im[j * a.rows + i] = -a.im[i * a.columns + j]!;
    }
  }
  return result;
}

/** The product of two matrices. */
export function multiply(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const result = zeroMatrix(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let p = 0; p < a.columns; p++) {
      const [xr, xi] = [a.re[i * a.columns + p]!, a.im[i * a.columns + p]!];
      for (let j = 0; j < b.columns; j++) {
        const [yr, yi] = [b.re[p * b.columns + j]!, b.im[p * b.columns + j]!];
        result.re[i * b.columns + j]! += xr * yr - xi * yi;
        result.im[i * b.columns + j]! += xr * yi + xi * yr;
      }
    }
  }
  return result;
}

/** An LU decomposition with row pivoting: `L` (unit diagonal) and `U` in one matrix, the order of rows, and its sign. */
export interface Lu {
  readonly lu: DenseMatrix;
  readonly order: readonly number[];
  readonly sign: 1 | -1;
}

/** Decomposes a square matrix; a singular one has a zero on the diagonal. */
export function luOf(a: DenseMatrix): Lu {
  const n = a.rows;
  const re = a.re.slice();
  const im = a.im.slice();
  const order = Array.from({ length: n }, (_, i) => i);
  let sign: 1 | -1 = 1;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    let best = -1;
    for (let r = c; r < n; r++) {
      const size = Math.hypot(re[r * n + c]!, im[r * n + c]!);
      if (size > best) {
        best = size;
        pivot = r;
      }
    }
    if (pivot !== c) {
      for (const part of [re, im]) {
        const row = part.slice(c * n, c * n + n);
        part.copyWithin(c * n, pivot * n, pivot * n + n);
        part.set(row, pivot * n);
      }
      [order[c], order[pivot]] = [order[pivot]!, order[c]!];
      sign = sign === 1 ? -1 : 1;
    }
    const [pr, pi] = [re[c * n + c]!, im[c * n + c]!];
    const norm = pr * pr + pi * pi;
    if (norm === 0) continue;
    for (let r = c + 1; r < n; r++) {
      const [xr, xi] = [re[r * n + c]!, im[r * n + c]!];
      const [fr, fi] = [(xr * pr + xi * pi) / norm, (xi * pr - xr * pi) / norm];
      re[r * n + c] = fr;
      im[r * n + c] = fi;
      for (let j = c + 1; j < n; j++) {
        const [ur, ui] = [re[c * n + j]!, im[c * n + j]!];
        re[r * n + j]! -= fr * ur - fi * ui;
        im[r * n + j]! -= fr * ui + fi * ur;
      }
    }
  }
  return { lu: { rows: n, columns: n, re, im }, order, sign };
}

/** Solves `A x = b` from A's decomposition. */
export function luSolve({ lu, order }: Lu, b: DenseMatrix): DenseMatrix {
  const n = lu.rows;
  const permuted = zeroMatrix(n, b.columns);
  for (let i = 0; i < n; i++) {
    const from = order[i]! * b.columns;
    permuted.re.set(b.re.subarray(from, from + b.columns), i * b.columns);
    permuted.im.set(b.im.subarray(from, from + b.columns), i * b.columns);
  }
  return triangularSolve(lu, triangularSolve(lu, permuted, true, true), false, false);
}

/** Solves with a matrix of which only one triangle is read; `unit` takes ones for its diagonal. */
export function triangularSolve(a: DenseMatrix, b: DenseMatrix, lower: boolean, unit: boolean): DenseMatrix {
  const n = a.rows;
  const width = b.columns;
  const re = b.re.slice();
  const im = b.im.slice();
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step;
    const [from, to] = lower ? [0, i] : [i + 1, n];
    for (let j = 0; j < width; j++) {
      let sr = re[i * width + j]!;
      let si = im[i * width + j]!;
      for (let p = from; p < to; p++) {
        const [ar, ai] = [a.re[i * n + p]!, a.im[i * n + p]!];
        const [xr, xi] = [re[p * width + j]!, im[p * width + j]!];
        sr -= ar * xr - ai * xi;
        si -= ar * xi + ai * xr;
      }
      if (!unit) [sr, si] = divide(sr, si, a.re[i * n + i]!, a.im[i * n + i]!);
      re[i * width + j] = sr;
      im[i * width + j] = si;
    }
  }
  return { rows: n, columns: width, re, im };
}

function divide(xr: number, xi: number, yr: number, yi: number): [number, number] {
  if (yi === 0) return [xr / yr, xi === 0 ? 0 : xi / yr];
  const norm = yr * yr + yi * yi;
  return [(xr * yr + xi * yi) / norm, (xi * yr - xr * yi) / norm];
}

/** The lower Cholesky factor, reading only the lower triangle; undefined where the matrix is not positive definite. */
export function choleskyOf(a: DenseMatrix): DenseMatrix | undefined {
  const n = a.rows;
  const l = zeroMatrix(n, n);
  for (let j = 0; j < n; j++) {
    let diagonal = a.re[j * n + j]!;
    for (let p = 0; p < j; p++) diagonal -= l.re[j * n + p]! ** 2 + l.im[j * n + p]! ** 2;
    if (!(diagonal > 0)) return undefined;
    const root = Math.sqrt(diagonal);
    l.re[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sr = a.re[i * n + j]!;
      let si = a.im[i * n + j]!;
      for (let p = 0; p < j; p++) {
        const [xr, xi] = [l.re[i * n + p]!, l.im[i * n + p]!];
        const [yr, yi] = [l.re[j * n + p]!, -l.im[j * n + p]!];
        sr -= xr * yr - xi * yi;
        si -= xr * yi + xi * yr;
      }
      l.re[i * n + j] = sr / root;
      l.im[i * n + j] = si / root;
    }
  }
  return l;
}
