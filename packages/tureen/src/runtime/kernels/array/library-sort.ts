/**
 * Sorting as the C++ library that TensorFlow is built with does it (libstdc++): the same comparisons and moves in the same order.
 *
 * Any sort gives the same result for an order that is one. These exist for what is none, such as numbers with NaN among them, or of which
 * only a heap is left: there the result is whatever the steps happen to leave, and models have been recorded with it.
 */

/** Whether the first comes before the second. */
export type Before = (a: number, b: number) => boolean;

/** Runs no longer than this are left to the insertion sort at the end. */
const shortRun = 16;

/** Makes a heap whose first entry is the one that comes last. */
export function makeHeap(list: Int32Array, length: number, before: Before): void {
  for (let parent = (length - 2) >> 1; parent >= 0; parent--) sink(list, 0, parent, length, list[parent]!, before);
}

/** Puts the first entry of a heap last, and makes the others a heap. */
export function popHeap(list: Int32Array, length: number, before: Before): void {
  if (length > 1) popTo(list, 0, length - 1, before);
}

/** Makes a heap of one and the entry behind it: `length` with that one. */
export function pushHeap(list: Int32Array, length: number, before: Before): void {
  rise(list, 0, 0, length - 1, list[length - 1]!, before);
}

/** Sorts a heap. */
export function sortHeap(list: Int32Array, length: number, before: Before): void {
  for (let last = length - 1; last > 0; last--) popTo(list, 0, last, before);
}

/** Swaps the root of the heap of `length` entries with the entry behind it. */
function popTo(list: Int32Array, base: number, length: number, before: Before): void {
  const value = list[base + length]!;
  list[base + length] = list[base]!;
  sink(list, base, 0, length, value, before);
}

/** Lets a hole sink to the bottom, always to the child that comes later, then lets `value` rise from there. */
function sink(list: Int32Array, base: number, start: number, length: number, value: number, before: Before): void {
  let hole = start;
  let child = hole;
  while (child < (length - 1) >> 1) {
    child = 2 * (child + 1);
    if (before(list[base + child]!, list[base + child - 1]!)) child -= 1;
    list[base + hole] = list[base + child]!;
    hole = child;
  }
  if ((length & 1) === 0 && child === (length - 2) >> 1) {
    child = 2 * child + 1;
    list[base + hole] = list[base + child]!;
    hole = child;
  }
  rise(list, base, start, hole, value, before);
}

/** Puts `value` into a hole or above it, where what comes later than its parent rises. */
function rise(list: Int32Array, base: number, start: number, from: number, value: number, before: Before): void {
  let hole = from;
  while (hole > start) {
    const parent = (hole - 1) >> 1;
    if (!before(list[base + parent]!, value)) break;
    list[base + hole] = list[base + parent]!;
    hole = parent;
  }
  list[base + hole] = value;
}

/** Sorts entries: quicksort by the median of three, a heap sort where that goes too deep, an insertion sort at the end. */
export function librarySort(list: Int32Array, before: Before): void {
  const count = list.length;
  if (count < 2) return;
  partitionRuns(list, 0, count, 2 * (31 - Math.clz32(count)), before);
  const guarded = Math.min(count, shortRun);
  insertionSort(list, 0, guarded, before);
  for (let i = guarded; i < count; i++) insertDown(list, i, before);
}

/**
 * Moves entries until the one at `nth` is that of the sorted list, those before it no later, those after it no earlier: quicksort's
 * partitions on the side of `nth` alone, a heap of the first entries where that goes too deep, an insertion sort of the last three.
 */
export function librarySelect(list: Int32Array, nth: number, before: Before): void {
  let [first, last] = [0, list.length];
  for (let depth = 2 * (31 - Math.clz32(last)); last - first > 3; depth--) {
    if (depth === 0) {
      heapSelect(list.subarray(first, last), nth + 1 - first, before);
      swap(list, first, nth);
      return;
    }
    const cut = partition(list, first, last, before);
    if (cut <= nth) first = cut;
    else last = cut;
  }
  insertionSort(list, first, last, before);
}

/** Leaves the first `length` of the sorted list in a heap in front. */
function heapSelect(list: Int32Array, length: number, before: Before): void {
  makeHeap(list, length, before);
  for (let i = length; i < list.length; i++) {
    if (!before(list[i]!, list[0]!)) continue;
    const value = list[i]!;
    list[i] = list[0]!;
    sink(list, 0, 0, length, value, before);
  }
}

function insertionSort(list: Int32Array, first: number, last: number, before: Before): void {
  for (let i = first + 1; i < last; i++) {
    const value = list[i]!;
    if (before(value, list[first]!)) {
      list.copyWithin(first + 1, first, i);
      list[first] = value;
    } else insertDown(list, i, before);
  }
}

function insertDown(list: Int32Array, at: number, before: Before): void {
  const value = list[at]!;
  let place = at;
  // Without an order the library would read on before the list, where no one knows what lies.
  while (place > 0 && before(value, list[place - 1]!)) {
    list[place] = list[place - 1]!;
    place -= 1;
  }
  list[place] = value;
}

function partitionRuns(list: Int32Array, first: number, end: number, depth: number, before: Before): void {
  let last = end;
  for (let left = depth; last - first > shortRun; left--) {
    if (left === 0) {
      heapSort(list, first, last - first, before);
      return;
    }
    const cut = partition(list, first, last, before);
    partitionRuns(list, cut, last, left - 1, before);
    last = cut;
  }
}

function heapSort(list: Int32Array, base: number, length: number, before: Before): void {
  for (let parent = (length - 2) >> 1; parent >= 0; parent--)
    sink(list, base, parent, length, list[base + parent]!, before);
  for (let last = length - 1; last > 0; last--) popTo(list, base, last, before);
}

function partition(list: Int32Array, first: number, last: number, before: Before): number {
  const middle = first + ((last - first) >> 1);
  swap(list, first, medianOf(list, first + 1, middle, last - 1, before));
  const pivot = list[first]!;
  let [low, high] = [first + 1, last];
  for (;;) {
    while (before(list[low]!, pivot)) low += 1;
    high -= 1;
    while (before(pivot, list[high]!)) high -= 1;
    if (low >= high) return low;
    swap(list, low, high);
    low += 1;
  }
}

function medianOf(list: Int32Array, a: number, b: number, c: number, before: Before): number {
  const [x, y, z] = [list[a]!, list[b]!, list[c]!];
  if (before(x, y)) return before(y, z) ? b : before(x, z) ? c : a;
  return before(x, z) ? a : before(y, z) ? c : b;
}

function swap(list: Int32Array, a: number, b: number): void {
  const value = list[a]!;
  list[a] = list[b]!;
  list[b] = value;
}
