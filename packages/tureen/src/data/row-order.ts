import { randomIndex } from "./random.js";
import type { ShuffleSeeds } from "./shuffle-seeds.js";

/** One pass over row numbers: writes up to `count` of them from `start` on and says how many; fewer only at the end. */
export interface RowCursor {
  fill(into: Int32Array, start: number, count: number): number;
}

/** An order of rows, as the stages up to here make it. */
export interface RowOrder {
  /** How many rows a pass gives; Infinity where it never ends. */
  readonly size: number;
  open(): RowCursor;
}

/** Rows 0 to size - 1. */
export function rangeOrder(size: number): RowOrder {
  const open = (): RowCursor => {
    let next = 0;
    return {
      fill(into, start, count) {
        const given = Math.min(count, size - next);
        for (let i = 0; i < given; i++) into[start + i] = next++;
        return given;
      },
    };
  };
  return { size, open };
}

/** `source` through a shuffle buffer; the same order as the shuffle of elements gives for the same seeds. */
export function shuffledOrder(source: RowOrder, bufferSize: number, seeds: ShuffleSeeds): RowOrder {
  const open = (): RowCursor => {
    const bits = seeds();
    const rows = source.open();
    const capacity = Math.min(bufferSize, source.size);
    const buffer = new Int32Array(capacity);
    let held = 0;
    return {
      fill(into, start, count) {
        for (let i = 0; i < count; i++) {
          if (held < capacity) held += rows.fill(buffer, held, capacity - held);
          if (held === 0) return i;
          const pick = randomIndex(bits, held);
          into[start + i] = buffer[pick]!;
          buffer[pick] = buffer[--held]!;
        }
        return count;
      },
    };
  };
  return { size: source.size, open };
}

/** `source` `count` times over, each time a new pass; forever where count is negative. */
export function repeatedOrder(source: RowOrder, count: number): RowOrder {
  const times = count < 0 ? Number.POSITIVE_INFINITY : count;
  const size = source.size === 0 || times === 0 ? 0 : source.size * times;
  const open = (): RowCursor => {
    let passes = 0;
    let rows: RowCursor | undefined;
    return {
      fill(into, start, wanted) {
        if (size === 0) return 0;
        let given = 0;
        while (given < wanted && passes < times) {
          rows ??= source.open();
          given += rows.fill(into, start + given, wanted - given);
          if (given < wanted) {
            rows = undefined;
            passes++;
          }
        }
        return given;
      },
    };
  };
  return { size, open };
}

/** The first `count` rows; all where count is negative. */
export function takenOrder(source: RowOrder, count: number): RowOrder {
  const size = count < 0 ? source.size : Math.min(count, source.size);
  const open = (): RowCursor => {
    const rows = source.open();
    // Not the source's size: who takes more than there is reads to the end, and a cache before sees that its pass is whole.
    let left = count < 0 ? Number.POSITIVE_INFINITY : count;
    return {
      fill(into, start, wanted) {
        const given = rows.fill(into, start, Math.min(wanted, left));
        left -= given;
        return given;
      },
    };
  };
  return { size, open };
}

/** What comes after the first `count` rows. */
export function skippedOrder(source: RowOrder, count: number): RowOrder {
  const open = (): RowCursor => {
    const rows = source.open();
    let left = count;
    return {
      fill(into, start, wanted) {
        const one = new Int32Array(1);
        while (left > 0 && rows.fill(one, 0, 1) === 1) left--;
        return left > 0 ? 0 : rows.fill(into, start, wanted);
      },
    };
  };
  return { size: Math.max(0, source.size - count), open };
}

/** Every row whose place in `source` is `index` modulo `shards`. */
export function shardedOrder(source: RowOrder, shards: number, index: number): RowOrder {
  const open = (): RowCursor => {
    const rows = source.open();
    const round = new Int32Array(shards);
    return {
      fill(into, start, wanted) {
        for (let i = 0; i < wanted; i++) {
          if (rows.fill(round, 0, shards) <= index) return i;
          into[start + i] = round[index]!;
        }
        return wanted;
      },
    };
  };
  return { size: Math.max(0, Math.ceil((source.size - index) / shards)), open };
}

/** `source` as its first whole pass had it. */
export function cachedOrder(source: RowOrder): RowOrder {
  let kept: readonly number[] | undefined;
  const recording = (): RowCursor => {
    const rows = source.open();
    const seen: number[] = [];
    return {
      fill(into, start, count) {
        const given = rows.fill(into, start, count);
        for (let i = 0; i < given; i++) seen.push(into[start + i]!);
        if (given < count) kept ??= seen;
        return given;
      },
    };
  };
  const replaying = (numbers: readonly number[]): RowCursor => {
    let next = 0;
    return {
      fill(into, start, count) {
        const given = Math.min(count, numbers.length - next);
        for (let i = 0; i < given; i++) into[start + i] = numbers[next++]!;
        return given;
      },
    };
  };
  return { size: source.size, open: () => (kept === undefined ? recording() : replaying(kept)) };
}
