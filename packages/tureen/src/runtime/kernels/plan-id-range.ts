import { tensorValue } from "../../core/tensor-value.js";
import type { Kernel } from "../kernel.js";
import { read, type Source, words } from "./plan-source.js";

/** Ids from `least` up to but without `limit` stay, others become `fallback`; all fit 32 bits. */
export interface IdRange {
  readonly least: number;
  readonly limit: number;
  readonly fallback: number;
}

/** Replaces the ids that are outside of a range; ids of any shape, int64. */
export function idRangeKernel(from: Source, range: IdRange, unfused: Kernel): Kernel {
  const { least, limit, fallback } = range;
  return (inputs, context) => {
    const ids = read(from, inputs);
    if (ids.dtype !== "int64") return unfused(inputs, context);
    const source = words(ids);
    let at = 0;
    while (at < source.length && isInside(source[at]!, source[at + 1]!, least, limit)) at += 2;
    if (at === source.length) return [ids];
    const result = source.slice();
    for (; at < source.length; at += 2) {
      if (isInside(source[at]!, source[at + 1]!, least, limit)) continue;
      result[at] = fallback;
      result[at + 1] = fallback >> 31;
    }
    return [tensorValue("int64", ids.shape, new BigInt64Array(result.buffer))];
  };
}

/** Whether an int64 by its halves is a 32-bit number in the range. */
function isInside(low: number, high: number, least: number, limit: number): boolean {
  return high === low >> 31 && low >= least && low < limit;
}
