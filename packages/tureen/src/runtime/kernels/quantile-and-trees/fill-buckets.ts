/** Cells of the grid for each boundary: most cells hold none or one then, where boundaries do not crowd. */
const cellsOfBoundary = 4;

/** Fewer values than this for each boundary are not worth a grid. */
const leastValues = 16;

/**
 * Fills in the bucket of each value: the first boundary that is not below it, the last where all are, and 0 for NaN. Boundaries ascend.
 *
 * A grid of equal cells tells between which boundaries to look: a value's cell never comes before that of a lesser value, whatever is rounded.
 */
export function fillBuckets(buckets: Int32Array, values: Float32Array, boundaries: Float32Array): void {
  const { length } = boundaries;
  if (buckets.length < leastValues * length) {
    for (let i = 0; i < buckets.length; i++) buckets[i] = search(boundaries, values[i]!, 0, length);
    return;
  }
  const least = boundaries[0]!;
  const last = cellsOfBoundary * length - 1;
  const scale = last / (boundaries[length - 1]! - least);
  // Of boundaries that are all one, or not finite, there is one cell: NaN is 0 as an integer.
  const cellOf = (value: number): number => Math.max(0, Math.min(last, (value - least) * scale)) | 0;
  const starts = new Int32Array(last + 2);
  for (const boundary of boundaries) {
    const cell = cellOf(boundary) + 1;
    starts[cell] = starts[cell]! + 1;
  }
  for (let cell = 0; cell <= last; cell++) starts[cell + 1] = starts[cell + 1]! + starts[cell]!;
  for (let i = 0; i < buckets.length; i++) {
    const value = values[i]!;
    const cell = cellOf(value);
    buckets[i] = search(boundaries, value, starts[cell]!, starts[cell + 1]!);
  }
}

/** The first boundary from `low` on that is not below a value, which `high` is not unless it is the end. */
function search(boundaries: Float32Array, value: number, low: number, high: number): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (boundaries[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from === boundaries.length ? from - 1 : from;
}
