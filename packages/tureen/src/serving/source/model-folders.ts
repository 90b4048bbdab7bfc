import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import type { ModelToServe } from "../config/model-config.js";
import type { Log } from "../log.js";
import { parseVersion } from "./scan-versions.js";
import { latestVersions } from "./version-policy.js";

/**
 * The models in folders of models: every sub-folder that has a numbered child, under its own name and with the latest version served.
 *
 * Of two models of one name the first folder's counts. A folder that cannot be read keeps what it held before (`before`), as an unmounted
 * disk must not unload anything.
 */
export function scanModelFolders(
  folders: readonly string[],
  before: readonly ModelToServe[],
  warn: (message: string) => void,
): ModelToServe[] {
  const found = new Map<string, ModelToServe>();
  const add = (model: ModelToServe): void => {
    if (!found.has(model.name)) found.set(model.name, model);
  };
  for (const folder of folders) {
    try {
      for (const { name } of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const basePath = join(folder, name);
        if (hasVersions(basePath)) add({ name, basePath, policy: latestVersions, labels: new Map() });
      }
    } catch (error) {
      warn(`The folder of models ${folder} cannot be read: ${(error as Error).message}`);
      for (const model of before) if (model.basePath.startsWith(join(folder, "/"))) add(model);
    }
  }
  return [...found.values()];
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
  /** Told of the models whenever they have changed. */
  readonly discovered: (models: readonly ModelToServe[]) => Promise<void>;
}

/** Watches folders of models. */
export class ModelFolders {
  private readonly options: ModelFoldersOptions;
  private readonly stop = new AbortController();
  private models: readonly ModelToServe[] = [];
  private warned = "";

  constructor(options: ModelFoldersOptions) {
    this.options = options;
  }

  /** Looks once and tells what is new or gone. */
  async scan(): Promise<void> {
    const warnings: string[] = [];
    const models = scanModelFolders(this.options.folders, this.models, (text) => warnings.push(text));
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
    const { pollWaitSeconds, clock } = this.options;
    if (pollWaitSeconds <= 0) return;
    const { signal } = this.stop;
    const loop = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(pollWaitSeconds * 1000, signal);
        if (signal.aborted) return;
        await this.scan();
      }
    };
    void loop();
  }

  /** Ends watching. */
  close(): void {
    this.stop.abort();
  }
}
