import type { KernelTable } from "../kernel.js";
import { sparseByHandleKernels } from "./sparse/by-handle.js";
import { crossKernels } from "./sparse/cross.js";
import { fillEmptyRows, fillEmptyRowsGrad } from "./sparse/fill-empty-rows.js";
import { sparseMathKernels } from "./sparse/math.js";
import { rearrangeKernels } from "./sparse/rearrange.js";
import { sparseReduceKernels } from "./sparse/reduce.js";
import { sparseReshape } from "./sparse/reshape.js";
import { serializeKernels } from "./sparse/serialize.js";
import { setKernels } from "./sparse/sets.js";
import { sparseToDense } from "./sparse/to-dense.js";

/** Host kernels of the sparse family. */
export const sparseKernels: KernelTable = {
  ...sparseByHandleKernels,
  ...crossKernels,
  ...rearrangeKernels,
  ...serializeKernels,
  ...setKernels,
  ...sparseMathKernels,
  ...sparseReduceKernels,
  SparseFillEmptyRows:
    () =>
    ([indices, values, denseShape, defaultValue]) =>
      fillEmptyRows(indices!, values!, denseShape!, defaultValue!),
  SparseFillEmptyRowsGrad:
    () =>
    ([reverseIndexMap, gradValues]) =>
      fillEmptyRowsGrad(reverseIndexMap!, gradValues!),
  SparseReshape:
    () =>
    ([indices, shape, newShape]) =>
      sparseReshape(indices!, shape!, newShape!),
  SparseToDense: ({ attrs }) => {
    const validate = attrs.bool("validate_indices");
    return ([indices, shape, values, defaultValue]) => [
      sparseToDense(indices!, shape!, values!, defaultValue!, validate),
    ];
  },
};
