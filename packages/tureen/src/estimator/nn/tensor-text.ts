import { shapeTuple } from "../../core/shape.js";
import { Tensor } from "../../graph/graph.js";
import { isRows, type RaggedRows, RaggedTensor } from "../../graph/ragged-tensor.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";

/** A tensor in TensorFlow's messages, as Python's `str` gives it: `Tensor("x:0", shape=(None, 2), dtype=float32)`. */
export function tensorText({ name, shape, dtype }: Tensor): string {
  return `Tensor("${name}"${shape === undefined ? "" : `, shape=${shapeTuple(shape)}`}, dtype=${dtype})`;
}

/** A tensor within a container in TensorFlow's messages, as Python's `repr` gives it: `<tf.Tensor 'x:0' shape=(None, 2) dtype=float32>`. */
export function tensorRepr({ name, shape, dtype }: Tensor): string {
  return `<tf.Tensor '${name}' shape=${shape === undefined ? "<unknown>" : shapeTuple(shape)} dtype=${dtype}>`;
}

/** A sparse tensor in TensorFlow's messages, wherever it stands. */
export function sparseTensorText({ indices, values, denseShape }: SparseTensor): string {
  return `SparseTensor(indices=${tensorText(indices)}, values=${tensorText(values)}, dense_shape=${tensorText(denseShape)})`;
}

/** A ragged tensor in TensorFlow's messages, wherever it stands. */
export function raggedTensorText({ values, rowSplits }: RaggedRows): string {
  return `tf.RaggedTensor(values=${isRows(values) ? raggedTensorText(values) : tensorText(values)}, row_splits=${tensorText(rowSplits)})`;
}

/** What may be a tensor of any kind, as Python's `str` gives it. */
export function anyTensorText(value: unknown): string {
  if (value instanceof Tensor) return tensorText(value);
  if (value instanceof SparseTensor) return sparseTensorText(value);
  return value instanceof RaggedTensor ? raggedTensorText(value as RaggedRows) : String(value);
}

/** Tensors by name as Python prints a dict of them. */
export function tensorDictText(tensors: Readonly<Record<string, Tensor | SparseTensor | RaggedRows>>): string {
  return `{${Object.entries(tensors)
    .map(([key, tensor]) => `'${key}': ${tensor instanceof Tensor ? tensorRepr(tensor) : anyTensorText(tensor)}`)
    .join(", ")}}`;
}
