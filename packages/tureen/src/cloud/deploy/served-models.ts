import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notFound, type StatusError, toStatusError } from "../../core/status-error.js";
import { modelListConfig } from "../../serving/config/model-config.js";
import type { ServableHandle } from "../../serving/manager/servable-harness.js";
import { type ModelServer, startModelServer } from "../../serving/model-server.js";
import type { ModelServerOptions } from "../../serving/model-server-options.js";
import type { Database } from "../database/database.js";
import { loadPredictModel } from "../predict/load-predict-model.js";
import { modelOfServable, type PredictModel } from "../predict/predict-online.js";
import type { ModelCache } from "./model-cache.js";
import type { ModelCopies, ModelFolder } from "./model-copies.js";

/** Deployed models that a model server of this process serves as well: one copy of each for both APIs. */
export interface ServedModels extends ModelCache {
  readonly server: ModelServer;
}

/** Options of a model server that leave the models to the cloud server. */
export type ServedModelsOptions = Omit<ModelServerOptions, "models" | "config" | "modelConfigFile" | "modelFolders">;

interface Deployed {
  readonly project: string;
  readonly model: string;
  readonly version: string;
  readonly number: bigint;
  readonly path: string;
  readonly isDefault: boolean;
}

/** Model servers know no projects: their model is `PROJECT.MODEL`. Names of models have no points, so that no two are alike. */
function servedName({ project, model }: Deployed): string {
  return `${project}.${model}`;
}

/**
 * Starts a model server whose models are the deployed ones.
 *
 * Model `PROJECT.MODEL` has all READY versions: numbered in the order in which they were created, the same on every server of the database,
 * each labelled with its name and the default version with `default`. `refresh` brings it up to the database.
 */
export async function servedModels(
  database: Database,
  copies: ModelCopies,
  options: ServedModelsOptions,
): Promise<ServedModels> {
  // The model server takes folders of numbered folders; deployed ones have names of their own.
  const root = await mkdtemp(join(tmpdir(), "tureen-served-"));
  let deployed: readonly Deployed[] = [];
  let known = "";
  /** Copies of deployed models, by their paths, and why others could not be had. */
  const folders = new Map<string, ModelFolder>();
  const missing = new Map<string, StatusError>();
  const server = await startModelServer({ ...options, config: modelListConfig([]) });

  const readDeployed = async (): Promise<readonly Deployed[]> => {
    const rows = await database.query<Omit<Deployed, "number"> & { readonly number: string }>(
      `SELECT v.project, v.model, v.name AS version, v.number::text AS number, v.path, v.name = m.default_version AS "isDefault"
       FROM tureen_versions v JOIN tureen_models m ON m.project = v.project AND m.name = v.model
       WHERE v.state = 'READY' ORDER BY v.number`,
    );
    return rows.map((row) => ({ ...row, number: BigInt(row.number), isDefault: row.isDefault === true }));
  };

  /** Labels of the versions that are available: no others may have one. */
  const labelsOf = (name: string, versions: readonly Deployed[]): Map<string, bigint> => {
    const labels = new Map<string, bigint>();
    for (const { version, number, isDefault } of versions) {
      if (server.core.monitor.stateOf(name, number)?.state !== "AVAILABLE") continue;
      labels.set(version, number);
      if (isDefault) labels.set("default", number);
    }
    return labels;
  };

  /** Takes copies of models; those that cannot be had now are tried again with the next refresh and hold nobody else up. */
  const takeCopies = async (next: readonly Deployed[]): Promise<readonly Deployed[]> => {
    let outage: StatusError | undefined;
    for (const { path } of next) {
      if (folders.has(path)) continue;
      if (outage !== undefined) {
        missing.set(path, outage);
        continue;
      }
      try {
        folders.set(path, await copies.take(path));
        missing.delete(path);
      } catch (error) {
        const failure = toStatusError(error);
        if (!missing.has(path)) options.log?.error("cloud", failure.message);
        missing.set(path, failure);
        if (failure.code === "UNAVAILABLE") outage = failure;
      }
    }
    return next.filter(({ path }) => folders.has(path));
  };

  const releaseCopies = (next: readonly Deployed[]): void => {
    const paths = new Set(next.map(({ path }) => path));
    for (const path of missing.keys()) if (!paths.has(path)) missing.delete(path);
    for (const [path, { release }] of folders) {
      if (paths.has(path)) continue;
      release();
      folders.delete(path);
    }
    copies.prune(paths);
  };

  const takeOver = async (next: readonly Deployed[]): Promise<void> => {
    const wanted = new Map<string, Deployed[]>();
    for (const version of next) wanted.set(servedName(version), [...(wanted.get(servedName(version)) ?? []), version]);
    for (const name of await readdir(root)) if (!wanted.has(name)) await rm(join(root, name), { recursive: true });
    for (const [name, versions] of wanted) {
      const folder = join(root, name);
      await mkdir(folder, { recursive: true });
      const numbers = new Set(versions.map(({ number }) => String(number)));
      for (const child of await readdir(folder)) if (!numbers.has(child)) await rm(join(folder, child));
      for (const { number, path } of versions) {
        await symlink(folders.get(path)!.path, join(folder, String(number))).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw error;
        });
      }
    }
    const models = [...wanted].map(([name, versions]) => ({
      name,
      basePath: join(root, name),
      policy: { kind: "all" } as const,
      labels: labelsOf(name, versions),
    }));
    try {
      await server.core.reloadConfig(modelListConfig(models));
    } catch (error) {
      options.log?.error("cloud", toStatusError(error).message);
    }
    for (const [name, versions] of wanted) await label(name, versions);
  };

  const label = async (name: string, versions: readonly Deployed[]): Promise<void> => {
    const { monitor } = server.core;
    const isSettled = ({ number }: Deployed): boolean => {
      const status = monitor.stateOf(name, number);
      return status?.state === "AVAILABLE" || status?.state === "END";
    };
    await monitor.until(() => versions.every(isSettled));
    await server.core.setLabels(name, labelsOf(name, versions));
  };

  let refreshing: Promise<void> = Promise.resolve();
  const refresh = (): Promise<void> => {
    refreshing = refreshing
      .catch(() => {})
      .then(async () => {
        const next = await readDeployed();
        const text = next.map(({ number, path, isDefault }) => `${number} ${path} ${isDefault}`).join("\n");
        if (text === known) return;
        const there = await takeCopies(next);
        await takeOver(there);
        deployed = there;
        known = missing.size === 0 ? text : "";
        releaseCopies(next);
      });
    return refreshing;
  };

  const find = (path: string): Deployed | undefined => deployed.find((version) => version.path === path);
  const acquire = async (version: Deployed): Promise<ServableHandle> =>
    server.core.acquire({ name: servedName(version), version: version.number, signatureName: "" });

  return {
    server,
    async get(path) {
      if (find(path) === undefined) await refresh();
      const version = find(path);
      const failure = missing.get(path);
      if (version === undefined && failure !== undefined) throw failure;
      if (version === undefined) throw notFound("The version is no longer deployed.");
      const first = await acquire(version);
      const { signatures } = modelOfServable(first.servable);
      first.release();
      const run: PredictModel["run"] = async (feeds, fetches, runOptions) => {
        const handle = await acquire(version);
        try {
          return await modelOfServable(handle.servable).run(feeds, fetches, runOptions);
        } finally {
          handle.release();
        }
      };
      return { signatures, run };
    },
    async check(folder) {
      // Not yet among the deployed ones: loaded for a look, and by the model server once it is.
      (await loadPredictModel(folder)).close();
    },
    refresh,
    drop() {
      void refresh().catch(() => {});
    },
    async close() {
      await refreshing.catch(() => {});
      await server.close();
      for (const { release } of folders.values()) release();
      await rm(root, { recursive: true, force: true });
    },
  };
}
