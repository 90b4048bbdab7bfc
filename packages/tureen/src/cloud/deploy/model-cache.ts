import { type LoadedPredictModel, loadPredictModel } from "../predict/load-predict-model.js";

/** Deployed models in memory, each loaded once, when it is first asked for. */
export interface ModelCache {
  get(path: string): Promise<LoadedPredictModel>;
  /** Lets go of a model that is no longer deployed. */
  drop(path: string): void;
  close(): void;
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
  return {
    get(path) {
      let model = models.get(path);
      if (model === undefined) {
        model = load(path);
        models.set(path, model);
        model.catch(() => models.delete(path));
      }
      return model;
    },
    drop,
    close() {
      for (const path of [...models.keys()]) drop(path);
    },
  };
}
