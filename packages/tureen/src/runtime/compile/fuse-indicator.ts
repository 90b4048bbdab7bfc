import { indicatorKernel } from "../kernels/plan-indicator.js";
import { isConstant, type Pattern, producer } from "./fuse-match.js";
import type { Port } from "./plan-node.js";

/**
 * An indicator column: `reduce_sum(one_hot(sparse_tensor_to_dense(ids, default_value=-1), depth), axis=[-2])`.
 *
 * Counts how often each id is in a row, without the matrix of ids and the one-hot vectors between.
 */
export const fuseIndicator: Pattern = (root, symbols) => {
  if (root.type !== "Sum" || root.outputTypes[0] !== "float32" || root.attrs.bool("keep_dims")) return [];
  const hot = producer(root.inputs[0], "OneHot");
  const dense = producer(hot?.inputs[0], "SparseToDense");
  if (hot === undefined || dense === undefined) return [];
  // Of rank 3, where the ids are a matrix, which the kernel checks.
  if (!isConstant(root.inputs[1], symbols, -2) && !isConstant(root.inputs[1], symbols, 1)) return [];
  const axis = hot.attrs.int("axis");
  if ((axis !== -1 && axis !== 2) || !isConstant(dense.inputs[3], symbols, -1)) return [];
  const [depth] = symbols.elements(hot.inputs[1]!) ?? [];
  if (typeof depth !== "number" || depth < 0 || !isScalar(hot.inputs[2], 1) || !isScalar(hot.inputs[3], 0)) return [];
  return [
    {
      members: [root, hot, dense],
      outputs: [root.port()],
      reads: dense.inputs.slice(0, 3),
      key: String(depth),
      kernel: (reads, unfused) => indicatorKernel(depth, reads, unfused),
    },
  ];
};

function isScalar(port: Port | undefined, expected: number): boolean {
  const value = port?.node.value;
  return value?.shape.length === 0 && (value.data as ArrayLike<number>)[0] === expected;
}
