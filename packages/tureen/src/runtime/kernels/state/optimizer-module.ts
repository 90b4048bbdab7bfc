/**
 * The inner loops of dense optimizer steps in WebAssembly, four elements at a time, assembled here from opcodes.
 *
 * A step of Adagrad takes a square root and a division an element: in JavaScript those are scalar and in double precision, several times as
 * slow. Elements are float32 throughout, as in TensorFlow's kernels.
 */

/** Elements of one pass: three arrays of 8 KB stay in the first-level cache. */
export const passElements = 2048;

/** Fewer elements than this are done before they would be copied. */
export const leastElements = 128;

interface Loops {
  readonly memory: Float32Array;
  adagrad(bytes: number, rate: number, epsilon: number): void;
  adam(bytes: number, rate: number, first: number, second: number, epsilon: number): void;
}

const load = (array: number): number[] => [...get(0), 0xfd, 0x00, 4, ...leb(array * passElements * 4)];
const store = (array: number, value: readonly number[]): number[] => [
  ...get(0),
  ...value,
  0xfd,
  0x0b,
  4,
  ...leb(array * passElements * 4),
];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const splat = (local: number): number[] => [...get(local), 0xfd, 0x13];
const sqrt = (value: readonly number[]): number[] => [...value, 0xfd, 0xe3, 0x01];
const binary =
  (code: number) =>
  (a: readonly number[], b: readonly number[]): number[] => [...a, ...b, 0xfd, code, 0x01];
const [add, sub, mul, div] = [binary(0xe4), binary(0xe5), binary(0xe6), binary(0xe7)] as const;

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

const section = (id: number, content: readonly number[]): number[] => [id, ...leb(content.length), ...content];
const vector = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
const text = (name: string): number[] => vector([...name].map((letter) => [letter.charCodeAt(0)]));
const [i32, f32, v128] = [0x7f, 0x7d, 0x7b] as const;

/** A function whose local 0 counts down bytes from its first parameter in steps of 16; `vectors` locals of four floats follow the scalars. */
function loop(scalars: number, vectors: number, body: readonly number[]): { type: number[]; code: number[] } {
  const step = [...get(0), 0x41, 16, 0x6b, ...set(0)];
  const code = [
    ...vector([[...leb(vectors), v128]]),
    ...[0x03, 0x40],
    ...step,
    ...body,
    ...get(0),
    ...[0x0d, 0, 0x0b, 0x0b],
  ];
  return {
    type: [0x60, ...vector([[i32], ...Array.from({ length: scalars }, () => [f32])]), 0],
    code: [...leb(code.length), ...code],
  };
}

// Arrays in memory: 0 the variable, 1 and 2 slots, 3 the gradient.
function adagradLoop(): ReturnType<typeof loop> {
  const [rate, epsilon, gradient, sum] = [1, 2, 3, 4];
  const step = div(mul(get(gradient), splat(rate)), add(sqrt(get(sum)), splat(epsilon)));
  return loop(2, 2, [
    ...load(3),
    ...set(gradient),
    ...add(load(1), mul(get(gradient), get(gradient))),
    ...set(sum),
    ...store(1, get(sum)),
    ...store(0, sub(load(0), step)),
  ]);
}

function adamLoop(): ReturnType<typeof loop> {
  const [rate, first, second, epsilon, gradient, mean, square] = [1, 2, 3, 4, 5, 6, 7];
  const step = div(mul(get(mean), splat(rate)), add(sqrt(get(square)), splat(epsilon)));
  return loop(4, 3, [
    ...load(3),
    ...set(gradient),
    ...load(1),
    ...set(mean),
    ...add(get(mean), mul(sub(get(gradient), get(mean)), splat(first))),
    ...set(mean),
    ...store(1, get(mean)),
    ...load(2),
    ...set(square),
    ...add(get(square), mul(sub(mul(get(gradient), get(gradient)), get(square)), splat(second))),
    ...set(square),
    ...store(2, get(square)),
    ...store(0, sub(load(0), step)),
  ]);
}

/** What is used of the engine's WebAssembly, which Node's type declarations leave out. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

let made: Loops | null | undefined;

/** The one instance of this thread, or null where the engine has no WebAssembly SIMD. */
function loops(): Loops | null {
  if (made !== undefined) return made;
  const functions = [adagradLoop(), adamLoop()];
  const bytes = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(functions.map(({ type }) => type))),
    ...section(3, vector([[0], [1]])),
    ...section(5, vector([[0, 1]])),
    ...section(
      7,
      vector([
        [...text("m"), 2, 0],
        [...text("adagrad"), 0, 0],
        [...text("adam"), 0, 1],
      ]),
    ),
    ...section(10, vector(functions.map(({ code }) => code))),
  ]);
  const api = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (api?.validate(bytes) !== true) {
    made = null;
    return made;
  }
  const { m, adagrad, adam } = new api.Instance(new api.Module(bytes)).exports as Omit<Loops, "memory"> & {
    readonly m: { readonly buffer: ArrayBuffer };
  };
  made = { memory: new Float32Array(m.buffer), adagrad, adam };
  return made;
}

/** Updates `count` elements from `at` on by those of the gradient from `from` on. */
type Ranges = (at: number, from: number, count: number) => void;

/** Runs a loop over ranges of arrays that are copied in and, but for the gradient, out again. */
function passes(
  slots: readonly Float32Array[],
  grad: Float32Array,
  run: (loops: Loops, bytes: number) => void,
): Ranges | undefined {
  const own = loops();
  if (own === null) return undefined;
  const { memory } = own;
  return (at, from, count) => {
    for (let done = 0; done < count; done += passElements) {
      const size = Math.min(passElements, count - done);
      for (let s = 0; s < slots.length; s++)
        memory.set(slots[s]!.subarray(at + done, at + done + size), s * passElements);
      memory.set(grad.subarray(from + done, from + done + size), 3 * passElements);
      run(own, Math.ceil(size / 4) * 16);
      for (let s = 0; s < slots.length; s++)
        slots[s]!.set(memory.subarray(s * passElements, s * passElements + size), at + done);
    }
  };
}

/** Adagrad over ranges: `a += g²; v -= g lr / (√a + ε)`; undefined where the engine has no WebAssembly SIMD. */
export function adagradPasses(
  [variable, accumulated]: readonly [Float32Array, Float32Array],
  grad: Float32Array,
  { rate, epsilon }: { readonly rate: number; readonly epsilon: number },
): Ranges | undefined {
  return passes([variable, accumulated], grad, (own, bytes) => own.adagrad(bytes, rate, epsilon));
}

/** Adam over ranges, without Nesterov's look ahead: `m += (g - m)(1 - β₁); s += (g² - s)(1 - β₂); v -= m α / (√s + ε)`; undefined as above. */
export function adamPasses(
  slots: readonly [Float32Array, Float32Array, Float32Array],
  grad: Float32Array,
  scalars: { readonly rate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number },
): Ranges | undefined {
  const { rate, beta1, beta2, epsilon } = scalars;
  return passes(slots, grad, (own, bytes) => own.adam(bytes, rate, 1 - beta1, 1 - beta2, epsilon));
}
