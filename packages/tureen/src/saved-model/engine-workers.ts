import { totalmem } from "node:os";
import { processorCount } from "../core/processors.js";

/** The part of the memory that the second and later workers of one model may fill. */
const partForWorkers = 1 / 8;
/** What a worker takes besides the weights: a heap with the model's graph and plans, and what its runs compute on. */
const workerBytes = 96 * 2 ** 20;

/** The memory that this process may use, in bytes: its container's, else the machine's. */
function usableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * In how many worker threads a model may run where its loader does not say: one for each processor, as TensorFlow's own thread pools have.
 *
 * ONNX Runtime copies the weights (in bytes) in each thread that runs the model: the second and later workers have to fit into an eighth of the memory.
 * Workers start when all others are busy, so that the number says what may be, not what is.
 */
export function defaultEngineWorkers(
  weightBytes: number,
  processors: number = processorCount(),
  memoryBytes: number = usableMemory(),
): number {
  const further = Math.floor((memoryBytes * partForWorkers) / (workerBytes + weightBytes));
  return Math.max(1, Math.min(processors, further + 1));
}
