import { type LoadedPredictModel, loadPredictModel } from "../predict/load-predict-model.js";
import type { PredictModel } from "../predict/predict-online.js";

/** Deployed models in memory, each loaded once, when it is first asked for. */
export interface ModelCache {
  get(path: string): Promise<PredictModel>;
  /** Whether the model in a folder loads: as `get` where it does not. */
  check(path: string): Promise<void>;
  /** Takes notice of what has been deployed or deleted, here or by another server. */
  refresh(): Promise<void>;
  /** Lets go of a model that is no longer deployed. */
  drop(path: string): void;
  close(): Promise<void>;
}

/** A cache that loads with `load`. A model that did not load is tried again with the next request. */
export function modelCache(
  load: (path: string) => Promise<LoadedPredictModel> = (path) => loadPredictModel(path),
): ModelCache {
  const models = new Map<string, Promise<LoadedPredictModel>>();
  const drop = (path: string): void => {
    const model = models.get(path);
    models.delete(path);
    void model?.then(
      (loaded) => loaded.close(),
      () => {},
    );
  };
  const get = (path: string): Promise<LoadedPredictModel> => {
    let model = models.get(path);
    if (model === undefined) {
      model = load(path);
      models.set(path, model);
      model.catch(() => models.delete(path));
    }
    return model;
  };
  return {
    get,
    async check(path) {
      await get(path);
    },
    async refresh() {},
    drop,
    async close() {
      for (const path of [...models.keys()]) drop(path);
    },
  };
}
