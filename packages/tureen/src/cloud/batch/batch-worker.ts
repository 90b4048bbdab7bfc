/** A worker process of a batch prediction: loads the model, then predicts the shards that its parent sends. */
import { openSync, writeSync } from "node:fs";
import { defaultCacheDirectory, FolderCache } from "../../core/object-store/folder-cache.js";
import { folderOf, isObjectUri, lastPart } from "../../core/object-store/object-uri.js";
import { toStatusError } from "../../core/status-error.js";
import { type LoadedPredictModel, loadPredictModel } from "../predict/load-predict-model.js";
import { runShard } from "./run-shard.js";
import type { FromWorker, ToWorker } from "./worker-message.js";

let start: Extract<ToWorker, { kind: "start" }>;
let model: LoadedPredictModel;

function tell(message: FromWorker): void {
  // A parent that has just died is told of by "disconnect".
  process.send!(message, undefined, undefined, () => {});
}

/** Notes each record before it is tried where a crash cannot lose the note: in a file, written at once. */
function journal(path: string): (ordinal: number) => void {
  const fd = openSync(path, "w");
  return (ordinal) => {
    writeSync(fd, String(ordinal).padEnd(16), 0);
  };
}

/** Workers get models of ever new names: of those that lie side by side in a store, the copy of the last one stays. */
function removeOldCopies(modelDir: string): void {
  if (!isObjectUri(modelDir)) return;
  new FolderCache(defaultCacheDirectory()).prune(folderOf(modelDir), new Set([lastPart(modelDir)]));
}

async function handle(message: ToWorker): Promise<void> {
  try {
    if (message.kind === "start") {
      start = message;
      model = await loadPredictModel(message.options.modelDir, { isBlocking: true });
      removeOldCopies(message.options.modelDir);
      tell({ kind: "ready" });
      return;
    }
    const result = await runShard(model, message.shard, start.options, {
      fingerprint: start.fingerprint,
      count: start.count,
      deadly: new Set(message.deadly),
      onProgress: (progress) => tell({ kind: "progress", result: progress }),
      ...(message.journal === undefined ? {} : { onRecord: journal(message.journal) }),
    });
    tell({ kind: "done", result });
  } catch (error) {
    const { code, message: text } = toStatusError(error, "INTERNAL");
    tell({ kind: "failed", code, message: text });
  }
}

process.on("message", (message: ToWorker) => void handle(message));
// Without its parent nobody would take the results.
process.on("disconnect", () => process.exit(1));
