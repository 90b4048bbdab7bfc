/**
 * The thread in which long plans run: loads the models it is told to from their folders, and runs them one request after another.
 *
 * Ends when its last model is closed. Started by `engine-pool.ts`.
 */
import { parentPort } from "node:worker_threads";
import { collectGarbage } from "../core/collect-garbage.js";
import { setTensorLimit } from "../core/dtype.js";
import { toStatusError } from "../core/status-error.js";
import { loadSavedModel } from "./load.js";
import type { ServableModel } from "./signature.js";
import {
  type FromWorker,
  modelStamp,
  packTensors,
  reusableBuffers,
  type ToWorker,
  unpackTensors,
} from "./worker-messages.js";

const port = parentPort;
if (port === null) throw new Error("engine-worker runs as a worker thread only");

const models = new Map<number, Promise<ServableModel>>();

function tell(message: FromWorker, buffers: ArrayBuffer[] = []): void {
  port!.postMessage(message, buffers);
}

async function load(message: Extract<ToWorker, { kind: "load" }>): Promise<ServableModel> {
  const { directory, stamp, tags, loopLimit, warmUp, tensorLimit, weights } = message;
  setTensorLimit(tensorLimit);
  const model = await loadSavedModel(directory, {
    engineWorkers: 0,
    weights,
    ...(warmUp === undefined ? {} : { warmUp }),
    ...(tags === undefined ? {} : { tags }),
    ...(loopLimit === undefined ? {} : { loopLimit }),
  });
  if (modelStamp(directory) === stamp) return model;
  model.close();
  throw new Error("the model's files have changed since it was loaded");
}

async function run(message: Extract<ToWorker, { kind: "run" }>): Promise<void> {
  const { call, names, timeout, fetches } = message;
  const spent = reusableBuffers(message.feeds);
  try {
    const model = await models.get(message.model)!;
    const feeds = unpackTensors(message.feeds);
    const began = performance.now();
    const values = model.run(
      new Map(names.map((name, i) => [name, feeds[i]!] as const)),
      fetches,
      timeout === undefined ? {} : { deadline: began + timeout },
    );
    const milliseconds = performance.now() - began;
    // Copies: what is sent back of the feeds is in none of them.
    const { packed, buffers } = packTensors(values);
    tell({ kind: "result", call, values: packed, milliseconds, spent }, [...buffers, ...spent]);
  } catch (error) {
    const { code, message } = toStatusError(error, "INTERNAL");
    tell({ kind: "error", call, code, message, spent }, spent);
  }
}

port.on("message", (message: ToWorker) => {
  if (message.kind === "run") void run(message);
  else if (message.kind === "load") {
    const model = load(message);
    models.set(message.model, model);
    model.then(
      () => tell({ kind: "loaded", model: message.model }),
      (error: unknown) => tell({ kind: "loaded", model: message.model, problem: toStatusError(error).message }),
    );
  } else {
    const closed = models.get(message.model)?.then(
      (model) => model.close(),
      () => undefined,
    );
    models.delete(message.model);
    if (models.size === 0) port.close();
    // Weights that threads share are freed when the last thread has let go of them; with its last model this one ends.
    else void closed?.then(() => setImmediate(collectGarbage));
  }
});
