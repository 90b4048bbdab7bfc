/**
 * The WebAssembly module behind `gemm`: one SIMD loop nest over packed operands, assembled here from opcodes so that no compiler is
 * needed. WebAssembly because V8 never vectorizes JavaScript: this is several times as fast as the best scalar loop.
 */

/** Rows of A that one inner loop works on. */
export const rowBlock = 4;

/** Bytes of a row of a packed B panel: two 128-bit vectors. */
export const panelBytes = 32;

/** Steps of k in one pass of the inner loop; packed operands are zero-padded to a multiple of it. */
export const depthBlock = 2;

/** Runs over `rowBlocks` blocks of `rowBlock` rows of A and `panels` panels of B; all pointers and strides in bytes. */
export type GemmFunction = (
  a: number,
  aStride: number,
  b: number,
  c: number,
  cStride: number,
  rowBlocks: number,
  panels: number,
  depth: number,
  accumulate: number,
) => void;

/** An instance of the module; `memory` holds the packed operands and the result. */
export interface GemmInstance {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly float32: GemmFunction;
  readonly float64: GemmFunction;
}

const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  if: [0x04, 0x40],
  else: [0x05],
  end: [0x0b],
  i32Add: [0x6a],
  i32Mul: [0x6c],
  i32Sub: [0x6b],
  zeroVector: [0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
} as const;

const branchIf = (depth: number): number[] => [0x0d, depth];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const constant = (value: number): number[] => [0x41, ...signedLeb(value)];
const loadVector = (offset: number): number[] => [0xfd, 0x00, 0, ...leb(offset)];
const storeVector = (offset: number): number[] => [0xfd, 0x0b, 0, ...leb(offset)];

interface ElementOps {
  readonly bytes: number;
  readonly splat: (offset: number) => number[];
  readonly multiply: readonly number[];
  readonly add: readonly number[];
}

const float32Ops: ElementOps = {
  bytes: 4,
  splat: (offset) => [0xfd, 0x09, 0, ...leb(offset)],
  multiply: [0xfd, 0xe6, 0x01],
  add: [0xfd, 0xe4, 0x01],
};

const float64Ops: ElementOps = {
  bytes: 8,
  splat: (offset) => [0xfd, 0x0a, 0, ...leb(offset)],
  multiply: [0xfd, 0xf2, 0x01],
  add: [0xfd, 0xf0, 0x01],
};

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

// Parameters in the order of GemmFunction, then locals.
const [a, aStride, b, c, cStride, rowBlocks, panels, depth, accumulate] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const [row, rows, panelC, pointerB, pointerC, steps, firstRow] = [9, 10, 11, 12, 13, 14, 15] as const;
const integerLocals = 7 + rowBlock - 1;
/** Where the pointers into the rows of A begin: `firstRow`, then the others. */
const rowPointers = firstRow;
const firstVector = 9 + integerLocals;
const accumulators = firstVector;
const bLow = firstVector + 2 * rowBlock;
const bHigh = bLow + 1;
const splat = bHigh + 1;
const vectorLocals = 2 * rowBlock + 3;

function kernelBody(element: ElementOps): number[] {
  const rowsOf = (emit: (r: number) => number[]): number[] =>
    Array.from({ length: rowBlock }, (_, r) => emit(r)).flat();
  const clear = rowsOf((r) => [
    ...op.zeroVector,
    ...set(accumulators + 2 * r),
    ...op.zeroVector,
    ...set(accumulators + 2 * r + 1),
  ]);
  const step = (u: number): number[] => [
    ...get(pointerB),
    ...loadVector(u * panelBytes),
    ...set(bLow),
    ...get(pointerB),
    ...loadVector(u * panelBytes + 16),
    ...set(bHigh),
    ...rowsOf((r) => [
      ...get(rowPointers + r),
      ...element.splat(u * element.bytes),
      ...set(splat),
      ...get(accumulators + 2 * r),
      ...get(splat),
      ...get(bLow),
      ...element.multiply,
      ...element.add,
      ...set(accumulators + 2 * r),
      ...get(accumulators + 2 * r + 1),
      ...get(splat),
      ...get(bHigh),
      ...element.multiply,
      ...element.add,
      ...set(accumulators + 2 * r + 1),
    ]),
  ];
  const advance = (local: number, bytes: number): number[] => [
    ...get(local),
    ...constant(bytes),
    ...op.i32Add,
    ...set(local),
  ];
  const inner = [
    ...op.loop,
    ...Array.from({ length: depthBlock }, (_, u) => step(u)).flat(),
    ...advance(pointerB, depthBlock * panelBytes),
    ...rowsOf((r) => advance(rowPointers + r, depthBlock * element.bytes)),
    ...get(steps),
    ...constant(depthBlock),
    ...op.i32Sub,
    ...tee(steps),
    ...branchIf(0),
    ...op.end,
  ];
  const storeRow = (r: number, half: number): number[] => [
    ...get(pointerC),
    ...get(accumulate),
    ...op.if.slice(0, 1),
    0x7b,
    ...get(pointerC),
    ...loadVector(half * 16),
    ...get(accumulators + 2 * r + half),
    ...element.add,
    ...op.else,
    ...get(accumulators + 2 * r + half),
    ...op.end,
    ...storeVector(half * 16),
  ];
  const store = [
    ...get(panelC),
    ...set(pointerC),
    ...rowsOf((r) => [
      ...storeRow(r, 0),
      ...storeRow(r, 1),
      ...get(pointerC),
      ...get(cStride),
      ...op.i32Add,
      ...set(pointerC),
    ]),
    ...get(pointerC),
    ...set(panelC),
  ];
  const overRows = [
    ...op.loop,
    ...get(row),
    ...set(rowPointers),
    ...Array.from({ length: rowBlock - 1 }, (_, r) => [
      ...get(rowPointers + r),
      ...get(aStride),
      ...op.i32Add,
      ...set(rowPointers + r + 1),
    ]).flat(),
    ...get(row),
    ...get(aStride),
    ...constant(rowBlock),
    ...op.i32Mul,
    ...op.i32Add,
    ...set(row),
    ...get(b),
    ...set(pointerB),
    ...get(depth),
    ...set(steps),
    ...clear,
    ...inner,
    ...store,
    ...get(rows),
    ...constant(1),
    ...op.i32Sub,
    ...tee(rows),
    ...branchIf(0),
    ...op.end,
  ];
  const overPanels = [
    ...op.loop,
    ...get(a),
    ...set(row),
    ...get(rowBlocks),
    ...set(rows),
    ...get(c),
    ...set(panelC),
    ...overRows,
    ...get(b),
    ...get(depth),
    ...constant(panelBytes),
    ...op.i32Mul,
    ...op.i32Add,
    ...set(b),
    ...advance(c, panelBytes),
    ...get(panels),
    ...constant(1),
    ...op.i32Sub,
    ...tee(panels),
    ...branchIf(0),
    ...op.end,
  ];
  const code = [2, integerLocals, 0x7f, vectorLocals, 0x7b, ...overPanels, ...op.end];
  return [...leb(code.length), ...code];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

function exported(name: string, kind: number, index: number): number[] {
  const bytes = [...name].map((char) => char.charCodeAt(0));
  return [bytes.length, ...bytes, kind, index];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 9, ...new Array<number>(9).fill(0x7f), 0]),
    ...section(3, [2, 0, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [3, ...exported("memory", 2, 0), ...exported("float32", 0, 0), ...exported("float64", 0, 1)]),
    ...section(10, [2, ...kernelBody(float32Ops), ...kernelBody(float64Ops)]),
  ]);
}

/** What is used of the engine's WebAssembly, which Node's type declarations leave out. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

let instance: GemmInstance | null | undefined;

/** The module's one instance of this thread, or null where the engine has no WebAssembly SIMD. */
export function gemmInstance(): GemmInstance | null {
  if (instance !== undefined) return instance;
  const bytes = moduleBytes();
  const api = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
  instance =
    api?.validate(bytes) === true ? (new api.Instance(new api.Module(bytes)).exports as unknown as GemmInstance) : null;
  return instance;
}
