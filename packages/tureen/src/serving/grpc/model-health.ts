import type { ServerCore } from "../manager/server-core.js";
import type { HealthService } from "./health-service.js";

/** Keeps the health of models up to date. */
export interface ModelHealth {
  /** Says that no model serves any more, and stops. */
  close(): void;
}

/**
 * Gives every model a health status of its own under `model/NAME`: SERVING while a version of it answers.
 *
 * The prefix keeps a model called "PredictionService" apart from the service.
 */
export function modelHealth(core: ServerCore, health: HealthService): ModelHealth {
  const known = new Set<string>();
  const update = (): void => {
    const ready = new Map(core.readiness().map((model) => [model.name, model.ready] as const));
    for (const name of ready.keys()) known.add(name);
    for (const name of known) {
      health.set(`model/${name}`, ready.get(name) === true);
      if (!ready.has(name)) known.delete(name);
    }
  };
  update();
  const stop = core.monitor.watch(update);
  return {
    close: () => {
      stop();
      for (const name of known) health.set(`model/${name}`, false);
    },
  };
}
