import { setTimeout as sleep } from "node:timers/promises";
import { toStatusError } from "../../core/status-error.js";

const firstPauseMs = 100;
const longestPauseMs = 3000;

/**
 * Does `work` again, with growing pauses, for as long as it fails with UNAVAILABLE: a database that restarts delays it and nothing more.
 *
 * Whatever was done by a try that failed has to be harmless to do again, as a transaction is. Any other error is passed on, and the UNAVAILABLE
 * one, too, once `signal` is aborted.
 */
export async function untilAvailable<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (toStatusError(error).code !== "UNAVAILABLE" || signal?.aborted === true) throw error;
    }
    await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}
