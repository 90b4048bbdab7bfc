import type { NumericArray } from "../../../core/dtype.js";
import { invalidArgument } from "../../../core/status-error.js";

/** x to the power of a natural y, wrapping in 32 bits. */
export function powInt(x: number, y: number): number {
  let result = 1;
  let base = x;
  for (let rest = y; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

/** x to the power of a natural y, wrapping in 64 bits, which bounds the work whatever y is. */
export function powBig(x: bigint, y: bigint): bigint {
  let result = 1n;
  let base = x;
  for (let rest = y; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = BigInt.asIntN(64, result * base);
    base = BigInt.asIntN(64, base * base);
  }
  return result;
}

/** Throws INVALID_ARGUMENT where an exponent is negative, as TensorFlow's integer Pow does. */
export function rejectNegativePowers(y: NumericArray): void {
  for (let i = 0; i < y.length; i++) {
    if (y[i]! < 0) throw invalidArgument("Integers to negative integer powers are not allowed");
  }
}
