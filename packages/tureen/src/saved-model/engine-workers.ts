import { availableParallelism, totalmem } from "node:os";

/** The part of the machine's memory that copies of one model's weights may fill. */
const partForCopies = 1 / 8;

/** The memory that this process may use, in bytes: its container's, else the machine's. */
function usableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * In how many worker threads a model may run where its loader does not say: one for each processor, as TensorFlow's own thread pools have.
 *
 * ONNX Runtime copies the weights (in bytes) in each thread that runs the model: those of the second and later workers have to fit into an eighth of the memory.
 * Workers start when all others are busy, so that the number says what may be, not what is.
 */
export function defaultEngineWorkers(
  weightBytes: number,
  processors: number = availableParallelism(),
  memoryBytes: number = usableMemory(),
): number {
  const copies = weightBytes === 0 ? processors : Math.floor((memoryBytes * partForCopies) / weightBytes);
  return Math.max(1, Math.min(processors, copies + 1));
}
