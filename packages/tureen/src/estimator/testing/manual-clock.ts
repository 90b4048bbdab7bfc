import type { Clock } from "../../core/clock.js";

/** A clock that only moves when it is told to, or asked to sleep. */
export interface ManualClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that stands at a time of its own. */
export function manualClock(): ManualClock {
  let time = 1_700_000_000_000;
  const advance = (milliseconds: number): void => {
    time += milliseconds;
  };
  return {
    advance,
    now: () => time,
    monotonic: () => time,
    sleep: (milliseconds) => Promise.resolve(advance(milliseconds)),
  };
}
