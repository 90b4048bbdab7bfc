import type { Clock } from "../../core/clock.js";
import { isObjectUri } from "../../core/object-store/object-uri.js";
import { type StatusError, toStatusError } from "../../core/status-error.js";
import type { ModelToServe } from "../config/model-config.js";
import type { Log } from "../log.js";
import { isAway } from "./is-away.js";
import { type BasePathFolders, ObjectFolders, storageOfFolders, type WatchedFolders } from "./object-folders.js";
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
  /** Told of the URIs of all versions in object stores that should be served, whenever they have changed. */
  readonly keepCopies?: (uris: readonly string[]) => void;
  /** Folders of models in object stores to look at with each poll, and who is told of what they hold. */
  readonly modelFolders?: WatchedFolders;
  /** Stands for stores that cannot be asked. */
  readonly copies?: StoreCopies;
}

/** What is known of object stores without asking them. */
export interface StoreCopies {
  /** What a base path held, undefined where nothing of it is kept. */
  foldersOf(basePath: string): BasePathFolders | undefined;
  /** The base paths that something is kept of, within a folder of models. */
  basePathsIn(folder: string): readonly string[];
  /** Told that a base path's store cannot be asked. */
  away(basePath: string, error: StatusError): void;
  /** Told with every poll of a base path whose store answers. */
  back(basePath: string): void;
}

/**
 * Watches the base paths of the configured models, on disks and in object stores, and tells the manager which versions to serve.
 *
 * A base path that is missing, or a store that does not answer, changes nothing for its model (an unmounted disk must not unload what is
 * served). Unlike in TensorFlow Serving, where it ends the whole poll, other models are still looked at. A store that could not be asked since
 * the start is stood for by the copies that are kept of it.
 */
export class StoragePathSource {
  private models: readonly ModelToServe[] = [];
  private readonly options: StoragePathSourceOptions;
  private readonly failures = new Map<string, string>();
  private readonly reported = new Map<string, string>();
  private readonly stop = new AbortController();
  private readonly folders = new ObjectFolders();
  private readonly remote = new Map<string, readonly string[]>();
  /** Base paths and folders of models in object stores that have been looked at. */
  private readonly seen = new Set<string>();
  private kept = "";
  private polling: Promise<void> = Promise.resolve();
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
      this.remote.delete(name);
      this.options.aspire(name, []);
    }
    this.models = models;
    this.keepCopies();
  }

  /** Looks at the storage once: at disks now, at object stores until this resolves. */
  poll(): Promise<void> {
    const { storage } = this.options;
    for (const model of this.models) if (!isObjectUri(model.basePath)) this.look(model, () => storage, []);
    // One look after another: the answer to an older one must not undo what a newer one has found.
    this.polling = this.polling.then(() => this.pollStores());
    return this.polling;
  }

  /** Looks at the folders of models in object stores once, and at nothing else. */
  async scanFolders(): Promise<void> {
    await this.folders.scan([], () => {}, this.watchedFolders());
  }

  private watchedFolders(): WatchedFolders | undefined {
    const { modelFolders, copies } = this.options;
    if (modelFolders === undefined || copies === undefined) return modelFolders;
    return {
      folders: modelFolders.folders,
      tell: (folder, basePaths) => {
        if (this.stop.signal.aborted) return;
        if (!("code" in basePaths)) this.seen.add(folder);
        const kept =
          "code" in basePaths && isAway(basePaths) && !this.seen.has(folder) ? copies.basePathsIn(folder) : [];
        modelFolders.tell(folder, kept.length > 0 ? kept : basePaths);
      },
    };
  }

  private async pollStores(): Promise<void> {
    const models = this.models.filter(({ basePath }) => isObjectUri(basePath));
    const watched = this.watchedFolders();
    if (models.length === 0 && (watched?.folders.length ?? 0) === 0) return;
    await this.folders.scan(
      models.map(({ basePath }) => basePath),
      (basePath, folders) => {
        if (this.stop.signal.aborted) return;
        for (const model of models) {
          // The configuration may have changed meanwhile.
          if (model.basePath !== basePath || !this.models.includes(model)) continue;
          this.lookAtStore(model, folders);
        }
      },
      watched,
    );
    this.keepCopies();
  }

  private lookAtStore(model: ModelToServe, folders: BasePathFolders | StatusError): void {
    const { copies } = this.options;
    const { basePath } = model;
    if ("children" in folders) {
      this.seen.add(basePath);
      this.look(model, () => storageOfFolders(basePath, folders), unfinished(model, folders));
      copies?.back(basePath);
      return;
    }
    if (isAway(folders)) copies?.away(basePath, folders);
    const kept = isAway(folders) && !this.seen.has(basePath) ? copies?.foldersOf(basePath) : undefined;
    if (kept === undefined) this.look(model, () => storageOfFolders(basePath, folders), []);
    else this.look(model, () => storageOfFolders(basePath, kept), [notAsked(model, folders)]);
  }

  private look(model: ModelToServe, storage: () => Storage, warnings: string[]): void {
    const { name, basePath, policy } = model;
    let versions: readonly AspiredVersion[];
    try {
      versions = scanVersions(name, basePath, policy, storage(), (warning) => warnings.push(warning));
    } catch (error) {
      const { message } = toStatusError(error);
      this.failures.set(name, message);
      this.report(name, [`FileSystemStoragePathSource encountered a filesystem access error: ${message}`], "error");
      return;
    }
    this.failures.delete(name);
    this.report(name, warnings, "warning");
    if (isObjectUri(basePath)) {
      this.remote.set(
        name,
        versions.map(({ path }) => path),
      );
    }
    this.options.aspire(name, versions);
  }

  private keepCopies(): void {
    const uris = [...this.remote.values()].flat().sort();
    const text = uris.join("\n");
    if (text === this.kept) return;
    this.kept = text;
    this.options.keepCopies?.(uris);
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
        await this.poll();
      }
    };
    void loop();
  }

  /** Ends polling. */
  close(): void {
    this.stop.abort();
  }
}

/** What is said of versions whose upload has not come to the SavedModel, or never will. */
function unfinished({ name, basePath }: ModelToServe, folders: BasePathFolders): string[] {
  return folders.incomplete.map(
    (version) =>
      `Version ${version} of servable ${name} under ${basePath} has no saved_model.pb: it is passed over until it has.`,
  );
}

/** What is said of a model whose store has not answered since the start. */
function notAsked({ name, basePath }: ModelToServe, { message }: StatusError): string {
  return `The store of ${basePath} cannot be asked (${message}): servable ${name} is served from the copies in the cache until it can.`;
}
