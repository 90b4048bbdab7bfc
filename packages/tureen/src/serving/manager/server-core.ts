import type {
  ModelConfig,
  ModelServerConfig,
} from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { failedPrecondition, invalidArgument, notFound, StatusError } from "../../core/status-error.js";
import {
  checkBasePath,
  checkNoPlatformChange,
  checkTransition,
  type ModelToServe,
  modelToServe,
  validateModelList,
} from "../config/model-config.js";
import type { Log } from "../log.js";
import type { Servable } from "../servable/servable.js";
import type { StoragePathSource } from "../source/storage-path-source.js";
import { latestVersions, type VersionPolicy } from "../source/version-policy.js";
import type { AspiredVersionsManager } from "./aspired-versions-manager.js";
import type { ServableHandle } from "./servable-harness.js";
import type { StateMonitor, VersionStatus } from "./servable-state.js";

/** What a core is made of. */
export interface ServerCoreOptions {
  readonly source: StoragePathSource;
  readonly manager: AspiredVersionsManager;
  readonly monitor: StateMonitor;
  readonly log: Log;
  /** Whether a label that is not in use may be given to a version that is not available. */
  readonly allowLabelsForUnavailableModels: boolean;
  /** End the start with an error where a model cannot be loaded, as TensorFlow Serving does. */
  readonly exitOnLoadFailure?: boolean;
  /** Whether the server is only ready while every model is available; else one that is will do. */
  readonly strictReadiness?: boolean;
  /** Told of every configuration that was taken over, before its models load. */
  readonly onConfig?: (configs: readonly ModelConfig[]) => void;
}

/** A model as the management API lists it. */
export interface ListedModel {
  readonly name: string;
  readonly basePath: string;
  /** Where it comes from: the configuration, a folder of models, or a request to load it. */
  readonly origin: "config" | "folder" | "request";
  /** False for a model that was unloaded on request. */
  readonly isWanted: boolean;
  /** Why there is no version of it, where that is wanted. */
  readonly problem?: string;
  readonly labels: ReadonlyMap<string, bigint>;
  readonly versions: readonly VersionStatus[];
}

/** What to load on request. */
export interface LoadRequest {
  readonly name: string;
  /** The folder of a model that neither the configuration nor a folder of models has; absolute. */
  readonly basePath?: string;
  readonly policy?: VersionPolicy;
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
  private configured: readonly ModelToServe[] = [];
  private discovered: readonly ModelToServe[] = [];
  private readonly requested = new Map<string, ModelToServe>();
  private readonly unloaded = new Set<string>();
  /** Loads that a first request has begun. */
  private readonly waking = new Map<string, Promise<void>>();
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
    return this.inTurn(() => this.reload(config));
  }

  private async reload(config: ModelServerConfig): Promise<void> {
    const { log, manager } = this.options;
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

    this.options.onConfig?.(list);

    log.info("core", "Adding/updating models.");
    for (const { name } of list) log.info("core", ` (Re-)adding model: ${name}`);
    const models = list.map((entry) => modelToServe(entry, log));
    this.configured = models;
    for (const { name } of models) this.unloaded.delete(name);
    const failures = await this.serve();
    if (!this.started) {
      this.started = true;
      manager.endStartUp();
      if (failures.length > 0 && this.options.exitOnLoadFailure === true) {
        throw new StatusError("UNKNOWN", startFailure(failures));
      }
      if (failures.length > 0) log.error("core", reloadFailure(failures));
    } else if (failures.length > 0) {
      throw new StatusError("UNKNOWN", reloadFailure(failures));
    }
    log.info("core", "Finished adding/updating models");
  }

  /** Has the source watch what is wanted now and waits for the models that are new; why some of them did not come up. */
  private async serve(): Promise<readonly string[]> {
    const { source, monitor } = this.options;
    const models = this.wanted();
    const before = new Set(this.models.map(({ name }) => name));
    const fresh = models.filter(({ name }) => !before.has(name));
    this.models = models;
    source.update(models);
    if (source.polls) await source.poll();
    source.start();
    await monitor.until(() => fresh.every(({ name }) => this.isSettled(name)));
    return fresh.flatMap(({ name }) => this.failuresOf(name));
  }

  /** All models that are known, by name: the configuration goes before requests, these before folders. */
  private known(): ReadonlyMap<string, { readonly model: ModelToServe; readonly origin: ListedModel["origin"] }> {
    const known = new Map<string, { model: ModelToServe; origin: ListedModel["origin"] }>();
    for (const model of this.configured) known.set(model.name, { model, origin: "config" });
    for (const model of this.requested.values()) {
      if (!known.has(model.name)) known.set(model.name, { model, origin: "request" });
    }
    for (const model of this.discovered) if (!known.has(model.name)) known.set(model.name, { model, origin: "folder" });
    return known;
  }

  private wanted(): ModelToServe[] {
    return [...this.known().values()].flatMap(({ model }) => (this.unloaded.has(model.name) ? [] : model));
  }

  /** One change after another: a second caller waits for the first one's models. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.reloading.then(work);
    this.reloading = run.then(
      () => {},
      () => {},
    );
    return run;
  }

  /** The models that folders hold; those that are gone from there are unloaded, new ones loaded. */
  setDiscovered(models: readonly ModelToServe[]): Promise<void> {
    return this.inTurn(async () => {
      this.discovered = models;
      // Before the first configuration there is nothing to serve yet: it takes these models along.
      if (!this.started) return;
      const failures = await this.serve();
      if (failures.length > 0) this.options.log.error("core", reloadFailure(failures));
    });
  }

  /** Every model that is known, loaded or not. */
  list(): ListedModel[] {
    return [...this.known().values()].map(({ model: { name, basePath }, origin }) => ({
      name,
      basePath,
      origin,
      isWanted: !this.unloaded.has(name),
      ...this.problemOf(name),
      labels: this.labels?.get(name) ?? new Map(),
      versions: this.monitor.statesOf(name),
    }));
  }

  /** Why a model that should be served has no version: what its base path's last look failed with, or that it is empty. */
  private problemOf(name: string): { readonly problem?: string } {
    const model = this.models.find((candidate) => candidate.name === name);
    if (model === undefined || this.options.manager.aspired(name).length > 0) return {};
    return { problem: this.options.source.failureOf(name) ?? `There is no version under base path ${model.basePath}` };
  }

  /** NOT_FOUND `Could not find any versions of model …`, TensorFlow Serving's, and why where the model should be served. */
  noVersionOf(name: string): StatusError {
    const { problem } = this.problemOf(name);
    return notFound(`Could not find any versions of model ${name}${problem === undefined ? "" : `. ${problem}`}`);
  }

  /**
   * Loads a model and waits for it: one that was unloaded, or one that `basePath` names. A model that is loaded stays as it is, apart from
   * a look for new versions.
   *
   * NOT_FOUND for a model that nothing knows, ALREADY_EXISTS where the name stands for another folder, RESOURCE_EXHAUSTED where there is
   * no room for it, UNKNOWN where it cannot be loaded otherwise.
   */
  loadModel({ name, basePath, policy = latestVersions }: LoadRequest): Promise<void> {
    return this.inTurn(async () => {
      const { log } = this.options;
      const found = this.known().get(name);
      if (basePath !== undefined) {
        if (name === "") throw invalidArgument("A model needs a name");
        checkBasePath(name, basePath);
        if (found !== undefined && found.origin !== "request" && found.model.basePath !== basePath) {
          throw new StatusError("ALREADY_EXISTS", `Model ${name} is served from ${found.model.basePath}`);
        }
        this.requested.set(name, { name, basePath, policy, labels: new Map() });
      } else if (found === undefined) {
        throw notFound(`Model ${name} is in no configuration and no folder of models`);
      }
      log.info("core", ` (Re-)adding model: ${name}`);
      this.unloaded.delete(name);
      const failures = await this.serve();
      if (this.options.manager.isAsleep(name)) await this.awake(name, undefined);
      const failed = failures.length > 0 ? failures : this.failuresOf(name);
      if (failed.length === 0) return;
      const isFull = this.options.manager
        .aspired(name)
        .some(({ lastFailure }) => lastFailure?.code === "RESOURCE_EXHAUSTED");
      throw new StatusError(isFull ? "RESOURCE_EXHAUSTED" : "UNKNOWN", reloadFailure(failed));
    });
  }

  /** Takes a model out of service, after the requests under way, until it is loaded again. NOT_FOUND for one that nothing knows. */
  unloadModel(name: string): Promise<void> {
    return this.inTurn(async () => {
      if (!this.known().has(name)) throw notFound(`Model ${name} is in no configuration and no folder of models`);
      this.options.log.info("core", `Unloading model: ${name}`);
      this.unloaded.add(name);
      this.requested.delete(name);
      await this.serve();
      await this.monitor.until(() => this.monitor.statesOf(name).every(({ state }) => state === "END"));
    });
  }

  /** Loads one version, or all of a model's, again from storage without a gap. NOT_FOUND where it is not in service. */
  reloadModel(name: string, version?: bigint): Promise<void> {
    return this.inTurn(() => this.options.manager.reload(name, version));
  }

  /**
   * Replaces a model's version labels until the next configuration is taken over. NOT_FOUND for a model that is not served,
   * FAILED_PRECONDITION for a version that is not available, by the rules of the configuration's labels.
   */
  setLabels(name: string, labels: ReadonlyMap<string, bigint>): Promise<void> {
    return this.inTurn(async () => {
      if (!this.models.some((model) => model.name === name)) throw notFound(`Model ${name} is not served`);
      this.checkLabels(name, labels);
      this.labels = new Map([...(this.labels ?? []), [name, labels]]);
    });
  }

  /** Whether a new model need not be waited for any longer. */
  private isSettled(name: string): boolean {
    const { manager } = this.options;
    if (manager.isPending(name)) return false;
    if (manager.isAsleep(name)) return true;
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
    if (manager.isAsleep(name) && versions.length > 0) return [];
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
      this.checkLabels(name, wanted);
      if (wanted.size > 0) labels.set(name, wanted);
    }
    this.labels = labels;
  }

  private checkLabels(name: string, wanted: ReadonlyMap<string, bigint>): void {
    for (const [label, version] of wanted) {
      const existing = this.labels?.get(name)?.get(label);
      const allowed = this.options.allowLabelsForUnavailableModels && (existing === undefined || existing === version);
      if (!allowed && this.monitor.stateOf(name, version)?.state !== "AVAILABLE") {
        throw failedPrecondition(
          `Request to assign label to version ${version} of model ${name}, which is not currently available for inference`,
        );
      }
    }
  }

  /**
   * A handle on the servable that a request means; the caller releases it. A promise of one where the model waits for its first request.
   *
   * INVALID_ARGUMENT without a model spec, without a name, or for a label that is not assigned; NOT_FOUND where nothing of that name and
   * version is available. Texts are TensorFlow Serving's.
   */
  acquire(spec: ModelSpecMessage | undefined, deadline?: number): ServableHandle | Promise<ServableHandle> {
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
    if (this.options.manager.isAsleep(name) || this.waking.has(name)) return this.afterWaking(name, version, deadline);
    throw notServed(name, version);
  }

  private async afterWaking(
    name: string,
    version: bigint | undefined,
    deadline: number | undefined,
  ): Promise<ServableHandle> {
    await this.awake(name, deadline);
    const { manager } = this.options;
    const handle = manager.acquire(name, version);
    if (handle !== undefined) return handle;
    const failure = manager.aspired(name).find(({ lastFailure }) => lastFailure !== undefined)?.lastFailure;
    throw failure ?? notServed(name, version);
  }

  /** Has a sleeping model loaded and waits for it; DEADLINE_EXCEEDED where that takes too long, the load going on. */
  private async awake(name: string, deadline: number | undefined): Promise<void> {
    const { manager, monitor } = this.options;
    if (manager.aspired(name).length === 0) return;
    let loaded = this.waking.get(name);
    if (loaded === undefined) {
      manager.wake(name);
      loaded = monitor.until(() =>
        manager
          .aspired(name)
          .every(({ state, lastFailure }) => state === "ready" || state === "error" || lastFailure !== undefined),
      );
      this.waking.set(name, loaded);
      void loaded.then(() => this.waking.delete(name));
    }
    if (deadline === undefined) return loaded;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const expired = (): void => reject(new StatusError("DEADLINE_EXCEEDED", "Timed out waiting for notification"));
      timer = setTimeout(expired, Math.max(deadline - performance.now(), 0));
    });
    try {
      await Promise.race([loaded, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The versions of a model that are in memory, highest first. NOT_FOUND for a model that nothing knows. */
  loaded(name: string): Servable[] {
    if (!this.known().has(name)) throw notFound(`Model ${name} is in no configuration and no folder of models`);
    const servables = this.options.manager.loaded().filter((servable) => servable.name === name);
    return servables.sort((a, b) => (a.version < b.version ? 1 : -1));
  }

  /** The models served, in the configuration's order, and whether each has a version that answers or would load one for a request. */
  readiness(): ModelReadiness[] {
    return this.models.map(({ name }) => ({
      name,
      ready:
        this.monitor.statesOf(name).some(({ state }) => state === "AVAILABLE") ||
        (this.options.manager.isAsleep(name) && this.options.manager.aspired(name).length > 0),
    }));
  }

  /** Whether requests are worth sending here: a model is available, or there is none to wait for; all of them under `strictReadiness`. */
  isReady(): boolean {
    const models = this.readiness();
    if (this.options.strictReadiness === true) return models.every(({ ready }) => ready);
    return models.length === 0 || models.some(({ ready }) => ready);
  }

  /** Ends polling and unloads all models, after the requests under way. */
  async close(): Promise<void> {
    this.options.source.close();
    await this.options.manager.close();
  }
}

function notServed(name: string, version: bigint | undefined): StatusError {
  return notFound(
    `Servable not found for request: ${version === undefined ? `Latest(${name})` : `Specific(${name}, ${version})`}`,
  );
}

/** TensorFlow Serving's text at start-up. */
function startFailure(failures: readonly string[]): string {
  return `${failures.length} servable(s) did not become available: {${failures.map((text) => `{${text}}, `).join("")}}`;
}

/** TensorFlow Serving's text for a later configuration. */
function reloadFailure(failures: readonly string[]): string {
  return `${failures.length} model(s) did not become available: {${failures.map((text) => `{${text}}, `).join("")}}`;
}
