import { currentGraph } from "../../graph/scope.js";

/** TensorFlow's graph seed where only an op seed is given (`random_seed.DEFAULT_GRAPH_SEED`). */
const defaultGraphSeed = 87654321;
/** Seeds are int32 in TensorFlow's Python. */
const maxInt32 = 2 ** 31 - 1;

/**
 * The `seed` and `seed2` attributes of a random op (`tf.compat.v1.get_seed`).
 *
 * Without a graph seed and an op seed both are 0: a seed of the moment. With a graph seed alone, the number of ops made so far is the op seed.
 */
export function getSeed(opSeed?: number): { readonly seed: number; readonly seed2: number } {
  const graph = currentGraph();
  if (graph.seed === undefined && opSeed === undefined) return { seed: 0, seed2: 0 };
  const seed = (graph.seed ?? defaultGraphSeed) % maxInt32;
  const seed2 = (opSeed ?? graph.lastId) % maxInt32;
  // Both zero would mean "of the moment" to the kernel.
  return seed === 0 && seed2 === 0 ? { seed: 0, seed2: maxInt32 } : { seed, seed2 };
}
