/** `tf.sets`: sets in the last dimension of dense or sparse tensors; results are sparse, their values sorted. */
import { checkOptions } from "../../core/check-options.js";
import { build, buildOp, type NamedOptions } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";

/** A dense or a sparse tensor of sets. */
export type Sets = Tensor | SparseTensor;

/** Options of set operations. */
export interface SetOptions extends NamedOptions {
  /** Whether the order and range of a sparse tensor's indices is checked; default true. */
  readonly validateIndices?: boolean;
}

function parts(set: Sets): readonly Tensor[] {
  return set instanceof Tensor ? [set] : [set.indices, set.values, set.denseShape];
}

function operation(a: Sets, b: Sets, kind: string, { validateIndices = true, name }: SetOptions): SparseTensor {
  // There is no op for a sparse set and a dense one in this order.
  if (a instanceof SparseTensor && b instanceof Tensor) {
    return operation(b, a, kind === "a-b" ? "b-a" : kind === "b-a" ? "a-b" : kind, { validateIndices, name });
  }
  const type =
    a instanceof SparseTensor ? "SparseToSparse" : b instanceof SparseTensor ? "DenseToSparse" : "DenseToDense";
  const attrs = { set_operation: kind, validate_indices: validateIndices };
  const [indices, values, shape] = buildOp(`${type}SetOperation`, [...parts(a), ...parts(b)], attrs, name).outputs;
  return new SparseTensor(indices!, values!, shape!);
}

/** What is in both (`tf.sets.intersection`). */
export function intersection(a: Sets, b: Sets, options: SetOptions = {}): SparseTensor {
  checkOptions("intersection", options, { validateIndices: "optional", name: "optional" });
  return operation(a, b, "intersection", options);
}

/** What is in one or both (`tf.sets.union`). */
export function union(a: Sets, b: Sets, options: SetOptions = {}): SparseTensor {
  checkOptions("union", options, { validateIndices: "optional", name: "optional" });
  return operation(a, b, "union", options);
}

/** What is in a and not in b, or with `aminusb: false` the other way round (`tf.sets.difference`). */
export function difference(a: Sets, b: Sets, options: SetOptions & { readonly aminusb?: boolean } = {}): SparseTensor {
  checkOptions("difference", options, { validateIndices: "optional", aminusb: "optional", name: "optional" });
  const { aminusb = true, ...others } = options;
  return operation(a, b, aminusb ? "a-b" : "b-a", others);
}

/** How many different values each set has (`tf.sets.size`): int32. */
export function size(a: SparseTensor, options: SetOptions = {}): Tensor {
  checkOptions("size", options, { validateIndices: "optional", name: "optional" });
  return build("SetSize", [...parts(a)], { validate_indices: options.validateIndices ?? true }, options.name);
}
