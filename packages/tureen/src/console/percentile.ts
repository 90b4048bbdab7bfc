/**
 * A percentile of what a histogram counted: within its bucket, values count as spread evenly. `limits` are the buckets' upper limits, the
 * last, unlimited bucket's being left out; undefined where nothing was counted.
 */
export function percentile(limits: readonly number[], counts: ArrayLike<number>, fraction: number): number | undefined {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  if (total === 0) return undefined;
  let rest = total * fraction;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (rest > count || count === 0) {
      rest -= count;
      continue;
    }
    const low = i === 0 ? 0 : limits[i - 1]!;
    // Nothing bounds the last bucket: its lower limit is all that is known.
    const high = i < limits.length ? limits[i]! : low;
    return low + ((high - low) * rest) / count;
  }
  return limits.at(-1);
}
