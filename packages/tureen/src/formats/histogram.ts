/** `tensorflow.HistogramProto`: how values spread over buckets. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** The upper end of each bucket. */
  readonly bucketLimits: readonly number[];
  /** How many values lie in each. */
  readonly buckets: readonly number[];
}

/** TensorFlow's bucket limits (`tsl/lib/histogram`): from 1e-12 to 1e20, each a tenth above the last, the same below zero, and zero. */
const limits = makeLimits();

function makeLimits(): Float64Array {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  positive.push(Number.MAX_VALUE);
  return Float64Array.from([...positive.map((limit) => -limit).reverse(), 0, ...positive]);
}

/** The first bucket whose limit is above the value. */
function bucketOf(value: number): number {
  let low = 0;
  let high = limits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (limits[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
/** Which half has the sign, the exponent and the mantissa's first bits. */
const upper = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** The bucket of the lowest double of each first sixteen bits: four of the mantissa's are among them, so that at most one limit lies above that. */
let lowestBuckets: Uint16Array | undefined;

function makeLowestBuckets(): Uint16Array {
  return Uint16Array.from({ length: 1 << 16 }, (_, bits) => {
    // Of negative numbers the one with the largest magnitude.
    const rest = bits >>> 15 === 1 ? -1 : 0;
    halves[upper] = (bits << 16) | (rest & 0xffff);
    halves[1 - upper] = rest;
    return Number.isFinite(double[0]) ? bucketOf(double[0]!) : 0;
  });
}

/**
 * The histogram that TensorFlow's HistogramSummary makes of these values, runs of empty buckets as one.
 *
 * Values are finite: what lies beyond ±1.8e308 has no bucket.
 */
export function histogramOf(values: ArrayLike<number>): Histogram {
  const counts = new Float64Array(limits.length + 1);
  lowestBuckets ??= makeLowestBuckets();
  let min = Number.MAX_VALUE;
  let max = -Number.MAX_VALUE;
  let sum = 0;
  let sumSquares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    double[0] = value;
    let bucket = lowestBuckets[halves[upper]! >>> 16]!;
    while (limits[bucket]! <= value) bucket += 1;
    counts[bucket]! += 1;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumSquares += value * value;
  }
  const bucketLimits: number[] = [];
  const buckets: number[] = [];
  for (let i = 0; i < limits.length; i++) {
    const count = counts[i]!;
    while (count === 0 && i + 1 < limits.length && counts[i + 1] === 0) i += 1;
    bucketLimits.push(limits[i]!);
    buckets.push(count);
  }
  return { min, max, num: values.length, sum, sumSquares, bucketLimits, buckets };
}
