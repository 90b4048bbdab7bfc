import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Has V8 free what nobody holds any more in this thread, at once: tens of milliseconds in which the thread does nothing else.
 *
 * For when much memory was let go of that V8 does not know of. Weights are in memory that threads share, or native code's: V8 sees small
 * objects, has no reason to look for them, and an idle process would keep gigabytes for ever.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
