import { existsSync } from "node:fs";
import { join } from "node:path";
import { markServed } from "../../core/served-folders.js";
import { notFound, toStatusError, unimplemented } from "../../core/status-error.js";
import type { LoadSavedModel } from "../../saved-model/signature.js";
import type { DriftWatch } from "../drift/drift-report.js";
import type { Log } from "../log.js";
import type { ServingMetrics } from "../monitoring/serving-metrics.js";
import { directServable, type LoadServable, type Servable } from "./servable.js";

/** What loading a servable takes. */
export interface LoadServableOptions {
  readonly loadModel: LoadSavedModel;
  readonly tags: readonly string[];
  readonly metrics: ServingMetrics;
  readonly log: Log;
  /** Puts something between the requests and the model: batching. */
  readonly wrap?: (servable: Servable, path: string) => Servable;
  /** Makes what compares a version's requests with its training data; undefined where its folder knows nothing of them. */
  readonly watchDrift?: (path: string) => DriftWatch | undefined;
  /** Run before the servable is available. */
  readonly warmUp?: (servable: Servable, path: string) => Promise<void>;
}

/** The files that make a folder a SavedModel. */
const modelFiles = ["saved_model.pb", "saved_model.pbtxt", "saved_model.cpb"];

/**
 * Loads a version's folder: the SavedModel, then its warm-up requests.
 *
 * NOT_FOUND where the folder holds no SavedModel and UNIMPLEMENTED for a session bundle, with TensorFlow Serving's texts; else what the
 * loader says.
 */
export function servableLoader({
  loadModel,
  tags,
  metrics,
  log,
  wrap,
  watchDrift,
  warmUp,
}: LoadServableOptions): LoadServable {
  return async (name, version, path) => {
    const start = performance.now();
    try {
      checkFolder(path);
      log.info("servable", `Reading SavedModel from: ${path}`);
      const model = await loadModel(path, { tags });
      const direct = directServable(name, version, model);
      try {
        const servable = wrap === undefined ? direct : wrap(direct, path);
        await warmUp?.(servable, path);
        const micros = Math.round((performance.now() - start) * 1000);
        log.info(
          "servable",
          `SavedModel load for tags { ${tags.join(" ")} }; Status: success: OK. Took ${micros} microseconds.`,
        );
        metrics.loadAttemptCount.increment([path, "success"]);
        metrics.loadLatency.increment([path], micros);
        metrics.loadCount.increment([name, String(version), "OK"]);
        // Only now: what warms up is no request.
        return marked(watched(servable, watchDrift?.(path)), path);
      } catch (error) {
        direct.close();
        throw error;
      }
    } catch (error) {
      metrics.loadAttemptCount.increment([path, "fail"]);
      const status = toStatusError(error);
      metrics.loadCount.increment([name, String(version), status.code]);
      throw status;
    }
  };
}

function watched(servable: Servable, drift: DriftWatch | undefined): Servable {
  if (drift === undefined) return servable;
  return {
    ...servable,
    drift,
    close: () => {
      drift.close();
      servable.close();
    },
  };
}

/** The servable, its folder marked as served until it is closed: garbage collection of exports leaves it alone. */
function marked(servable: Servable, path: string): Servable {
  const mark = markServed(path);
  return {
    ...servable,
    close: () => {
      mark.release();
      servable.close();
    },
  };
}

function checkFolder(path: string): void {
  if (modelFiles.some((file) => existsSync(join(path, file)))) return;
  if (existsSync(join(path, "export.meta"))) throw unimplemented("Session Bundle is deprecated and removed.");
  throw notFound(
    `Specified file path does not appear to contain a SavedModel bundle (should have a file called \`saved_model.pb\`)\nSpecified file path: ${path}`,
  );
}
