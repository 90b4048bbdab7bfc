import { type Before, librarySort, makeHeap, popHeap, pushHeap, sortHeap } from "./library-sort.js";

/** Below this many wanted entries keeping them sorted while scanning beats sorting the whole row. */
const insertionLimit = 64;

/** How a row's entries are picked: `k` of `count`, in their order unless `sorted` is false. */
export interface TopSize {
  readonly count: number;
  readonly k: number;
  readonly sorted: boolean;
}

/**
 * The places of the `k` largest of the entries from `start` on, largest first, equal ones in their order.
 *
 * Rows with NaN, and those that need no order, come out as TensorFlow's kernel leaves them, which has three ways: one entry is the greatest
 * number, all entries go through the library's sort, and some are kept in a heap. Writes places relative to `start` into `places` at `at`.
 */
export function topPlaces(
  values: ArrayLike<number>,
  start: number,
  size: TopSize,
  places: Int32Array,
  at: number,
): void {
  const { count, k, sorted } = size;
  if (k === 0) return;
  if (k === 1) places[at] = greatestPlace(values, start, count, values instanceof Float64Array ? 4 : 8);
  else if ((sorted || k === count) && !hasNaN(values, start, count)) {
    if (k <= insertionLimit) insertTop(values, start, count, k, places, at);
    else sortTop(values, start, count, k, places, at);
  } else if (k === count) places.set(sortAll(values, start, count), at);
  else places.set(heapTop(values, start, size), at);
}

function hasNaN(values: ArrayLike<number>, start: number, count: number): boolean {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return false;
  for (let i = start; i < start + count; i++) if (Number.isNaN(values[i]!)) return true;
  return false;
}

/**
 * The first of the greatest numbers; the first of all where the greatest is NaN.
 *
 * TensorFlow goes through a row in blocks as wide as its processor's registers (`block`), in which NaN is never greater, and then through
 * the rest one by one: there NaN wins over what was before, and the next number over it.
 */
function greatestPlace(values: ArrayLike<number>, start: number, count: number, block: number): number {
  const blocks = count - (count % block);
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < blocks; i++) if (values[start + i]! > greatest) greatest = values[start + i]!;
  let rest = Number.NEGATIVE_INFINITY;
  for (let i = blocks; i < count; i++) if (!(values[start + i]! < rest)) rest = values[start + i]!;
  if (Number.isNaN(rest)) return 0;
  if (rest > greatest) greatest = rest;
  for (let i = 0; i < count; i++) if (values[start + i] === greatest) return i;
  return 0;
}

/** All places: sorted by the library, then those of neighbours that are equal by themselves. */
function sortAll(values: ArrayLike<number>, start: number, count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  librarySort(order, (a, b) => values[start + b]! < values[start + a]!);
  for (let from = 0; from + 1 < count; ) {
    let to = from + 1;
    while (to < count && values[start + order[from]!] === values[start + order[to]!]) to += 1;
    order.subarray(from, to).sort();
    from = to;
  }
  return order;
}

/** Keeps the best entries in a heap: a better one takes the place of the last. */
function heapTop(values: ArrayLike<number>, start: number, { count, k, sorted }: TopSize): Int32Array {
  const before: Before = (a, b) => {
    const [x, y] = [values[start + a]!, values[start + b]!];
    return y < x || (!(y > x) && a < b);
  };
  const heap = Int32Array.from({ length: k + 1 }, (_, i) => i);
  makeHeap(heap, k + 1, before);
  popHeap(heap, k + 1, before);
  for (let i = k + 1; i < count; i++) {
    if (!before(i, heap[0]!)) continue;
    popHeap(heap, k, before);
    heap[k - 1] = i;
    pushHeap(heap, k, before);
  }
  if (sorted) sortHeap(heap, k, before);
  return heap.subarray(0, k);
}

function sortTop(
  values: ArrayLike<number>,
  start: number,
  count: number,
  k: number,
  places: Int32Array,
  at: number,
): void {
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order.sort((a, b) => {
    const [x, y] = [values[start + a]!, values[start + b]!];
    return x > y ? -1 : x < y ? 1 : a - b;
  });
  places.set(order.subarray(0, k), at);
}

function insertTop(
  values: ArrayLike<number>,
  start: number,
  count: number,
  k: number,
  places: Int32Array,
  at: number,
): void {
  let held = 0;
  for (let i = 0; i < count; i++) {
    const value = values[start + i]!;
    if (held === k && !(value > values[start + places[at + k - 1]!]!)) continue;
    let slot = held < k ? held : k - 1;
    while (slot > 0 && value > values[start + places[at + slot - 1]!]!) {
      places[at + slot] = places[at + slot - 1]!;
      slot -= 1;
    }
    places[at + slot] = i;
    if (held < k) held += 1;
  }
}
