import type { ModelServerConfig } from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { failedPrecondition, invalidArgument, notFound, StatusError } from "../../core/status-error.js";
import {
  checkNoPlatformChange,
  checkTransition,
  type ModelToServe,
  modelToServe,
  validateModelList,
} from "../config/model-config.js";
import type { Log } from "../log.js";
import type { StoragePathSource } from "../source/storage-path-source.js";
import type { AspiredVersionsManager } from "./aspired-versions-manager.js";
import type { ServableHandle } from "./servable-harness.js";
import type { StateMonitor } from "./servable-state.js";

/** What a core is made of. */
export interface ServerCoreOptions {
  readonly source: StoragePathSource;
  readonly manager: AspiredVersionsManager;
  readonly monitor: StateMonitor;
  readonly log: Log;
  /** Whether a label that is not in use may be given to a version that is not available. */
  readonly allowLabelsForUnavailableModels: boolean;
}

/** A model's name and how it does, for readiness. */
export interface ModelReadiness {
  readonly name: string;
  readonly ready: boolean;
}

/** The server's configuration and models: what TensorFlow Serving's ServerCore is. */
export class ServerCore {
  readonly monitor: StateMonitor;
  private readonly options: ServerCoreOptions;
  private config: ModelServerConfig | undefined;
  private labels: ReadonlyMap<string, ReadonlyMap<string, bigint>> | undefined;
  private models: readonly ModelToServe[] = [];
  private started = false;
  private reloading: Promise<void> = Promise.resolve();

  constructor(options: ServerCoreOptions) {
    this.options = options;
    this.monitor = options.monitor;
  }

  /**
   * Takes over a configuration and waits for its new models; calls are answered one after another.
   *
   * Checks, their order and texts are those of ServerCore::ReloadConfig. The first call resolves once every model's first loads have
   * ended, well or not: a model that cannot be loaded, or whose base path holds nothing yet, keeps no other from being served. Later
   * calls are UNKNOWN `N model(s) did not become available: …` where a new model failed.
   */
  reloadConfig(config: ModelServerConfig): Promise<void> {
    const run = this.reloading.then(() => this.reload(config));
    this.reloading = run.catch(() => {});
    return run;
  }

  private async reload(config: ModelServerConfig): Promise<void> {
    const { log, source, manager, monitor } = this.options;
    const old = this.config?.config;
    try {
      checkTransition(this.config, config);
    } catch (error) {
      log.error("core", (error as Error).message);
      throw error;
    }
    if (config.config.case === undefined) {
      log.info("core", "Taking no action for empty config.");
      return;
    }
    if (config.config.case !== "modelConfigList") {
      throw invalidArgument("Invalid ServerModelConfig");
    }
    const list = config.config.value.config;
    validateModelList(list);
    if (old?.case === "modelConfigList") checkNoPlatformChange(old.value.config, list, log);
    this.config = config;
    this.updateLabels(
      list.map(({ name, versionLabels }) => ({ name, labels: new Map(Object.entries(versionLabels)) })),
    );

    log.info("core", "Adding/updating models.");
    for (const { name } of list) log.info("core", ` (Re-)adding model: ${name}`);
    const models = list.map((entry) => modelToServe(entry, log));
    const before = new Set(this.models.map(({ name }) => name));
    const fresh = models.filter(({ name }) => !before.has(name));
    this.models = models;
    source.update(models);
    if (source.polls) source.poll();
    source.start();
    await monitor.until(() => fresh.every(({ name }) => this.isSettled(name)));
    const failures = fresh.flatMap(({ name }) => this.failuresOf(name));
    const problem = `${failures.length} model(s) did not become available: {${failures.map((text) => `{${text}}, `).join("")}}`;
    if (!this.started) {
      this.started = true;
      manager.endStartUp();
      if (failures.length > 0) log.error("core", problem);
    } else if (failures.length > 0) {
      throw new StatusError("UNKNOWN", problem);
    }
    log.info("core", "Finished adding/updating models");
    if (list.some(({ loggingConfig }) => loggingConfig !== undefined)) {
      throw invalidArgument("No request-logger-creator provided.");
    }
  }

  /** Whether a new model need not be waited for any longer. */
  private isSettled(name: string): boolean {
    const { manager } = this.options;
    if (manager.isPending(name)) return false;
    const versions = manager.aspired(name);
    if (versions.some(({ state }) => state === "ready")) return true;
    // At start-up the first failure counts: retries take minutes, and the other models must not wait for them.
    return versions.every(
      ({ state, lastFailure }) => state === "error" || (!this.started && lastFailure !== undefined),
    );
  }

  private failuresOf(name: string): string[] {
    const { manager, source } = this.options;
    const versions = manager.aspired(name);
    if (versions.some(({ state }) => state === "ready")) return [];
    const missing = source.failureOf(name);
    if (missing !== undefined) return [`{name: ${name}} due to error: INVALID_ARGUMENT: ${missing}`];
    if (versions.length === 0) return [`{name: ${name}} due to error: NOT_FOUND: no version found`];
    return versions.map(
      ({ version, lastFailure }) => `{name: ${name} version: ${version}} due to error: ${lastFailure?.toString()}`,
    );
  }

  private updateLabels(models: readonly { name: string; labels: ReadonlyMap<string, bigint> }[]): void {
    const labels = new Map<string, ReadonlyMap<string, bigint>>();
    for (const { name, labels: wanted } of models) {
      for (const [label, version] of wanted) {
        const existing = this.labels?.get(name)?.get(label);
        const allowed =
          this.options.allowLabelsForUnavailableModels && (existing === undefined || existing === version);
        if (!allowed && this.monitor.stateOf(name, version)?.state !== "AVAILABLE") {
          throw failedPrecondition(
            `Request to assign label to version ${version} of model ${name}, which is not currently available for inference`,
          );
        }
      }
      if (wanted.size > 0) labels.set(name, wanted);
    }
    this.labels = labels;
  }

  /**
   * A handle on the servable that a request means; the caller releases it.
   *
   * INVALID_ARGUMENT without a model spec, without a name, or for a label that is not assigned; NOT_FOUND where nothing of that name and
   * version is available. Texts are TensorFlow Serving's.
   */
  acquire(spec: ModelSpecMessage | undefined): ServableHandle {
    if (spec === undefined) throw invalidArgument("Missing ModelSpec");
    const { name, versionLabel } = spec;
    if (name === "") throw invalidArgument("ModelSpec has no name specified.");
    let version = spec.version;
    if (versionLabel !== undefined) {
      if (this.labels === undefined) {
        throw new StatusError("UNAVAILABLE", `Model labels does not init yet.${versionLabel}`);
      }
      version = this.labels.get(name)?.get(versionLabel);
      if (version === undefined) throw invalidArgument(`Unrecognized servable version label: ${versionLabel}`);
    }
    const handle = this.options.manager.acquire(name, version);
    if (handle !== undefined) return handle;
    throw notFound(
      `Servable not found for request: ${version === undefined ? `Latest(${name})` : `Specific(${name}, ${version})`}`,
    );
  }

  /** The configured models, in the configuration's order, and whether each has a version that answers. */
  readiness(): ModelReadiness[] {
    return this.models.map(({ name }) => ({
      name,
      ready: this.monitor.statesOf(name).some(({ state }) => state === "AVAILABLE"),
    }));
  }

  /** Ends polling and unloads all models, after the requests under way. */
  async close(): Promise<void> {
    this.options.source.close();
    await this.options.manager.close();
  }
}
