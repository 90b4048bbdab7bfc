import { notFound } from "../../core/status-error.js";
import type { Servable } from "../servable/servable.js";
import type { AspiredVersion } from "../source/scan-versions.js";
import { nextAction, type VersionAction, type VersionSnapshot } from "./availability-preserving-policy.js";
import { type HarnessOptions, type ServableHandle, ServableHarness } from "./servable-harness.js";

/** What a manager is made of. */
export interface ManagerOptions extends HarnessOptions {
  /** How many loads may run at once after start-up. */
  readonly loadConcurrency: number;
  /** How many loads may run at once until `endStartUp` is called. */
  readonly initialLoadConcurrency: number;
  /** Versions are loaded when the first request for their model comes. */
  readonly lazy?: boolean;
}

/**
 * Keeps loaded what the source wants: turns lists of aspired versions into loads and unloads, one action a step.
 *
 * Event-driven where TensorFlow Serving ticks every 100 ms: a step is made after every change, until there is nothing left to do.
 */
export class AspiredVersionsManager {
  private readonly harnesses = new Map<string, Map<bigint, ServableHarness>>();
  private readonly pending = new Map<string, readonly AspiredVersion[]>();
  private readonly options: ManagerOptions;
  /** Models that were asked for: of a lazy manager's, only these are loaded. */
  private readonly asked = new Set<string>();
  private loadSlots: number;
  private stepping = false;
  private closed = false;

  constructor(options: ManagerOptions) {
    this.options = { ...options, onPause: () => this.step() };
    this.loadSlots = options.initialLoadConcurrency;
  }

  /** From now on these versions of a model should be served, and no others. */
  setAspiredVersions(name: string, versions: readonly AspiredVersion[]): void {
    if (this.closed) return;
    this.pending.set(name, versions);
    this.step();
  }

  /** The first loads are done: later ones leave the machine to the requests. */
  endStartUp(): void {
    this.loadSlots = this.options.loadConcurrency;
  }

  /** The versions of a model that are known and wanted. */
  aspired(name: string): ServableHarness[] {
    return [...(this.harnesses.get(name)?.values() ?? [])].filter(({ isAspired }) => isAspired);
  }

  /** Whether a list of versions waits for an unload to end. */
  isPending(name: string): boolean {
    return this.pending.has(name);
  }

  /** Whether the model waits for its first request before it is loaded. */
  isAsleep(name: string): boolean {
    return this.options.lazy === true && !this.asked.has(name);
  }

  /** Loads the versions of a lazy manager's model, and from now on its new ones as they appear. */
  wake(name: string): void {
    this.asked.add(name);
    this.step();
  }

  /** Loads versions that are in service once more, without a gap: one, or all of the model's. */
  async reload(name: string, version?: bigint): Promise<void> {
    const ready = [...(this.harnesses.get(name)?.values() ?? [])].filter(
      (harness) => harness.state === "ready" && (version === undefined || harness.version === version),
    );
    if (ready.length === 0) {
      throw notFound(
        `Servable not found for request: ${version === undefined ? `Latest(${name})` : `Specific(${name}, ${version})`}`,
      );
    }
    for (const harness of ready) await harness.reload();
  }

  /** What was noted beside a version's AVAILABLE no longer holds. */
  withdrawCaveat(name: string, version: bigint): void {
    this.harnesses.get(name)?.get(version)?.withdrawCaveat();
  }

  /** A handle on one version, or on the highest that is ready; undefined where there is none. */
  acquire(name: string, version?: bigint): ServableHandle | undefined {
    const versions = this.harnesses.get(name);
    if (versions === undefined) return undefined;
    if (version !== undefined) return versions.get(version)?.acquire();
    let best: ServableHarness | undefined;
    for (const harness of versions.values()) {
      if (harness.state === "ready" && (best === undefined || harness.version > best.version)) best = harness;
    }
    return best?.acquire();
  }

  /** The servables that are in memory. */
  loaded(): Servable[] {
    return [...this.harnesses.values()].flatMap((versions) =>
      [...versions.values()].flatMap((harness) => harness.loadedServable ?? []),
    );
  }

  /** Unloads everything, after the requests under way; loads under way are dropped when they end. */
  async close(): Promise<void> {
    this.closed = true;
    this.pending.clear();
    const all = [...this.harnesses.values()].flatMap((versions) => [...versions.values()]);
    for (const harness of all) harness.unaspire();
    await Promise.all(all.filter(({ state }) => state === "ready").map((harness) => harness.unload()));
  }

  private step(): void {
    if (this.stepping || this.closed) return;
    this.stepping = true;
    try {
      for (;;) {
        this.takeOver();
        const next = this.nextStep();
        if (next === undefined) return;
        this.perform(next.harness, next.action);
      }
    } finally {
      this.stepping = false;
    }
  }

  /** Brings the harnesses in line with the lists that came in. */
  private takeOver(): void {
    for (const [name, versions] of this.pending) {
      let known = this.harnesses.get(name);
      if (known === undefined) {
        known = new Map();
        this.harnesses.set(name, known);
      }
      const wanted = new Set(versions.map(({ version }) => version));
      // A version that was given up and is wanted again first has to be gone; its list waits until then.
      if (
        [...known.values()].some((harness) => !harness.isAspired && wanted.has(harness.version) && !this.flush(harness))
      ) {
        continue;
      }
      this.pending.delete(name);
      for (const harness of [...known.values()]) {
        if (wanted.has(harness.version)) continue;
        harness.unaspire();
        this.flush(harness);
      }
      for (const { version, path } of versions) {
        if (known.has(version)) continue;
        known.set(version, new ServableHarness(name, version, path, this.options));
      }
    }
  }

  /** Forgets a version that is neither wanted nor doing anything; whether it did. */
  private flush(harness: ServableHarness): boolean {
    if (
      harness.isAspired ||
      harness.state === "loading" ||
      harness.state === "ready" ||
      harness.state === "unloading"
    ) {
      return false;
    }
    this.harnesses.get(harness.name)?.delete(harness.version);
    return true;
  }

  private nextStep(): { harness: ServableHarness; action: VersionAction["action"] } | undefined {
    let load: ServableHarness | undefined;
    for (const versions of this.harnesses.values()) {
      const snapshots: VersionSnapshot[] = [];
      for (const { version, state, isAspired } of versions.values()) {
        if (state !== "gone") snapshots.push({ version, state, isAspired });
      }
      const next = nextAction(snapshots);
      if (next === undefined) continue;
      if (next.action === "load" && this.isAsleep(versions.get(next.version)!.name)) continue;
      const harness = versions.get(next.version)!;
      if (next.action === "unload") return { harness, action: "unload" };
      load ??= harness;
    }
    return load === undefined || this.working() >= this.loadSlots ? undefined : { harness: load, action: "load" };
  }

  /** Loads at work: those that wait for their next attempt leave their place to others. */
  private working(): number {
    let count = 0;
    for (const versions of this.harnesses.values())
      for (const { isWorking } of versions.values()) if (isWorking) count += 1;
    return count;
  }

  private perform(harness: ServableHarness, action: VersionAction["action"]): void {
    if (action === "load") {
      void harness.load().then(() => {
        this.flush(harness);
        this.step();
      });
    } else {
      void harness.unload().then(() => {
        this.flush(harness);
        this.step();
      });
    }
  }
}
