import type { Clock } from "../../core/clock.js";
import { failedPrecondition, type StatusError, toStatusError } from "../../core/status-error.js";
import type { Log } from "../log.js";
import type { LoadServable, Servable } from "../servable/servable.js";
import type { VersionSnapshot } from "./availability-preserving-policy.js";
import type { StateMonitor, VersionState, VersionStatus } from "./servable-state.js";

/** How often and how fast a failed load is tried again. */
export interface RetryPolicy {
  /** Attempts after the first. */
  readonly maxRetries: number;
  /** Milliseconds between attempts; negative for none. */
  readonly intervalMs: number;
}

/** What a harness needs of its surroundings. */
export interface HarnessOptions {
  readonly load: LoadServable;
  readonly monitor: StateMonitor;
  readonly clock: Clock;
  readonly log: Log;
  readonly retry: RetryPolicy;
  /** Told when a load stops working, be it only to wait for its next attempt: another one may use the time. */
  readonly onPause?: () => void;
}

/** A servable in use: it is not unloaded before `release` is called. */
export interface ServableHandle {
  readonly servable: Servable;
  release(): void;
}

/** A loaded servable and how many requests use it: a reload leaves the old one to the requests that hold it. */
interface Slot {
  readonly servable: Servable;
  users: number;
  whenIdle: (() => void) | undefined;
}

/** One version of a model through its life: new → loading → ready → unloading → gone, or error. */
export class ServableHarness {
  readonly name: string;
  readonly version: bigint;
  readonly path: string;
  private readonly options: HarnessOptions;
  private readonly cancelLoad = new AbortController();
  private current: VersionSnapshot["state"] | "gone" = "new";
  private slot: Slot | undefined;
  private failed: StatusError | undefined;
  private aspired = true;
  private attempting = false;

  constructor(name: string, version: bigint, path: string, options: HarnessOptions) {
    this.name = name;
    this.version = version;
    this.path = path;
    this.options = options;
    this.publish("START");
  }

  get state(): VersionSnapshot["state"] | "gone" {
    return this.current;
  }

  get isAspired(): boolean {
    return this.aspired;
  }

  /** Whether a load is at work, not waiting for its next attempt. */
  get isWorking(): boolean {
    return this.attempting;
  }

  /** The servable while it is in memory. */
  get loadedServable(): Servable | undefined {
    return this.slot?.servable;
  }

  /** Why the last attempt to load failed, if it did. */
  get lastFailure(): StatusError | undefined {
    return this.failed;
  }

  /** Storage or configuration no longer wants this version: a load under way is not tried again. */
  unaspire(): void {
    this.aspired = false;
    this.cancelLoad.abort();
    // A version that waited for its first request never gets further.
    if (this.current === "new") this.publish("END");
  }

  /** Loads, with retries; never throws: the state says how it ended. */
  async load(): Promise<void> {
    const { load, log, retry, clock } = this.options;
    this.current = "loading";
    log.info("manager", `Approving load for servable version ${this.label}`);
    this.publish("LOADING");
    for (let attempt = 0; ; attempt++) {
      log.info("manager", `Loading servable version ${this.label}`);
      this.attempting = true;
      try {
        const servable = await load(this.name, this.version, this.path);
        if (!this.aspired) {
          log.info("manager", `Unloading just-loaded servable version ${this.label}`);
          servable.close();
          break;
        }
        this.slot = { servable, users: 0, whenIdle: undefined };
        this.failed = undefined;
        this.current = "ready";
        log.info("manager", `Successfully loaded servable version ${this.label}`);
        this.publish("AVAILABLE", errorOf(servable.caveat));
        return;
      } catch (error) {
        this.failed = toStatusError(error);
        log.error("manager", `Loading servable: ${this.label} failed: ${this.failed.toString()}`);
      } finally {
        this.attempting = false;
      }
      if (!this.aspired || attempt >= retry.maxRetries) break;
      log.info(
        "manager",
        `Servable version ${this.label} is tried again ${soon(retry.intervalMs)}; attempts left: ${retry.maxRetries - attempt}`,
      );
      this.publish("LOADING", { lastFailure: this.failed });
      this.options.onPause?.();
      if (retry.intervalMs > 0) await clock.sleep(retry.intervalMs, this.cancelLoad.signal);
      if (!this.aspired) break;
      log.info("manager", `Retrying to load servable version ${this.label}, attempt ${attempt + 2}`);
    }
    if (!this.aspired) log.info("manager", `Loading of servable version ${this.label} was cancelled`);
    this.current = "error";
    this.publish("END", errorOf(this.failed));
  }

  /** A handle for one request, undefined unless the version is ready. */
  acquire(): ServableHandle | undefined {
    const { slot } = this;
    if (slot === undefined || this.current !== "ready") return undefined;
    slot.users += 1;
    let held = true;
    return {
      servable: slot.servable,
      release: () => {
        if (!held) return;
        held = false;
        slot.users -= 1;
        if (slot.users === 0) slot.whenIdle?.();
      },
    };
  }

  /**
   * Loads the folder again and exchanges the servable without a gap: requests under way end on the old one, which is freed after them.
   *
   * FAILED_PRECONDITION unless the version is in service; what the loader says where the load fails, in which case the old one stays.
   */
  async reload(): Promise<void> {
    const { load, log } = this.options;
    if (this.current !== "ready") throw failedPrecondition(`Servable version ${this.label} is not in service`);
    log.info("manager", `Reloading servable version ${this.label}`);
    const servable = await load(this.name, this.version, this.path);
    const old = this.slot;
    if (this.current !== "ready" || old === undefined) {
      servable.close();
      throw failedPrecondition(`Servable version ${this.label} was taken out of service while it was reloaded`);
    }
    this.slot = { servable, users: 0, whenIdle: undefined };
    log.info("manager", `Successfully loaded servable version ${this.label}`);
    if (old.servable.caveat !== servable.caveat) this.publish("AVAILABLE", errorOf(servable.caveat));
    await idle(old);
    old.servable.close();
  }

  /** The servable's caveat no longer holds: the state says so. */
  withdrawCaveat(): void {
    if (this.current === "ready") this.publish("AVAILABLE");
  }

  /** Takes the version out of service, waits for the requests that use it, and frees it. */
  async unload(): Promise<void> {
    const { log } = this.options;
    this.current = "unloading";
    this.publish("UNLOADING");
    log.info("manager", `Quiescing servable version ${this.label}`);
    const { slot } = this;
    if (slot !== undefined) await idle(slot);
    log.info("manager", `Done quiescing servable version ${this.label}`);
    log.info("manager", `Unloading servable version ${this.label}`);
    this.slot = undefined;
    let failure: StatusError | undefined;
    try {
      slot?.servable.close();
    } catch (error) {
      failure = toStatusError(error);
      log.error("manager", `Unloading servable version ${this.label} failed: ${failure.toString()}`);
    }
    this.current = "gone";
    log.info("manager", `Done unloading servable version ${this.label}`);
    this.publish("END", errorOf(failure));
  }

  private get label(): string {
    return `{name: ${this.name} version: ${this.version}}`;
  }

  private publish(state: VersionState, why: Pick<VersionStatus, "error" | "lastFailure"> = {}): void {
    this.options.monitor.publish(this.name, { version: this.version, state, ...why });
  }
}

function errorOf(error: StatusError | undefined): Pick<VersionStatus, "error"> {
  return error === undefined ? {} : { error };
}

function soon(intervalMs: number): string {
  return intervalMs > 0 ? `in ${intervalMs / 1000} s` : "at once";
}

/** Resolves once no request uses the servable. */
async function idle(slot: Slot): Promise<void> {
  if (slot.users === 0) return;
  await new Promise<void>((resolve) => {
    slot.whenIdle = resolve;
  });
}
