import { describe, expect, test } from "vitest";
import { type FloatArray, gemm } from "./gemm.js";
import { gemmInstance } from "./gemm-module.js";

function filled(array: FloatArray, seed: number): FloatArray {
  // A fixed sequence of numbers in [-1, 1) that repeats with no period of a block's size.
  for (let i = 0; i < array.length; i++) array[i] = Math.sin(seed + i * 1.7);
  return array;
}

const sizes = [
  [1, 5, 7],
  [2, 3, 400],
  [3, 1, 9],
  [4, 8, 64],
  [5, 9, 63],
  [17, 31, 45],
  [64, 64, 128],
  [7, 1030, 5],
  [1030, 5, 7],
  [6, 7, 1100],
] as const;

describe.each([
  ["float32", Float32Array, 1e-3],
  ["float64", Float64Array, 1e-10],
] as const)("%s", (_, Floats, tolerance) => {
  test.each(sizes)("%d × %d over %d in every orientation, between other data", (m, n, k) => {
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const a = filled(new Floats(m * k + 3), 1);
      const b = filled(new Floats(k * n + 5), 2);
      const c = new Floats(m * n + 4).fill(42);
      gemm(m, n, k, { data: a, offset: 3, transposed: ta }, { data: b, offset: 5, transposed: tb }, c, 2);
      expect([c[0], c[1], c.at(-1), c.at(-2)]).toEqual([42, 42, 42, 42]);
      let worst = 0;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let p = 0; p < k; p++)
            sum += a[3 + (ta ? p * m + i : i * k + p)]! * b[5 + (tb ? j * k + p : p * n + j)]!;
          worst = Math.max(worst, Math.abs(sum - c[2 + i * n + j]!));
        }
      }
      expect(worst).toBeLessThan(tolerance);
    }
  });

  test("a sum over nothing is zero", () => {
    const c = new Floats(6).fill(42);
    const empty = { data: new Floats(0), offset: 0, transposed: false };
    gemm(2, 3, 0, empty, empty, c, 0);
    expect([...c]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("NaN and infinity of one row stay in that row", () => {
    const a = filled(new Floats(16 * 33), 3);
    a[33 * 2] = Number.NaN;
    a[33 * 7] = Number.POSITIVE_INFINITY;
    const b = filled(new Floats(33 * 9), 4);
    const c = new Floats(16 * 9);
    gemm(16, 9, 33, { data: a, offset: 0, transposed: false }, { data: b, offset: 0, transposed: false }, c, 0);
    for (let i = 0; i < 16; i++) {
      const row = [...c.subarray(9 * i, 9 * i + 9)];
      expect(row.every(Number.isFinite)).toBe(i !== 2 && i !== 7);
    }
  });
});

test("the module is valid WebAssembly on this engine", () => {
  expect(gemmInstance()).not.toBeNull();
});
