import { featureKind, readBytesList, readFloatList, readInt64List, scanExample } from "@tureen/protos/example";
import type { TensorValue } from "../../core/tensor-value.js";
import type { FeatureStatistics } from "../../estimator/export/feature-statistic.js";
import { type DriftReport, type DriftWatch, driftState, type OfferedTensor } from "./drift-report.js";
import { FeatureCounter } from "./feature-counter.js";

/** The report goes back an hour, in slots of five minutes. */
const slotSeconds = 300;
const slots = 12;
/** Rows of one request that are looked at: large batches are much of the same. */
const mostRowsPerRequest = 32;
/** Values of one row of a feature that are looked at. */
const mostValuesPerRow = 1024;
/** Bytes that wait to be looked at; what comes beyond them is skipped. */
const mostWaitingBytes = 4 * 2 ** 20;
/** How long requests wait to be looked at, and how long looking at them may hold up others, in milliseconds. */
const waitMs = 100;
const turnMs = 2;

/** A sampled request: copies of some rows of each feature, or of some Examples. */
interface Sample {
  readonly rows: number;
  readonly bytes: number;
  readonly features: readonly { readonly counter: FeatureCounter; readonly data: TensorValue["data"]; width: number }[];
  readonly examples: readonly Uint8Array[];
}

/** What a monitor is set up with. */
export interface DriftOptions {
  /** Share of the requests that is looked at, above 0 and at most 1. */
  readonly samplingRate: number;
  /** Seconds since 1970; for tests. */
  readonly now?: () => number;
  /** A number from 0 to 1; for tests. */
  readonly random?: () => number;
}

/**
 * Compares a sample of a version's requests with the statistics of its training data.
 *
 * A request that is not of the sample costs a random number; one that is, a copy of a few of its rows. All else is done between requests, a
 * couple of milliseconds at a time. Memory is bounded by the statistics' groups and 4 MiB of waiting rows.
 */
export class DriftMonitor implements DriftWatch {
  readonly #samplingRate: number;
  readonly #trainingRows: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #counters: ReadonlyMap<string, FeatureCounter>;
  /** Rows compared, by slot. */
  readonly #rows = new Map<number, number>();
  #skipped = 0;
  /** The last report, for as long as it holds: several metrics are made of one. */
  #reported: { readonly slot: number; readonly report: DriftReport } | undefined;
  #waiting: Sample[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(statistics: FeatureStatistics, options: DriftOptions) {
    this.#samplingRate = options.samplingRate;
    this.#trainingRows = statistics.rows;
    this.#now = options.now ?? (() => Date.now() / 1000);
    this.#random = options.random ?? Math.random;
    this.#counters = new Map(
      Object.entries(statistics.features).map(([name, feature]) => [name, new FeatureCounter(feature, slots)]),
    );
  }

  /** Looks at a request if it is one of the sample; its tensors are not held on to. */
  offer(feeds: readonly OfferedTensor[]): void {
    if (this.#samplingRate < 1 && this.#random() >= this.#samplingRate) return;
    const sample = this.#sampleOf(feeds);
    if (sample === undefined) return;
    if (this.#waitingBytes + sample.bytes > mostWaitingBytes) {
      this.#skipped += sample.rows;
      this.#reported = undefined;
      return;
    }
    this.#waiting.push(sample);
    this.#waitingBytes += sample.bytes;
    this.#timer ??= setTimeout(() => this.#work(), waitMs).unref();
  }

  /** What is known by now; what waits is looked at first. */
  report(): DriftReport {
    while (this.#waiting.length > 0) this.#count(this.#waiting.shift()!);
    const slot = this.#slot();
    if (this.#reported?.slot === slot) return this.#reported.report;
    let rows = 0;
    for (const [at, count] of this.#rows) if (at > slot - slots) rows += count;
    const features = [...this.#counters].flatMap(([name, counter]) => {
      const drift = counter.drift(slot);
      return drift === undefined ? [] : { name, ...drift, state: driftState(drift) };
    });
    const report: DriftReport = {
      samplingRate: this.#samplingRate,
      seconds: slotSeconds * slots,
      rows,
      skippedRows: this.#skipped,
      trainingRows: this.#trainingRows,
      features: features.sort((a, b) => b.index - a.index),
    };
    this.#reported = { slot, report };
    return report;
  }

  /** Forgets what waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #slot(): number {
    return Math.floor(this.#now() / slotSeconds);
  }

  /** Copies of some rows of what is known of a request; undefined where nothing is. */
  #sampleOf(feeds: readonly OfferedTensor[]): Sample | undefined {
    const [first] = feeds;
    if (first === undefined) return undefined;
    if (feeds.length === 1 && first.value.dtype === "string" && !this.#counters.has(first.input.alias)) {
      const texts = first.value.data as readonly Uint8Array[];
      const examples = chosenRows(texts.length).map((row) => Uint8Array.prototype.slice.call(texts[row]!));
      if (examples.length === 0) return undefined;
      const bytes = examples.reduce((sum, { length }) => sum + length, 0);
      return { rows: examples.length, bytes, features: [], examples };
    }
    let rows = 0;
    let bytes = 0;
    const features: Sample["features"][number][] = [];
    for (const { input, value } of feeds) {
      const counter = this.#counters.get(input.alias);
      if (counter === undefined || counter.isText !== (value.dtype === "string")) continue;
      const count = value.shape[0] ?? 1;
      const chosen = chosenRows(count);
      const width = count === 0 ? 0 : value.data.length / count;
      const data = copyRows(value, chosen, width);
      rows = Math.max(rows, chosen.length);
      bytes += ArrayBuffer.isView(data) ? data.byteLength : 64 * data.length;
      features.push({ counter, data, width: Math.min(width, mostValuesPerRow) });
    }
    return features.length === 0 || rows === 0 ? undefined : { rows, bytes, features, examples: [] };
  }

  #work(): void {
    this.#timer = undefined;
    const end = performance.now() + turnMs;
    while (this.#waiting.length > 0 && performance.now() < end) this.#count(this.#waiting.shift()!);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#work(), turnMs).unref();
  }

  #count(sample: Sample): void {
    this.#waitingBytes -= sample.bytes;
    this.#reported = undefined;
    const slot = this.#slot();
    let counted = sample.features.length > 0 ? sample.rows : 0;
    for (const { counter, data, width } of sample.features) countRows(counter, slot, data, width, sample.rows);
    for (const example of sample.examples) {
      if (this.#countExample(slot, example)) counted += 1;
      else this.#skipped += 1;
    }
    if (counted === 0) return;
    this.#rows.set(slot, (this.#rows.get(slot) ?? 0) + counted);
    for (const at of this.#rows.keys()) if (at <= slot - slots) this.#rows.delete(at);
  }

  /** Counts the features of a serialized Example; false where it is none, and then nothing is counted. */
  #countExample(slot: number, bytes: Uint8Array): boolean {
    const found = new Map<FeatureCounter, (number | string)[]>();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    try {
      scanExample(bytes, (keyStart, keyEnd, kind, start, end) => {
        const counter = this.#counters.get(buffer.toString("utf8", keyStart, keyEnd));
        // Of a key that comes twice the last one counts.
        if (counter !== undefined) found.set(counter, listValues(bytes, kind, start, end));
      });
    } catch {
      // The model has refused it too.
      return false;
    }
    for (const counter of this.#counters.values()) {
      const values = found.get(counter)?.filter((value) => (typeof value === "string") === counter.isText) ?? [];
      if (values.length === 0) counter.addMissing(slot);
      for (const value of values) counter.add(slot, value);
    }
    return true;
  }
}

/** Numbers of some rows, evenly over all of them. */
function chosenRows(count: number): number[] {
  const chosen = Math.min(count, mostRowsPerRequest);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * count) / chosen));
}

function copyRows({ data }: TensorValue, rows: readonly number[], width: number): TensorValue["data"] {
  const kept = Math.min(width, mostValuesPerRow);
  if (!ArrayBuffer.isView(data)) {
    const texts = data as readonly Uint8Array[];
    const copies = rows.flatMap((row) => texts.slice(row * width, row * width + kept));
    return copies.map((text) => Uint8Array.prototype.slice.call(text)) as unknown as TensorValue["data"];
  }
  const numbers = data as Float64Array;
  const copy = new (numbers.constructor as Float64ArrayConstructor)(rows.length * kept);
  rows.forEach((row, i) => {
    copy.set(numbers.subarray(row * width, row * width + kept), i * kept);
  });
  return copy as unknown as TensorValue["data"];
}

function countRows(
  counter: FeatureCounter,
  slot: number,
  data: TensorValue["data"],
  width: number,
  rows: number,
): void {
  const values = data as ArrayLike<number | bigint | Uint8Array>;
  for (let row = 0; row < rows; row++) {
    if (width === 0) counter.addMissing(slot);
    for (let i = row * width; i < (row + 1) * width && i < values.length; i++) {
      const value = values[i]!;
      counter.add(slot, value instanceof Uint8Array ? latin1(value) : Number(value));
    }
  }
}

function listValues(bytes: Uint8Array, kind: number, start: number, end: number): (number | string)[] {
  // An element takes a byte at least; what finds no room is not stored.
  const room = Math.min(end - start, mostValuesPerRow);
  switch (kind) {
    case featureKind.float: {
      const out = new Float32Array(room);
      return Array.from(out.subarray(0, readFloatList(bytes, start, end, out, 0)));
    }
    case featureKind.int64: {
      const out = new Int32Array(2 * room);
      const count = Math.min(readInt64List(bytes, start, end, out, 0), room);
      return Array.from(new BigInt64Array(out.buffer, 0, count), Number);
    }
    case featureKind.bytes: {
      const out: Uint8Array[] = [];
      readBytesList(bytes, start, end, out, 0);
      return out.slice(0, room).map(latin1);
    }
    default:
      return [];
  }
}

function latin1(text: Uint8Array): string {
  return Buffer.from(text.buffer, text.byteOffset, text.length).toString("latin1");
}
