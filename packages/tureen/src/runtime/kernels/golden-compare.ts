import type { DType, NumericArray } from "../../core/dtype.js";
import { sameShape, shapeText } from "../../core/shape.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { byteKey, equalBytes } from "../../core/text.js";
import type { Tolerance } from "./golden-fixture.js";

/**
 * Relative and absolute tolerance of each floating dtype: float32 leaves room for the order in which sums are taken and for
 * polynomial approximations; the 16-bit types leave one unit in the last place (2^-10 and 2^-7) and a little more.
 */
const tolerances: Partial<Record<DType, { readonly rtol: number; readonly atol: number }>> = {
  float32: { rtol: 1e-5, atol: 1e-6 },
  complex64: { rtol: 1e-5, atol: 1e-6 },
  float64: { rtol: 1e-5, atol: 1e-6 },
  complex128: { rtol: 1e-5, atol: 1e-6 },
  float16: { rtol: 2e-3, atol: 1e-3 },
  bfloat16: { rtol: 1.6e-2, atol: 1e-2 },
};

const bits = new DataView(new ArrayBuffer(4));

/** The number that an element's 16 bits mean. */
function widen(dtype: DType, element: number): number {
  if (dtype === "bfloat16") {
    bits.setUint32(0, element << 16);
    return bits.getFloat32(0);
  }
  const sign = (element & 0x8000) === 0 ? 1 : -1;
  const exponent = (element >> 10) & 0x1f;
  const fraction = element & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** In what `actual` differs from `expected`, in words; undefined where they agree. Dtype and shape always count, NaN equals NaN. */
export function difference(
  actual: TensorValue | undefined,
  expected: TensorValue,
  tolerance: Tolerance,
): string | undefined {
  if (actual === undefined) return "no value";
  if (actual.dtype !== expected.dtype) return `dtype ${actual.dtype}, expected ${expected.dtype}`;
  if (!sameShape(actual.shape, expected.shape)) {
    return `shape ${shapeText(actual.shape)}, expected ${shapeText(expected.shape)}`;
  }
  const { dtype } = expected;
  if (actual.data.length !== expected.data.length)
    return `${actual.data.length} elements, expected ${expected.data.length}`;
  if (actual.data.constructor !== expected.data.constructor) {
    return `data in ${actual.data.constructor.name}, expected ${expected.data.constructor.name}`;
  }
  if (dtype === "string") return stringDifference(actual as TensorValue<"string">, expected as TensorValue<"string">);
  const limits = tolerances[dtype];
  const a = actual.data as NumericArray;
  const b = expected.data as NumericArray;
  for (let i = 0; i < b.length; i++) {
    if (limits === undefined) {
      if (a[i] !== b[i] && !(Math.abs(Number(a[i]) - Number(b[i])) <= (tolerance.atol ?? 0)))
        return `element ${i} is ${a[i]}, expected ${b[i]}`;
      continue;
    }
    const narrow = dtype === "float16" || dtype === "bfloat16";
    const x = narrow ? widen(dtype, a[i] as number) : (a[i] as number);
    const y = narrow ? widen(dtype, b[i] as number) : (b[i] as number);
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    const allowed = (tolerance.atol ?? limits.atol) + (tolerance.rtol ?? limits.rtol) * Math.abs(y);
    if (!Number.isFinite(y) || !(Math.abs(x - y) <= allowed)) return `element ${i} is ${x}, expected ${y}`;
  }
  return undefined;
}

function stringDifference(actual: TensorValue<"string">, expected: TensorValue<"string">): string | undefined {
  for (let i = 0; i < expected.data.length; i++) {
    const [x, y] = [actual.data[i]!, expected.data[i]!];
    if (!equalBytes(x, y))
      return `element ${i} is ${JSON.stringify(byteKey(x))}, expected ${JSON.stringify(byteKey(y))}`;
  }
  return undefined;
}
