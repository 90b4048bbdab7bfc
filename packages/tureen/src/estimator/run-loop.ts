import type { InputAhead } from "./ahead/input-ahead.js";
import type { HookedRun } from "./hooked-run.js";
import type { SessionRunValues } from "./hooks/session-run-hook.js";
import type { OpenInput } from "./input.js";

/** One loop over an input. */
export interface LoopOptions {
  readonly run: HookedRun;
  readonly input: OpenInput;
  /** What gives the steps their input in the place of `input`. */
  readonly ahead?: InputAhead;
  /** Called with each step's own fetches; false ends the loop. */
  readonly onStep?: (values: SessionRunValues) => boolean | undefined;
  readonly signal?: AbortSignal;
}

/** Timers and signals get their turn this often, in milliseconds: a loop over an input that never waits would starve them. */
const turnEvery = 50;

/** Runs steps until the input ends, a hook asks to stop or `signal` aborts; ends the hooks. */
export async function runLoop({ run, input, ahead, onStep, signal }: LoopOptions): Promise<void> {
  await run.start(() => input.next());
  let turn = performance.now();
  while (!run.stopRequested && signal?.aborted !== true) {
    const pending = (ahead ?? input).next();
    const feeds = pending instanceof Promise ? await pending : pending;
    if (feeds === undefined) break;
    const done = run.run(feeds);
    const values = done instanceof Promise ? await done : done;
    if (onStep?.(values) === false) break;
    if (performance.now() - turn > turnEvery) {
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
  }
  await run.end();
}
