import type { StatusError } from "../../core/status-error.js";

/** Where a version is in its life, as GetModelStatus reports it. */
export type VersionState = "START" | "LOADING" | "AVAILABLE" | "UNLOADING" | "END";

/** What is known of a version; `error` says why it ended, if it did not end well. */
export interface VersionStatus {
  readonly version: bigint;
  readonly state: VersionState;
  readonly error?: StatusError;
  /** Why its last attempt to load failed, where it waits for the next; TensorFlow Serving's own answers do not tell. */
  readonly lastFailure?: StatusError;
}

/**
 * The states of all versions that ever were, for GetModelStatus, readiness and whoever waits.
 *
 * Versions that ended stay listed, as in TensorFlow Serving, until the model itself is forgotten.
 */
export class StateMonitor {
  private readonly models = new Map<string, Map<bigint, VersionStatus>>();
  private readonly watchers = new Set<() => void>();

  /** Notes a version's new state. */
  publish(name: string, status: VersionStatus): void {
    let versions = this.models.get(name);
    if (versions === undefined) {
      versions = new Map();
      this.models.set(name, versions);
    }
    versions.set(status.version, status);
    for (const watcher of [...this.watchers]) watcher();
  }

  /** One version's state, undefined where it was never seen. */
  stateOf(name: string, version: bigint): VersionStatus | undefined {
    return this.models.get(name)?.get(version);
  }

  /** All versions of a model, highest first; none for an unknown model. */
  statesOf(name: string): VersionStatus[] {
    const versions = [...(this.models.get(name)?.values() ?? [])];
    return versions.sort((a, b) => (a.version < b.version ? 1 : -1));
  }

  /** Calls `watcher` after every change; returns what ends that. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Resolves once the predicate holds, which is tried now and after every change. */
  until(predicate: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      if (predicate()) return resolve();
      const stop = this.watch(() => {
        if (!predicate()) return;
        stop();
        resolve();
      });
    });
  }
}
