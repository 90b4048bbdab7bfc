import { collectGarbage } from "../../core/collect-garbage.js";
import type { LoadServable } from "./servable.js";

/** Unloaded models that are worth a collection: so many bytes of them, or so many. */
const worthBytes = 8 * 2 ** 20;
const worthCount = 25;
/** Milliseconds until it is done: several models often go at once, and requests that ended with them are answered first. */
const waitMs = 1000;

/** A loader whose servables give their memory back soon after they are closed. `collect` does it; for tests. */
export function collectAfter(load: LoadServable, collect: () => void = collectGarbage): LoadServable {
  let bytes = 0;
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  const unloaded = (freed: number): void => {
    bytes += freed;
    count += 1;
    if (timer !== undefined || (bytes < worthBytes && count < worthCount)) return;
    timer = setTimeout(() => {
      timer = undefined;
      bytes = 0;
      count = 0;
      collect();
    }, waitMs);
    timer.unref();
  };
  return async (name, version, path) => {
    const servable = await load(name, version, path);
    return {
      ...servable,
      close: () => {
        // Afterwards nothing is left to be counted.
        const bytesHeld = servable.memoryBytes();
        servable.close();
        unloaded(bytesHeld);
      },
    };
  };
}
