import { type LoadedPredictModel, loadPredictModel } from "../predict/load-predict-model.js";
import type { PredictModel } from "../predict/predict-online.js";
import type { ModelCopies } from "./model-copies.js";

/** Deployed models in memory, each loaded once, when it is first asked for. */
export interface ModelCache {
  get(path: string): Promise<PredictModel>;
  /** Whether the model in a folder, which will be known by `path`, loads: as `get` where it does not. */
  check(folder: string, path: string): Promise<void>;
  /** Takes notice of what has been deployed or deleted, here or by another server. */
  refresh(): Promise<void>;
  /** Lets go of a model that is no longer deployed. */
  drop(path: string): void;
  close(): Promise<void>;
}

/**
 * A cache of models by their paths; `findDeployed` tells the paths of those that are deployed.
 *
 * A model that did not load is tried again with the next request.
 */
export function modelCache(copies: ModelCopies, findDeployed: () => Promise<ReadonlySet<string>>): ModelCache {
  const models = new Map<string, Promise<LoadedPredictModel>>();
  /** Paths that were deployed when they were last looked at: those of `check` are not yet. */
  const seen = new Set<string>();
  const drop = (path: string): void => {
    const model = models.get(path);
    models.delete(path);
    seen.delete(path);
    void model?.then(
      (loaded) => loaded.close(),
      () => {},
    );
  };
  const load = async (path: string): Promise<LoadedPredictModel> => {
    const { path: folder, release } = await copies.take(path);
    try {
      return await loadPredictModel(folder);
    } finally {
      release();
    }
  };
  const keep = (path: string, model: Promise<LoadedPredictModel>): Promise<LoadedPredictModel> => {
    models.set(path, model);
    model.catch(() => models.delete(path));
    return model;
  };
  return {
    async get(path) {
      seen.add(path);
      return models.get(path) ?? keep(path, load(path));
    },
    async check(folder, path) {
      await keep(path, loadPredictModel(folder));
    },
    async refresh() {
      const known = [...seen];
      const deployed = await findDeployed();
      for (const path of known) if (!deployed.has(path)) drop(path);
      copies.prune(deployed);
    },
    drop,
    async close() {
      for (const path of [...models.keys()]) drop(path);
    },
  };
}
