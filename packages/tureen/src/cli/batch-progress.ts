import type { BatchProgress } from "../cloud/batch/run-batch.js";

/** Shows progress and takes the line away again. */
export interface ProgressPrinter {
  readonly show: (progress: BatchProgress) => void;
  readonly end: () => void;
}

/** Where the line goes. */
export interface ProgressTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Milliseconds between lines in a log, where each stays. */
const logMs = 10_000;
/** Milliseconds between changes of the one line on a terminal. */
const terminalMs = 200;

/** One line with shards, records, errors and rate: on a terminal in place, elsewhere now and then on a line of its own. */
export function progressPrinter(
  target: ProgressTarget,
  isQuiet: boolean,
  now: () => number = () => performance.now(),
): ProgressPrinter {
  const began = now();
  const interval = target.isTTY === true ? terminalMs : logMs;
  let last = began;
  let first: number | undefined;
  return {
    show(progress) {
      const records = progress.predictionCount + progress.errorCount;
      first ??= records;
      const time = now();
      if (isQuiet || time - last < interval) return;
      last = time;
      const rate = Math.round(((records - first) / Math.max(time - began, 1)) * 1000);
      const line = `${progress.shardsDone}/${progress.shards} shards, ${grouped(records)} records, ${grouped(progress.errorCount)} errors, ${grouped(rate)}/s`;
      target.write(target.isTTY === true ? `\r${line}\u001b[K` : `${line}\n`);
    },
    end() {
      if (!isQuiet && target.isTTY === true) target.write("\r\u001b[K");
    },
  };
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
