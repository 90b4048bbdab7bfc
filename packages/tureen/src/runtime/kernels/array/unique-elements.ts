import type { TensorValue } from "../../../core/tensor-value.js";
import { byteKey } from "../../../core/text.js";
import { cellsOf } from "./cells.js";
import { readHalf } from "./half.js";

/** What identifies an element in a Map, so that equal elements share one key; NaNs, which equal nothing, each get their own. */
export type ElementKeys = (index: number) => unknown;

/** The largest high word with which a 64-bit integer is exact as a number. */
const exactHigh = 2 ** 21;
const twoTo32 = 2 ** 32;

/** The keys of a value's elements. */
export function elementKeys(value: TensorValue): ElementKeys {
  const { dtype } = value;
  if (dtype === "string") {
    const data = value.data as readonly Uint8Array[];
    return (index) => byteKey(data[index]!);
  }
  if (dtype === "int64" || dtype === "uint64") {
    const words = cellsOf(value);
    const data = value.data as unknown as BigInt64Array;
    return (index) => {
      const high = words[2 * index + 1]!;
      if (high >= exactHigh || high < -exactHigh) return data[index];
      return high * twoTo32 + (words[2 * index]! >>> 0);
    };
  }
  const data = value.data as ArrayLike<number>;
  if (dtype === "float16" || dtype === "bfloat16") {
    // TensorFlow hashes these by their bits, so that the zeros are two.
    return (index) => (data[index] === 0x8000 ? "-0" : floatKey(readHalf(dtype, data[index]!)));
  }
  if (dtype === "float32" || dtype === "float64") return (index) => floatKey(data[index]!);
  return (index) => data[index];
}

function floatKey(value: number): unknown {
  return Number.isNaN(value) ? Symbol("NaN") : value;
}

/** Equal elements (or rows) brought together, in the order in which they first appear. */
export interface Distinct {
  /** For each one its number among the distinct. */
  readonly positions: Int32Array;
  /** Where each distinct one first appears. */
  readonly firsts: readonly number[];
  /** How often each appears. */
  readonly counts: readonly number[];
}

/** Brings equal ones of `count` keys together. */
export function distinct(count: number, keyOf: ElementKeys): Distinct {
  const seen = new Map<unknown, number>();
  const positions = new Int32Array(count);
  const firsts: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < count; i++) {
    const key = keyOf(i);
    let position = seen.get(key);
    if (position === undefined) {
      position = firsts.length;
      seen.set(key, position);
      firsts.push(i);
      counts.push(0);
    }
    positions[i] = position;
    counts[position] = counts[position]! + 1;
  }
  return { positions, firsts, counts };
}
