import { availableParallelism } from "node:os";
import { invalidArgument } from "../../core/status-error.js";
import type { ElementSpec } from "../element-spec.js";
import { MapPool } from "../map-pool.js";
import type { Cursor, Stage } from "../stage.js";
import type { Structure } from "../structure.js";
import { peekedStage } from "./source.js";

/** How a function is applied in worker threads. */
export interface ParallelMapOptions {
  /** The export of the module; `map` unless said. */
  readonly functionName?: string | undefined;
  /** Worker threads; one fewer than the machine has processors unless said, but at least one. */
  readonly workers?: number | undefined;
}

/** Elements each worker has at hand: one at work, and one that waits so that it need not. */
const ahead = 2;

/** Each element through an exported function of a module, in worker threads and in order. Threads live as long as a pass. */
export function parallelMapStage(
  source: Stage,
  module: string,
  { functionName = "map", workers = Math.max(1, availableParallelism() - 1) }: ParallelMapOptions,
  declared: ElementSpec | undefined,
): Stage {
  if (!(Number.isInteger(workers) && workers > 0)) throw invalidArgument(`Must specify workers > 0, given: ${workers}`);
  const open = (): Cursor =>
    parallelCursor(source.open(), () => new MapPool({ module, functionName }, workers), workers);
  return declared === undefined ? peekedStage(open) : { open, spec: () => declared };
}

function parallelCursor(cursor: Cursor, start: () => MapPool, workers: number): Cursor {
  let pool: MapPool | undefined;
  let ended = false;
  const results: Promise<Structure>[] = [];
  const fill = async (): Promise<void> => {
    while (!ended && results.length < ahead * workers) {
      const element = await cursor.next();
      if (element === undefined) ended = true;
      else {
        pool ??= start();
        const result = pool.run(element);
        // Whoever comes for the element hears of its error.
        result.catch(() => {});
        results.push(result);
      }
    }
  };
  const close = async (): Promise<void> => {
    ended = true;
    await pool?.close();
    await cursor.close();
  };
  return {
    next: async () => {
      await fill();
      const result = await results.shift();
      if (result === undefined) await pool?.close();
      return result;
    },
    close,
  };
}
