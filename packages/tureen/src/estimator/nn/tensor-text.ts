import type { Tensor } from "../../graph/graph.js";

/** A tensor in TensorFlow's messages, as Python's `str` gives it: `Tensor("x:0", shape=(None, 2), dtype=float32)`. */
export function tensorText({ name, shape, dtype }: Tensor): string {
  return `Tensor("${name}"${shape === undefined ? "" : `, shape=${shapeTuple(shape)}`}, dtype=${dtype})`;
}

/** A tensor within a container in TensorFlow's messages, as Python's `repr` gives it: `<tf.Tensor 'x:0' shape=(None, 2) dtype=float32>`. */
export function tensorRepr({ name, shape, dtype }: Tensor): string {
  return `<tf.Tensor '${name}' shape=${shape === undefined ? "<unknown>" : shapeTuple(shape)} dtype=${dtype}>`;
}

/** Tensors by name as Python prints a dict of them. */
export function tensorDictText(tensors: Readonly<Record<string, Tensor>>): string {
  return `{${Object.entries(tensors)
    .map(([key, tensor]) => `'${key}': ${tensorRepr(tensor)}`)
    .join(", ")}}`;
}

function shapeTuple(shape: readonly number[]): string {
  const sizes = shape.map((size) => (size < 0 ? "None" : String(size)));
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}
