import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** What the old generation may take over what lives before V8 marks again: half a second of requests at a gigabit a second. */
const roomBytes = 64 * 2 ** 20;
/** Over this heap V8's own choice is roomier. */
const largeHeapBytes = 256 * 2 ** 20;
/** The room of a small heap, in percent of it: more would let a server of small models grow for nothing. */
const mostPercent = 400;
const leastPercent = 50;
const lookEveryMs = 10_000;

/** By how many percent a heap of that size may grow before V8 marks it again; 0 for V8's own choice. */
export function growingPercent(heapBytes: number): number {
  if (heapBytes > largeHeapBytes) return 0;
  return Math.round(Math.min(mostPercent, Math.max(leastPercent, (100 * roomBytes) / heapBytes)));
}

let holders = 0;
let timer: NodeJS.Timeout | undefined;

function look(): void {
  setGrowing(growingPercent(getHeapStatistics().used_heap_size));
}

function setGrowing(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

/**
 * Has V8 wait for tens of megabytes of garbage before it marks this process's heaps, where they are small; all threads are meant.
 *
 * V8 grows a heap in proportion to what lives in it, and counts array buffers to it: a server whose heap is 20 MB and that takes 100 KB
 * requests would mark all of it eleven times a second, a fifth of its event loop's time, and a training with batches of 1,024 rows as often. For
 * processes that are ours, and for others as long as they train; what is returned leaves it to V8 again, once all who asked have called theirs.
 */
export function keepHeapRoom(): () => void {
  holders++;
  look();
  timer ??= setInterval(look, lookEveryMs).unref();
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    if (--holders > 0) return;
    clearInterval(timer);
    timer = undefined;
    setGrowing(0);
  };
}
