import type { Clock } from "../../core/clock.js";
import { toStatusError } from "../../core/status-error.js";
import type { ModelToServe } from "../config/model-config.js";
import type { Log } from "../log.js";
import { type AspiredVersion, type Storage, scanVersions } from "./scan-versions.js";

/** Told which versions of a model should be served from now on. */
export type AspireVersions = (name: string, versions: readonly AspiredVersion[]) => void;

/** What a source is made of. */
export interface StoragePathSourceOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  /** Seconds between polls; 0 polls once, a negative number never. */
  readonly pollWaitSeconds: number;
  readonly aspire: AspireVersions;
}

/**
 * Watches the base paths of the configured models and tells the manager which versions to serve.
 *
 * A base path that is missing changes nothing for its model (an unmounted disk must not unload what is served). Unlike in TensorFlow
 * Serving, where it ends the whole poll, other models are still looked at.
 */
export class StoragePathSource {
  private models: readonly ModelToServe[] = [];
  private readonly options: StoragePathSourceOptions;
  private readonly failures = new Map<string, string>();
  private readonly reported = new Map<string, string>();
  private readonly stop = new AbortController();
  private started = false;

  constructor(options: StoragePathSourceOptions) {
    this.options = options;
  }

  /** Replaces the models to watch; those left out get an empty list of versions at once. */
  update(models: readonly ModelToServe[]): void {
    const names = new Set(models.map(({ name }) => name));
    for (const { name } of this.models) {
      if (names.has(name)) continue;
      this.failures.delete(name);
      this.reported.delete(name);
      this.options.aspire(name, []);
    }
    this.models = models;
  }

  /** Looks at the storage once, now. */
  poll(): void {
    const { storage, aspire } = this.options;
    for (const { name, basePath, policy } of this.models) {
      const warnings: string[] = [];
      let versions: readonly AspiredVersion[];
      try {
        versions = scanVersions(name, basePath, policy, storage, (warning) => warnings.push(warning));
      } catch (error) {
        const { message } = toStatusError(error);
        this.failures.set(name, message);
        this.report(name, [`FileSystemStoragePathSource encountered a filesystem access error: ${message}`], "error");
        continue;
      }
      this.failures.delete(name);
      this.report(name, warnings, "warning");
      aspire(name, versions);
    }
  }

  /** Logs what a poll noticed when it appears or changes, not once a second for as long as it lasts. */
  private report(name: string, lines: readonly string[], severity: "warning" | "error"): void {
    const text = lines.join("\n");
    if ((this.reported.get(name) ?? "") === text) return;
    this.reported.set(name, text);
    for (const line of lines) this.options.log[severity]("source", line);
  }

  /** Why the last look at a model's base path failed, if it did. */
  failureOf(name: string): string | undefined {
    return this.failures.get(name);
  }

  /** Whether storage is looked at at all. */
  get polls(): boolean {
    return this.options.pollWaitSeconds >= 0;
  }

  /** Begins to poll periodically; the first periodic poll comes after one waiting time. */
  start(): void {
    const { pollWaitSeconds, clock } = this.options;
    if (this.started || pollWaitSeconds <= 0) return;
    this.started = true;
    const { signal } = this.stop;
    const loop = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(pollWaitSeconds * 1000, signal);
        if (signal.aborted) return;
        this.poll();
      }
    };
    void loop();
  }

  /** Ends polling. */
  close(): void {
    this.stop.abort();
  }
}
