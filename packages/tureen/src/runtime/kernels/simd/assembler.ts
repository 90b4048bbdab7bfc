/**
 * A small assembler of WebAssembly: code is a list of bytes, put together by functions that are named after the instructions.
 *
 * For inner loops that are worth it where V8 would work on one number at a time; no compiler is needed to build them.
 */

/** Instructions in the binary format, or a part of them. */
export type Code = readonly number[];

/** Types of values, by their numbers in the binary format. */
export const valueType: { readonly i32: 0x7f; readonly i64: 0x7e; readonly f32: 0x7d; readonly v128: 0x7b } = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  v128: 0x7b,
};

/** One of `valueType`. */
export type ValueType = (typeof valueType)[keyof typeof valueType];

/** An unsigned number in LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** A signed number in LEB128. */
function signed(value: number): number[] {
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

/** A vector instruction of a number. */
export const simd = (number: number): Code => [0xfd, ...unsigned(number)];

const local = (code: number) => (at: number) => [code, ...unsigned(at)];
/** The value of a local. */
export const get: (at: number) => Code = local(0x20);
/** Takes a local's value off the stack. */
export const set: (at: number) => Code = local(0x21);
/** The same, and leaves it there. */
export const tee: (at: number) => Code = local(0x22);
/** An integer constant. */
export const integer = (value: number): Code => [0x41, ...signed(value)];
/** A constant of 64 bits. */
export const long = (value: bigint): Code => {
  const bytes: number[] = [0x42];
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
};
/** A float constant. */
export const float = (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];

const access =
  (code: Code, align = 0) =>
  (offset = 0): Code => [...code, align, ...unsigned(offset)];

/** Reads and writes at the address on the stack and a constant offset; addresses need not be aligned. */
export const memory: Readonly<
  Record<
    | "load"
    | "load8"
    | "load16"
    | "loadLong"
    | "loadFloat"
    | "loadDouble"
    | "loadVector"
    | "loadSplat"
    | "loadLow"
    | "store"
    | "storeLong"
    | "storeFloat"
    | "storeVector",
    (offset?: number) => Code
  >
> = {
  load: access([0x28]),
  load8: access([0x2d]),
  load16: access([0x2f]),
  loadLong: access([0x29]),
  loadFloat: access([0x2a]),
  loadDouble: access([0x2b]),
  loadVector: access(simd(0x00)),
  loadSplat: access(simd(0x09)),
  loadLow: access(simd(0x5d)),
  store: access([0x36]),
  storeLong: access([0x37]),
  storeFloat: access([0x38]),
  storeVector: access(simd(0x0b)),
};

/** Integer instructions. */
export const i32: Readonly<
  Record<
    | "isZero"
    | "equal"
    | "notEqual"
    | "less"
    | "lessUnsigned"
    | "moreUnsigned"
    | "atLeastUnsigned"
    | "add"
    | "sub"
    | "mul"
    | "and"
    | "or"
    | "xor"
    | "shl"
    | "shiftRight"
    | "fromLong",
    Code
  >
> = {
  isZero: [0x45],
  equal: [0x46],
  less: [0x48],
  moreUnsigned: [0x4b],
  mul: [0x6c],
  xor: [0x73],
  /** The low half. */
  fromLong: [0xa7],
  add: [0x6a],
  sub: [0x6b],
  and: [0x71],
  or: [0x72],
  shl: [0x74],
  /** Unsigned. */
  shiftRight: [0x76],
  notEqual: [0x47],
  lessUnsigned: [0x49],
  atLeastUnsigned: [0x4f],
};

/** Instructions on integers of 64 bits. */
export const i64: Readonly<
  Record<
    | "equal"
    | "notEqual"
    | "isZero"
    | "moreUnsigned"
    | "add"
    | "sub"
    | "mul"
    | "and"
    | "or"
    | "xor"
    | "shl"
    | "shiftRight"
    | "fromInteger",
    Code
  >
> = {
  isZero: [0x50],
  equal: [0x51],
  notEqual: [0x52],
  moreUnsigned: [0x56],
  add: [0x7c],
  sub: [0x7d],
  mul: [0x7e],
  and: [0x83],
  or: [0x84],
  xor: [0x85],
  shl: [0x86],
  /** Unsigned. */
  shiftRight: [0x88],
  /** Of an unsigned one of 32 bits. */
  fromInteger: [0xad],
};

/** Copies as many bytes as the last of the three integers on the stack says: to, from, count. */
export const copyBytes: Code = [0xfc, 0x0a, 0, 0];

/** Calls the function of a number in its module. */
export const call = (number: number): Code => [0x10, ...unsigned(number)];

/** Leaves the function with what is on the stack. */
export const leave: Code = [0x0f];

/** Float instructions. */
export const f32: Readonly<Record<"add" | "sub" | "mul" | "notEqual" | "atLeast" | "fromDouble", Code>> = {
  add: [0x92],
  sub: [0x93],
  mul: [0x94],
  notEqual: [0x5c],
  atLeast: [0x60],
  fromDouble: [0xb6],
};

/** `local += amount`. */
export const advance = (at: number, amount: number): Code => [...get(at), ...integer(amount), ...i32.add, ...set(at)];

/** Runs a body while a pointer is below an end, at least once; the body or `step` advances the pointer. */
export const loopUntil = (pointer: number, end: number, step: number, body: Code): Code => [
  ...[0x03, 0x40],
  ...body,
  ...get(pointer),
  ...integer(step),
  ...i32.add,
  ...tee(pointer),
  ...get(end),
  ...i32.lessUnsigned,
  ...[0x0d, 0, 0x0b],
];

/** Runs a body where the integer on the stack is not 0. */
export const when = (body: Code): Code => [0x04, 0x40, ...body, 0x0b];

/** Runs one of two bodies by whether the integer on the stack is not 0. */
export const whenElse = (whenTrue: Code, whenFalse: Code): Code => [0x04, 0x40, ...whenTrue, 0x05, ...whenFalse, 0x0b];

/** Runs a body as long as a condition leaves an integer that is not 0. */
export const repeatWhile = (condition: Code, body: Code): Code => [
  ...[0x03, 0x40],
  ...condition,
  ...when([...body, 0x0c, 1]),
  0x0b,
];

/** A function of a module. */
export interface WasmFunction {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly results?: readonly ValueType[];
  /** Locals after the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** The memory of an instance, which is made anew as it grows. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Has a memory hold at least so many bytes; false where there is no more. Its `buffer` may be another afterwards. */
export function growTo(held: WasmMemory, bytes: number): boolean {
  const missing = Math.ceil((bytes - held.buffer.byteLength) / 65536);
  if (missing <= 0) return true;
  try {
    held.grow(missing);
    return true;
  } catch {
    // The engine says so with a RangeError.
    return false;
  }
}

/** What is used of the engine's WebAssembly, which Node's type declarations leave out. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (name: string): number[] => vector([...name].map((letter) => [letter.charCodeAt(0)]));

/** The bytes of a module that exports the functions and its `memory`, which starts with `pages` of 64 KB. */
export function assemble(functions: readonly WasmFunction[], pages: number): Uint8Array {
  const types = functions.map(({ params, results }) => [
    0x60,
    ...vector(params.map((type) => [type])),
    ...vector((results ?? []).map((type) => [type])),
  ]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector(locals.map((type) => [1, type])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(5, vector([[0, ...unsigned(pages)]])),
    ...section(
      7,
      vector([[...text("memory"), 2, 0], ...functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)])]),
    ),
    ...section(10, vector(bodies)),
  ]);
}

/** An instance of a module, or undefined where the engine has no WebAssembly with vectors. `Exports` is for the caller to name. */
export function instantiate<Exports>(bytes: Uint8Array): (Exports & { readonly memory: WasmMemory }) | undefined {
  const api = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (api?.validate(bytes) !== true) return undefined;
  return new api.Instance(new api.Module(bytes)).exports as Exports & { readonly memory: WasmMemory };
}
