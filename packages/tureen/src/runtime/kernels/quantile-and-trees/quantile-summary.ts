/** Columns of a summary: an entry is a value, its weight, and the least and greatest rank that it may have. */
export interface SummaryColumns {
  readonly values: Float32Array;
  readonly weights: Float32Array;
  readonly minRanks: Float32Array;
  readonly maxRanks: Float32Array;
}

/**
 * A sorted block of weighted values with bounds on their ranks, as TensorFlow's `WeightedQuantilesSummary<float, float>` keeps it.
 *
 * All sums are rounded to float32 where TensorFlow stores a float, so that boundaries come out the same.
 */
export interface QuantileSummary extends SummaryColumns {
  readonly size: number;
}

/** A summary without entries. */
export const emptySummary: QuantileSummary = Object.freeze({ ...columns(0), size: 0 });

/** Columns in one piece of memory: summaries come and go by the hundred, and a buffer takes longer to get than to fill. */
function columns(capacity: number): SummaryColumns {
  const memory = new Float32Array(4 * capacity);
  return {
    values: memory.subarray(0, capacity),
    weights: memory.subarray(capacity, 2 * capacity),
    minRanks: memory.subarray(2 * capacity, 3 * capacity),
    maxRanks: memory.subarray(3 * capacity),
  };
}

/** A summary of rows of four: value, weight, least and greatest rank; what `BoostedTreesMakeQuantileSummaries` gives out. */
export function summaryFromRows(rows: Float32Array): QuantileSummary {
  const size = rows.length / 4;
  const made = columns(size);
  for (let i = 0; i < size; i++) {
    made.values[i] = rows[4 * i]!;
    made.weights[i] = rows[4 * i + 1]!;
    made.minRanks[i] = rows[4 * i + 2]!;
    made.maxRanks[i] = rows[4 * i + 3]!;
  }
  return { ...made, size };
}

/** The rows of four that `summaryFromRows` reads. */
export function summaryRows({ values, weights, minRanks, maxRanks, size }: QuantileSummary): Float32Array {
  const rows = new Float32Array(4 * size);
  for (let i = 0; i < size; i++) {
    rows[4 * i] = values[i]!;
    rows[4 * i + 1] = weights[i]!;
    rows[4 * i + 2] = minRanks[i]!;
    rows[4 * i + 3] = maxRanks[i]!;
  }
  return rows;
}

/** Places of values in a sort key: so many that keys are exact in float64. */
const mostPlaces = 2 ** 20;

/** The places of the first `count` values in ascending order, those of equal values as they come. */
function ascending(values: Float32Array, count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  if (count > mostPlaces) return order.sort((a, b) => values[a]! - values[b]!);
  // Numbers that order as value and place do, sorted without a call for each comparison: the bits of a float, those of negative ones turned round.
  const copy = new Float32Array(count);
  // Adding 0 makes one zero of both.
  for (let i = 0; i < count; i++) copy[i] = values[i]! + 0;
  const bits = new Int32Array(copy.buffer);
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const own = bits[i]!;
    const key = own < 0 ? -(own & 0x7fffffff) : own;
    keys[i] = key * mostPlaces + i;
  }
  keys.sort();
  for (let i = 0; i < count; i++) {
    const key = keys[i]!;
    order[i] = key - Math.floor(key / mostPlaces) * mostPlaces;
  }
  return order;
}

/** A summary of the first `count` values with their weights, in any order: same values become one entry. */
export function summarize(values: Float32Array, weights: Float32Array, count: number): QuantileSummary {
  const made = columns(count);
  const size = takeSorted(values, weights, count, made) ?? takeOrdered(values, weights, count, made);
  const { weights: kept, minRanks, maxRanks } = made;
  let total = 0;
  for (let i = 0; i < size; i++) {
    minRanks[i] = total;
    total = Math.fround(total + kept[i]!);
    maxRanks[i] = total;
  }
  return { ...made, size };
}

/**
 * Fills values and weights with numbers that all have one weight, which need no places to find it by; gives how many are different.
 *
 * Undefined where weights differ, or where there are values whose order is not that of their numbers: NaN and -0.
 */
function takeSorted(
  values: Float32Array,
  weights: Float32Array,
  count: number,
  made: SummaryColumns,
): number | undefined {
  const weight = weights[0]!;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (weights[i] !== weight || Number.isNaN(value) || (value === 0 && Object.is(value, -0))) return undefined;
  }
  const sorted = values.slice(0, count);
  sortNumbers(sorted);
  const { values: own, weights: sums } = made;
  let size = 0;
  for (let i = 0; i < count; i++) {
    const value = sorted[i]!;
    if (size > 0 && own[size - 1] === value) {
      sums[size - 1] = sums[size - 1]! + weight;
    } else {
      own[size] = value;
      sums[size++] = weight;
    }
  }
  return size;
}

/** Sorts floats by their bits as integers, for which the engine takes a third of the time: a set sign turns the others round. */
function sortNumbers(values: Float32Array): void {
  const keys = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! ^ ((keys[i]! >> 31) | 0x80000000);
  keys.sort();
  for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! ^ ((~keys[i]! >> 31) | 0x80000000);
}

/** Fills values and weights with any numbers; gives how many are different. */
function takeOrdered(values: Float32Array, weights: Float32Array, count: number, made: SummaryColumns): number {
  let size = 0;
  for (const i of ascending(values, count)) {
    const value = values[i]!;
    if (size > 0 && made.values[size - 1] === value) {
      made.weights[size - 1] = made.weights[size - 1]! + weights[i]!;
    } else {
      made.values[size] = value;
      made.weights[size++] = weights[i]!;
    }
  }
  return size;
}

/** The greatest rank before an entry. */
function previousMaxRank({ maxRanks, weights }: SummaryColumns, i: number): number {
  return Math.fround(maxRanks[i]! - weights[i]!);
}

/** The least rank after an entry. */
function nextMinRank({ minRanks, weights }: SummaryColumns, i: number): number {
  return Math.fround(minRanks[i]! + weights[i]!);
}

/** Both summaries in one, whose error is no greater than the greater of theirs. */
export function mergeSummaries(a: QuantileSummary, b: QuantileSummary): QuantileSummary {
  if (b.size === 0) return a;
  if (a.size === 0) return b;
  const made = columns(a.size + b.size);
  const { values, weights, minRanks, maxRanks } = made;
  const { values: valuesA, weights: weightsA, minRanks: minA, maxRanks: maxA, size: sizeA } = a;
  const { values: valuesB, weights: weightsB, minRanks: minB, maxRanks: maxB, size: sizeB } = b;
  const [endA, endB] = [maxA[sizeA - 1]!, maxB[sizeB - 1]!];
  let size = 0;
  let i = 0;
  let j = 0;
  // Rank bounds of an entry come from the other summary's entries too: the least from the one before, the most from the one at or after it.
  let leastA = 0;
  let leastB = 0;
  while (i < sizeA || j < sizeB) {
    const order = i === sizeA ? 1 : j === sizeB ? -1 : valuesA[i]! - valuesB[j]!;
    if (order < 0) {
      const most = j === sizeB ? endB : Math.fround(maxB[j]! - weightsB[j]!);
      values[size] = valuesA[i]!;
      weights[size] = weightsA[i]!;
      minRanks[size] = minA[i]! + leastB;
      maxRanks[size++] = maxA[i]! + most;
      leastA = Math.fround(minA[i]! + weightsA[i]!);
      i++;
    } else if (order > 0) {
      const most = i === sizeA ? endA : Math.fround(maxA[i]! - weightsA[i]!);
      values[size] = valuesB[j]!;
      weights[size] = weightsB[j]!;
      minRanks[size] = minB[j]! + leastA;
      maxRanks[size++] = maxB[j]! + most;
      leastB = Math.fround(minB[j]! + weightsB[j]!);
      j++;
    } else {
      values[size] = valuesA[i]!;
      weights[size] = weightsA[i]! + weightsB[j]!;
      minRanks[size] = minA[i]! + minB[j]!;
      maxRanks[size++] = maxA[i]! + maxB[j]!;
      leastA = Math.fround(minA[i]! + weightsA[i]!);
      leastB = Math.fround(minB[j]! + weightsB[j]!);
      i++;
      j++;
    }
  }
  return { ...made, size };
}

function totalWeight({ maxRanks, size }: QuantileSummary): number {
  return size === 0 ? 0 : maxRanks[size - 1]!;
}

/**
 * About `sizeHint` entries of a summary, the first and the last among them.
 *
 * The error grows by no more than the greater of `minError` and 1 / sizeHint.
 */
export function compressSummary(summary: QuantileSummary, sizeHint: number, minError: number): QuantileSummary {
  const wanted = Math.max(sizeHint, 2);
  const { size } = summary;
  if (size <= wanted) return summary;
  const delta = totalWeight(summary) * Math.max(1 / wanted, minError);
  const kept = [0];
  let credit = 0;
  let read = 0;
  while (read + 1 < size) {
    let next = read + 1;
    const least = nextMinRank(summary, read);
    while (next < size && credit < size && Math.fround(previousMaxRank(summary, next) - least) <= delta) {
      credit += wanted;
      next++;
    }
    read = read === next - 1 ? read + 1 : next - 1;
    kept.push(read);
    credit -= size;
  }
  if (kept[kept.length - 1] !== size - 1) kept.push(size - 1);
  const made = columns(kept.length);
  kept.forEach((from, to) => {
    made.values[to] = summary.values[from]!;
    made.weights[to] = summary.weights[from]!;
    made.minRanks[to] = summary.minRanks[from]!;
    made.maxRanks[to] = summary.maxRanks[from]!;
  });
  return { ...made, size: kept.length };
}

/** How far an entry's rank may be off, as a share of the total weight. */
function approximationError(summary: QuantileSummary): number {
  const { minRanks, maxRanks, weights, size } = summary;
  if (size === 0) return 0;
  let gap = 0;
  for (let i = 1; i < size; i++) {
    const own = Math.fround(Math.fround(maxRanks[i]! - minRanks[i]!) - weights[i]!);
    const before = Math.fround(previousMaxRank(summary, i) - nextMinRank(summary, i - 1));
    gap = Math.max(gap, own, before);
  }
  return gap / totalWeight(summary);
}

/** How much weight lies between the entries before and after one: what is lost by leaving it out. */
function surroundingGap(summary: QuantileSummary, before: number, after: number): number {
  return Math.fround(previousMaxRank(summary, after) - nextMinRank(summary, before));
}

/**
 * At most `count` values (but the least and the greatest always) that cut a summary into about equal parts, in ascending order.
 *
 * Compression aims at `count` entries and may keep a few more: those whose neighbours are closest are left out, one by one.
 */
export function boundariesOf(summary: QuantileSummary, count: number): Float32Array {
  if (summary.size === 0) return new Float32Array(0);
  const error = Math.fround(approximationError(summary) + 1 / count);
  const compressed = compressSummary(summary, count, error);
  const kept = Array.from({ length: compressed.size }, (_, i) => i);
  while (kept.length > Math.max(count, 2)) {
    let least = Number.POSITIVE_INFINITY;
    let place = 1;
    for (let k = 1; k + 1 < kept.length; k++) {
      const gap = surroundingGap(compressed, kept[k - 1]!, kept[k + 1]!);
      if (gap < least) {
        least = gap;
        place = k;
      }
    }
    kept.splice(place, 1);
  }
  const values = kept.map((i) => compressed.values[i]!);
  return Float32Array.from(values.filter((value, i) => value !== values[i - 1]));
}

/** `count` + 1 values, the least and the greatest among them, that cut a summary at ranks of equal distance; repeated where they fall together. */
export function quantilesOf(summary: QuantileSummary, count: number): Float32Array {
  const { values, minRanks, maxRanks, size } = summary;
  if (size === 0) return new Float32Array(0);
  const parts = Math.max(count, 2);
  const found = new Float32Array(parts + 1);
  let current = 0;
  for (let rank = 0; rank <= parts; rank++) {
    const twice = Math.fround(2 * Math.fround(Math.fround(rank * totalWeight(summary)) / parts));
    let next = current + 1;
    while (next < size && twice >= Math.fround(minRanks[next]! + maxRanks[next]!)) next++;
    current = next - 1;
    const takesCurrent =
      next === size || twice < Math.fround(nextMinRank(summary, current) + previousMaxRank(summary, next));
    found[rank] = values[takesCurrent ? current : next]!;
  }
  return found;
}
