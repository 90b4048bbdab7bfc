import type { KernelTable } from "../kernel.js";
import { crossKernels } from "./sparse/cross.js";
import { fillEmptyRows, fillEmptyRowsGrad } from "./sparse/fill-empty-rows.js";
import { sparseReshape } from "./sparse/reshape.js";
import { sparseToDense } from "./sparse/to-dense.js";

/** Host kernels of the sparse family. */
export const sparseKernels: KernelTable = {
  ...crossKernels,
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
