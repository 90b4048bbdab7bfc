import { parentPort, workerData } from "node:worker_threads";
import { importModule } from "../core/import-module.js";
import { toStatusError } from "../core/status-error.js";
import { decodeElement, encodeElement } from "./element-bytes.js";
import type { MapAnswer, MapTask, MapWorkerData } from "./map-pool.js";
import type { Structure } from "./structure.js";
import { toElement } from "./tensor-like.js";

const { module, functionName } = workerData as MapWorkerData;

/** The worker's function, loaded once; an error that every task is answered with where it cannot be. */
const loaded: Promise<(element: Structure) => unknown> = importModule(module).then((exports) => {
  const fn = exports[functionName];
  if (typeof fn !== "function") throw new Error(`${module} exports no function '${functionName}'`);
  return fn as (element: Structure) => unknown;
});
loaded.catch(() => {});

async function answer({ id, element }: MapTask): Promise<void> {
  let reply: MapAnswer;
  try {
    const result = await (await loaded)(decodeElement(element));
    reply = { id, element: encodeElement(toElement(result as Structure)) };
  } catch (error) {
    const { code, message } = toStatusError(error);
    reply = { id, code, message };
  }
  parentPort!.postMessage(reply, reply.element === undefined ? [] : [reply.element.buffer]);
}

parentPort!.on("message", (task: MapTask) => void answer(task));
