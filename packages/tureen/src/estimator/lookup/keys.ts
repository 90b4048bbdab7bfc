import { Tensor } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";

/** What is looked up: a tensor of any shape, or the values of a sparse or ragged one. */
export type Keys = Tensor | SparseTensor | RaggedTensor;

/** The dense tensor of the keys. */
export function valuesOf(keys: Keys): Tensor {
  return keys instanceof Tensor ? keys : keys.values;
}

/** The same kind of tensor with other values. */
export function withValues<K extends Keys>(keys: K, values: Tensor): K {
  if (keys instanceof SparseTensor) {
    return new SparseTensor(keys.indices, values, keys.denseShape, keys.shape) as K;
  }
  if (!(keys instanceof RaggedTensor)) return values as K;
  const { rowSplits, uniformRowLength } = keys;
  return new RaggedTensor(values, rowSplits, { uniformRowLength }) as K;
}
