import { describe, expect, test } from "vitest";
import { hermitianEigen, qrOf, svdOf } from "./decompositions.js";
import { adjointOf, type DenseMatrix, identityMatrix, multiply, zeroMatrix } from "./dense-matrix.js";

function sample(rows: number, columns: number, complex: boolean): DenseMatrix {
  const matrix = zeroMatrix(rows, columns);
  for (let i = 0; i < rows * columns; i++) {
    matrix.re[i] = Math.sin(1 + 2.3 * i);
    if (complex) matrix.im[i] = Math.cos(3 + 1.1 * i);
  }
  return matrix;
}

function distance(a: DenseMatrix, b: DenseMatrix): number {
  expect([a.rows, a.columns]).toEqual([b.rows, b.columns]);
  return Math.max(0, ...a.re.map((x, i) => Math.hypot(x - b.re[i]!, a.im[i]! - b.im[i]!)));
}

function diagonal(values: Float64Array, rows: number, columns: number): DenseMatrix {
  const matrix = zeroMatrix(rows, columns);
  values.forEach((value, i) => {
    matrix.re[i * columns + i] = value;
  });
  return matrix;
}

describe.each([false, true])("complex: %s", (complex) => {
  test.each([
    [4, 4],
    [5, 3],
    [3, 5],
    [1, 4],
  ] as const)("svd of %d × %d gives the matrix back from unitary factors", (rows, columns) => {
    const a = sample(rows, columns, complex);
    for (const full of [false, true]) {
      const { s, u, v } = svdOf(a, full);
      const p = s.length;
      const middle = diagonal(s, full ? rows : p, full ? columns : p);
      expect(distance(multiply(multiply(u, middle), adjointOf(v)), a)).toBeLessThan(1e-12);
      expect(distance(multiply(adjointOf(u), u), identityMatrix(u.columns))).toBeLessThan(1e-12);
      expect(distance(multiply(adjointOf(v), v), identityMatrix(v.columns))).toBeLessThan(1e-12);
      expect([...s]).toEqual([...s].sort((x, y) => y - x));
    }
  });

  test("svd of a matrix of rank one completes its factors", () => {
    const a = multiply(sample(4, 1, complex), sample(1, 4, complex));
    const { u, v } = svdOf(a, true);
    expect(distance(multiply(adjointOf(u), u), identityMatrix(4))).toBeLessThan(1e-12);
    expect(distance(multiply(adjointOf(v), v), identityMatrix(4))).toBeLessThan(1e-12);
  });

  test("eigenvectors give the matrix back", () => {
    const half = sample(5, 5, complex);
    const a = multiply(half, adjointOf(half));
    const { values, vectors } = hermitianEigen(a);
    const back = multiply(multiply(vectors, diagonal(values, 5, 5)), adjointOf(vectors));
    expect(distance(back, a)).toBeLessThan(1e-11);
    expect([...values]).toEqual([...values].sort((x, y) => x - y));
  });

  test.each([
    [4, 4],
    [5, 3],
    [3, 5],
  ] as const)("qr of %d × %d gives the matrix back", (rows, columns) => {
    const a = sample(rows, columns, complex);
    const { q, r } = qrOf(a);
    expect(distance(multiply(q, r), a)).toBeLessThan(1e-12);
    expect(distance(multiply(adjointOf(q), q), identityMatrix(rows))).toBeLessThan(1e-12);
  });
});
