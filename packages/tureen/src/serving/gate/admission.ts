import { StatusError } from "../../core/status-error.js";

/** How many requests a server takes at a time. */
export interface AdmissionLimits {
  /** Requests at work; 0 for no limit. */
  readonly maxConcurrent: number;
  /** Requests that wait for one of these to end. */
  readonly maxQueued: number;
}

/** Seconds after which a client that was turned away may try again: TCP's own first retry takes as long. */
export const retryAfterSeconds = 1;

/** Lets so many requests work at a time and so many wait, in their order; the rest are turned away at once instead of piling up. */
export class Admission {
  private readonly limits: AdmissionLimits;
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(limits: AdmissionLimits) {
    this.limits = limits;
  }

  /** Requests that are at work. */
  get active(): number {
    return this.running;
  }

  /** Requests that wait. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Takes a place: undefined where there is one, else a promise of one. RESOURCE_EXHAUSTED where too many wait. */
  enter(): Promise<void> | undefined {
    const { maxConcurrent, maxQueued } = this.limits;
    if (maxConcurrent === 0 || this.running < maxConcurrent) {
      this.running += 1;
      return undefined;
    }
    if (this.waiting.length >= maxQueued) {
      throw new StatusError(
        "RESOURCE_EXHAUSTED",
        `The server is at its limit of ${maxConcurrent} requests at work and ${maxQueued} waiting`,
      );
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Gives the place back: to who waits longest. */
  leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
