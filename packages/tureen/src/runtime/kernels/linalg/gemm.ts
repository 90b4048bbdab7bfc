import { depthBlock, type GemmInstance, gemmInstance, panelBytes, rowBlock } from "./gemm-module.js";

/** The arrays that `gemm` works on. */
export type FloatArray = Float32Array | Float64Array;

/** Where a matrix lies in an array: its first element, and whether it is stored transposed. */
export interface MatrixView {
  readonly data: FloatArray;
  readonly offset: number;
  readonly transposed: boolean;
}

/** Below this many multiplications packing costs more than vectors save (measured). */
const packedFrom = 2048;
/** With fewer rows than this each element of B is used too seldom to be worth packing. */
const packedRows = 2;
/** With fewer columns most of each vector would be padding. */
const packedColumns = 3;
/** Blocks keep a panel of B in the first-level cache and the packed operands within a few megabytes. */
const depthChunk = 512;
const columnChunk = 1024;
const rowChunk = 1024;

const wasmPageBytes = 65536;

/**
 * Writes the product of an `m`×`k` and a `k`×`n` matrix, row-major, into `c` from `cOffset` on.
 *
 * All three arrays are of one type; a transposed operand is stored as its transpose. Sums are of that type's precision, in an unspecified
 * order, as Eigen's are. With `k` 0 the product is zero.
 */
export function gemm(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  c: FloatArray,
  cOffset: number,
): void {
  if (m === 0 || n === 0) return;
  if (k === 0) {
    c.fill(0, cOffset, cOffset + m * n);
    return;
  }
  const worthPacking = m >= packedRows && n >= packedColumns && m * n * k >= packedFrom;
  const instance = worthPacking ? gemmInstance() : null;
  if (instance !== null) packedGemm(instance, m, n, k, a, b, c, cOffset);
  else if (b.transposed) dotGemm(m, n, k, a, b, c, cOffset);
  else if (n === 1 && !a.transposed) dotGemm(m, n, k, a, { ...b, transposed: true }, c, cOffset);
  else axpyGemm(m, n, k, a, b, c, cOffset);
}

/** Rows of B scaled and added: B is read along its rows. */
function axpyGemm(m: number, n: number, k: number, a: MatrixView, b: MatrixView, c: FloatArray, cOffset: number): void {
  const { data: x, offset: xOffset } = a;
  const { data: y, offset: yOffset } = b;
  const rowStep = a.transposed ? 1 : k;
  const depthStep = a.transposed ? m : 1;
  const sums = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    sums.fill(0);
    let at = xOffset + i * rowStep;
    let p = 0;
    for (; p + 3 < k; p += 4) {
      const x0 = x[at]!;
      const x1 = x[at + depthStep]!;
      const x2 = x[at + 2 * depthStep]!;
      const x3 = x[at + 3 * depthStep]!;
      at += 4 * depthStep;
      const y0 = yOffset + p * n;
      const y1 = y0 + n;
      const y2 = y1 + n;
      const y3 = y2 + n;
      for (let j = 0; j < n; j++) {
        sums[j] = sums[j]! + x0 * y[y0 + j]! + x1 * y[y1 + j]! + x2 * y[y2 + j]! + x3 * y[y3 + j]!;
      }
    }
    for (; p < k; p++) {
      const scale = x[at]!;
      at += depthStep;
      const from = yOffset + p * n;
      for (let j = 0; j < n; j++) sums[j] = sums[j]! + scale * y[from + j]!;
    }
    c.set(sums, cOffset + i * n);
  }
}

/** Dot products of rows of A and of the stored (transposed) B. */
function dotGemm(m: number, n: number, k: number, a: MatrixView, b: MatrixView, c: FloatArray, cOffset: number): void {
  const { data: x, offset: xOffset } = a;
  const { data: y, offset: yOffset } = b;
  const rowStep = a.transposed ? 1 : k;
  const depthStep = a.transposed ? m : 1;
  for (let i = 0; i < m; i++) {
    const row = xOffset + i * rowStep;
    for (let j = 0; j < n; j++) {
      const column = yOffset + j * k;
      let sum = 0;
      let at = row;
      for (let p = 0; p < k; p++) {
        sum += x[at]! * y[column + p]!;
        at += depthStep;
      }
      c[cOffset + i * n + j] = sum;
    }
  }
}

function packedGemm(
  instance: GemmInstance,
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  c: FloatArray,
  cOffset: number,
): void {
  const { BYTES_PER_ELEMENT: size } = c;
  const run = size === 4 ? instance.float32 : instance.float64;
  const panel = panelBytes / size;
  const rowsPadded = roundUp(Math.min(m, rowChunk), rowBlock);
  const columnsPadded = roundUp(Math.min(n, columnChunk), panel);
  const depthPadded = roundUp(Math.min(k, depthChunk), depthBlock);
  const bStart = rowsPadded * depthPadded;
  const cStart = bStart + depthPadded * columnsPadded;
  const total = cStart + rowsPadded * columnsPadded;
  const missing = total * size - instance.memory.buffer.byteLength;
  if (missing > 0) instance.memory.grow(Math.ceil(missing / wasmPageBytes));
  const memory = size === 4 ? new Float32Array(instance.memory.buffer) : new Float64Array(instance.memory.buffer);
  for (let n0 = 0; n0 < n; n0 += columnChunk) {
    const columns = Math.min(columnChunk, n - n0);
    const stride = roundUp(columns, panel);
    for (let m0 = 0; m0 < m; m0 += rowChunk) {
      const rows = Math.min(rowChunk, m - m0);
      for (let k0 = 0; k0 < k; k0 += depthChunk) {
        const depth = Math.min(depthChunk, k - k0);
        const steps = roundUp(depth, depthBlock);
        packRows(memory, a, m, k, m0, rows, k0, depth, steps);
        packPanels(memory, bStart, b, n, k, n0, columns, k0, depth, steps, panel);
        run(
          0,
          steps * size,
          bStart * size,
          cStart * size,
          stride * size,
          roundUp(rows, rowBlock) / rowBlock,
          stride / panel,
          steps,
          k0 > 0 ? 1 : 0,
        );
      }
      unpack(memory, cStart, stride, rows, columns, c, cOffset + m0 * n + n0, n);
    }
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** A's rows one after the other, each padded with zeros to `steps`. */
function packRows(
  memory: FloatArray,
  a: MatrixView,
  m: number,
  k: number,
  m0: number,
  rows: number,
  k0: number,
  depth: number,
  steps: number,
): void {
  const { data, offset } = a;
  if (!a.transposed && depth === k && steps === depth) {
    const from = offset + m0 * k;
    memory.set(data.subarray(from, from + rows * k), 0);
    return;
  }
  if (!a.transposed) {
    for (let i = 0; i < rows; i++) {
      const from = offset + (m0 + i) * k + k0;
      memory.set(data.subarray(from, from + depth), i * steps);
      for (let p = depth; p < steps; p++) memory[i * steps + p] = 0;
    }
    return;
  }
  // Read along the stored rows, four at a time, so that writes to one cache line come together.
  let p = 0;
  for (; p + 3 < depth; p += 4) {
    const r0 = offset + (k0 + p) * m + m0;
    const r1 = r0 + m;
    const r2 = r1 + m;
    const r3 = r2 + m;
    let to = p;
    for (let i = 0; i < rows; i++) {
      memory[to] = data[r0 + i]!;
      memory[to + 1] = data[r1 + i]!;
      memory[to + 2] = data[r2 + i]!;
      memory[to + 3] = data[r3 + i]!;
      to += steps;
    }
  }
  for (; p < steps; p++) {
    const from = offset + (k0 + p) * m + m0;
    for (let i = 0; i < rows; i++) memory[i * steps + p] = p < depth ? data[from + i]! : 0;
  }
}

/** B's columns in panels of `panel`, row by row within a panel, padded with zeros. */
function packPanels(
  memory: FloatArray,
  start: number,
  b: MatrixView,
  n: number,
  k: number,
  n0: number,
  columns: number,
  k0: number,
  depth: number,
  steps: number,
  panel: number,
): void {
  const { data, offset } = b;
  const rowStep = b.transposed ? 1 : n;
  const columnStep = b.transposed ? k : 1;
  for (let j0 = 0; j0 < columns; j0 += panel) {
    const width = Math.min(panel, columns - j0);
    const to = start + j0 * steps;
    const from = offset + (n0 + j0) * columnStep + k0 * rowStep;
    if (width === panel && !b.transposed && panel === 8) {
      for (let p = 0; p < depth; p++) {
        const s = from + p * rowStep;
        const t = to + p * 8;
        memory[t] = data[s]!;
        memory[t + 1] = data[s + 1]!;
        memory[t + 2] = data[s + 2]!;
        memory[t + 3] = data[s + 3]!;
        memory[t + 4] = data[s + 4]!;
        memory[t + 5] = data[s + 5]!;
        memory[t + 6] = data[s + 6]!;
        memory[t + 7] = data[s + 7]!;
      }
    } else {
      if (width < panel) memory.fill(0, to, to + depth * panel);
      for (let j = 0; j < width; j++) {
        let s = from + j * columnStep;
        for (let t = to + j; t < to + depth * panel; t += panel) {
          memory[t] = data[s]!;
          s += rowStep;
        }
      }
    }
    if (steps > depth) memory.fill(0, to + depth * panel, to + steps * panel);
  }
}

function unpack(
  memory: FloatArray,
  start: number,
  stride: number,
  rows: number,
  columns: number,
  c: FloatArray,
  to: number,
  n: number,
): void {
  if (stride === n) {
    c.set(memory.subarray(start, start + rows * n), to);
    return;
  }
  if (columns < 16) {
    // A handful of numbers is copied faster one by one than through a view.
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) c[to + i * n + j] = memory[start + i * stride + j]!;
    return;
  }
  for (let i = 0; i < rows; i++) c.set(memory.subarray(start + i * stride, start + i * stride + columns), to + i * n);
}
