/** Label values of a point, in the order of the metric's label names. */
type Labels = readonly string[];

/** A number that only grows, by labels. */
export interface Counter {
  readonly kind: "counter";
  readonly name: string;
  readonly labelNames: Labels;
  readonly points: ReadonlyMap<string, { readonly labels: Labels; value: number }>;
  increment(labels: Labels, by?: number): void;
  /** The count of the label values, for those who count often: they add to its value. */
  point(labels: Labels): { value: number };
  /** Forgets the points whose first labels are these: what they counted is gone from memory for good. */
  forget(labels: Labels): void;
}

/** A distribution over fixed buckets, by labels. */
export interface Histogram {
  readonly kind: "histogram";
  readonly name: string;
  readonly labelNames: Labels;
  /** Upper limits of the buckets, without the last, unlimited one. */
  readonly limits: readonly number[];
  readonly points: ReadonlyMap<string, HistogramPoint>;
  observe(labels: Labels, value: number): void;
  /** The distribution of the label values, for those who observe often: see `observePoint`. */
  point(labels: Labels): HistogramPoint;
  /** Forgets the points whose first labels are these. */
  forget(labels: Labels): void;
}

/** The distribution of one set of label values. */
export interface HistogramPoint {
  readonly labels: Labels;
  /** Counts by bucket, one more than there are limits. */
  readonly buckets: Float64Array;
  sum: number;
}

/** A number that is asked for when the page is made. */
export interface Gauge {
  readonly kind: "gauge";
  readonly name: string;
  readonly labelNames: Labels;
  read(): readonly { readonly labels: Labels; readonly value: number }[];
}

/** Any metric. */
export type Metric = Counter | Histogram | Gauge;

// Label values cannot hold it, as it is no valid UTF-8 on its own.
const separator = "\u0000";

/** A counter under TensorFlow's path-like name, such as `/tensorflow/serving/request_count`. */
export function counter(name: string, labelNames: Labels): Counter {
  const points = new Map<string, { labels: Labels; value: number }>();
  const pointOf = (labels: Labels): { value: number } => {
    const key = keyOf(labels);
    let point = points.get(key);
    if (point === undefined) {
      point = { labels, value: 0 };
      points.set(key, point);
    }
    return point;
  };
  return {
    kind: "counter",
    name,
    labelNames,
    points,
    increment: (labels, by = 1) => {
      pointOf(labels).value += by;
    },
    point: pointOf,
    forget: (labels) => forget(points, labels),
  };
}

/** A histogram with the given upper limits. */
export function histogram(name: string, labelNames: Labels, limits: readonly number[]): Histogram {
  const points = new Map<string, HistogramPoint>();
  const pointOf = (labels: Labels): HistogramPoint => {
    const key = keyOf(labels);
    let point = points.get(key);
    if (point === undefined) {
      point = { labels, buckets: new Float64Array(limits.length + 1), sum: 0 };
      points.set(key, point);
    }
    return point;
  };
  return {
    kind: "histogram",
    name,
    labelNames,
    limits,
    points,
    observe: (labels, value) => observePoint(limits, pointOf(labels), value),
    point: pointOf,
    forget: (labels) => forget(points, labels),
  };
}

function keyOf(labels: Labels): string {
  return labels.length === 0 ? "" : labels.join(separator);
}

/** Notes a value in a histogram's point without looking the point up. */
export function observePoint(limits: readonly number[], point: HistogramPoint, value: number): void {
  point.buckets[bucketOf(limits, value)]! += 1;
  point.sum += value;
}

function forget(points: Map<string, { readonly labels: Labels }>, labels: Labels): void {
  for (const [key, point] of points) if (labels.every((label, i) => point.labels[i] === label)) points.delete(key);
}

/** A gauge that `read` computes. */
export function gauge(name: string, labelNames: Labels, read: Gauge["read"]): Gauge {
  return { kind: "gauge", name, labelNames, read };
}

/** `count` bucket limits that grow by `factor`, the last of TensorFlow's `Buckets::Exponential` being unlimited. */
export function exponentialLimits(scale: number, factor: number, count: number): number[] {
  const limits: number[] = [];
  for (let limit = scale; limits.length < count - 1; limit *= factor) limits.push(limit);
  return limits;
}

/** TensorFlow's histograms count a value that equals a limit in the next bucket. */
function bucketOf(limits: readonly number[], value: number): number {
  let low = 0;
  let high = limits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (limits[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
