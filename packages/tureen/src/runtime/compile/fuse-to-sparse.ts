import { toSparseKernel } from "../kernels/plan-to-sparse.js";
import { type Pattern, producer, samePort } from "./fuse-match.js";

/**
 * `_to_sparse_input_and_drop_ignore_values`: the elements of a dense matrix that are not the ignored one, as a sparse tensor.
 *
 * NotEqual, Where and GatherNd become one pass over the elements.
 */
export const fuseToSparse: Pattern = (root) => {
  if (root.type !== "GatherNd") return [];
  const where = producer(root.inputs[1], "Where");
  const wanted = producer(where?.inputs[0], "NotEqual");
  const [source] = root.inputs;
  if (where === undefined || wanted === undefined || !samePort(wanted.inputs[0], source)) return [];
  const ignored = wanted.inputs[1]!.node.value;
  if (ignored === undefined || ignored.shape.length !== 0) return [];
  if (ignored.dtype !== "string" && ignored.dtype !== "int64" && ignored.dtype !== "int32") return [];
  return [
    {
      members: [root, where, wanted],
      outputs: [where.port(), root.port()],
      reads: [source!, wanted.inputs[1]!],
      key: "",
      kernel: ([from], unfused) => toSparseKernel(from!, ignored, unfused),
    },
  ];
};
