import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import { isObjectUri, joinPath, lastPart } from "../../core/object-store/object-uri.js";
import type { StatusError } from "../../core/status-error.js";
import type { ModelToServe } from "../config/model-config.js";
import type { Log } from "../log.js";
import { parseVersion } from "./scan-versions.js";
import { latestVersions } from "./version-policy.js";

/** The base paths in an object store's folder of models, or why it could not be looked at. */
export type StoreFolder = readonly string[] | StatusError;

/**
 * The models in folders of models: every sub-folder that has a numbered child, under its own name and with the latest version served.
 *
 * Of two models of one name the first folder's counts. A folder that cannot be read keeps what it held before (`before`), as an unmounted
 * disk must not unload anything. `inStore` has what folders in object stores hold.
 */
export function scanModelFolders(
  folders: readonly string[],
  before: readonly ModelToServe[],
  warn: (message: string) => void,
  inStore: ReadonlyMap<string, StoreFolder> = new Map(),
): ModelToServe[] {
  const found = new Map<string, ModelToServe>();
  const add = (model: ModelToServe): void => {
    if (!found.has(model.name)) found.set(model.name, model);
  };
  for (const folder of folders) {
    try {
      for (const basePath of isObjectUri(folder) ? inStoreFolder(inStore.get(folder)) : basePathsOf(folder))
        add({ name: lastPart(basePath), basePath, policy: latestVersions, labels: new Map() });
    } catch (error) {
      warn(`The folder of models ${folder} cannot be read: ${(error as Error).message}`);
      const start = joinPath(folder, "x").slice(0, -1);
      for (const model of before) if (model.basePath.startsWith(start)) add(model);
    }
  }
  return [...found.values()];
}

function inStoreFolder(held: StoreFolder | undefined): readonly string[] {
  if (held === undefined) return [];
  if ("code" in held) throw held;
  return held;
}

function basePathsOf(folder: string): string[] {
  const names = readdirSync(folder).sort();
  return names.map((name) => join(folder, name)).filter(hasVersions);
}

function hasVersions(path: string): boolean {
  try {
    return readdirSync(path).some((child) => parseVersion(child) !== undefined);
  } catch {
    // A file, or a folder that is not ours to read.
    return false;
  }
}

/** What watching folders takes. */
export interface ModelFoldersOptions {
  readonly folders: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Seconds between looks; 0 or less looks once. */
  readonly pollWaitSeconds: number;
  /** Looks at the folders in object stores and calls `held` with each; afterwards, whoever polls the stores does so. */
  readonly scanStores: () => Promise<void>;
  /** Told of the models whenever they have changed. */
  readonly discovered: (models: readonly ModelToServe[]) => Promise<void>;
}

/** Watches folders of models: those on disks itself, those in object stores by what `held` is told of them. */
export class ModelFolders {
  private readonly options: ModelFoldersOptions;
  private readonly inStore = new Map<string, StoreFolder>();
  private readonly stop = new AbortController();
  private models: readonly ModelToServe[] = [];
  private warned = "";
  private isWatching = false;

  constructor(options: ModelFoldersOptions) {
    this.options = options;
  }

  /** Looks once, at disks and object stores, and tells what is new or gone. */
  async scan(): Promise<void> {
    if (this.options.folders.some(isObjectUri)) await this.options.scanStores();
    await this.compare();
  }

  /** Takes over what a folder in an object store holds; what is new or gone is told in a while. */
  held(folder: string, basePaths: StoreFolder): void {
    this.inStore.set(folder, basePaths);
    if (this.isWatching) void this.compare();
  }

  private async compare(): Promise<void> {
    const warnings: string[] = [];
    const models = scanModelFolders(this.options.folders, this.models, (text) => warnings.push(text), this.inStore);
    const text = warnings.join("\n");
    if (text !== this.warned && text !== "") this.options.log.warning("source", text);
    this.warned = text;
    const list = (items: readonly ModelToServe[]): string => items.map(({ basePath }) => basePath).join("\n");
    if (list(models) === list(this.models)) return;
    this.models = models;
    await this.options.discovered(models);
  }

  /** Begins to look again and again. */
  start(): void {
    const { pollWaitSeconds, clock, folders } = this.options;
    this.isWatching = true;
    if (pollWaitSeconds <= 0 || folders.every(isObjectUri)) return;
    const { signal } = this.stop;
    const loop = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(pollWaitSeconds * 1000, signal);
        if (signal.aborted) return;
        await this.compare();
      }
    };
    void loop();
  }

  /** Ends watching. */
  close(): void {
    this.isWatching = false;
    this.stop.abort();
  }
}
