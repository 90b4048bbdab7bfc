import type { KernelTable } from "../kernel.js";
import { raggedGather, raggedRange, raggedToSparse, raggedToTensor } from "./ragged/conversions.js";
import { countOutputKernels } from "./ragged/count-output.js";
import { raggedCountKernels } from "./ragged/counts.js";
import { raggedCross } from "./ragged/cross.js";
import { raggedFillEmptyRows } from "./ragged/fill-empty-rows.js";
import { raggedVariantKernels } from "./ragged/variant.js";
import { fillEmptyRowsGrad } from "./sparse/fill-empty-rows.js";

/** Host kernels of the ragged family. */
export const raggedKernels: KernelTable = {
  ...countOutputKernels,
  ...raggedCountKernels,
  ...raggedVariantKernels,
  RaggedCross: raggedCross,
  RaggedFillEmptyRows:
    () =>
    ([rowIds, values, rows, defaultValue]) =>
      raggedFillEmptyRows(rowIds!, values!, rows!, defaultValue!),
  RaggedFillEmptyRowsGrad:
    () =>
    ([reverseIndexMap, gradValues]) =>
      fillEmptyRowsGrad(reverseIndexMap!, gradValues!),
  RaggedTensorToSparse: ({ attrs }) => {
    const rank = attrs.int("RAGGED_RANK");
    return (inputs) => raggedToSparse(inputs.slice(0, rank), inputs[rank]!);
  },
  RaggedRange: ({ attrs }) => {
    const splits = attrs.type("Tsplits") as "int32" | "int64";
    return (inputs) => raggedRange(inputs, splits);
  },
  RaggedGather: ({ attrs }) => {
    const rank = attrs.int("PARAMS_RAGGED_RANK");
    const outputRank = attrs.int("OUTPUT_RAGGED_RANK");
    return (inputs) => raggedGather(inputs.slice(0, rank), inputs[rank]!, inputs[rank + 1]!, outputRank);
  },
  RaggedTensorToTensor: ({ attrs }) => {
    const types = attrs.texts("row_partition_types");
    return ([shape, values, defaultValue, ...partitions]) => [
      raggedToTensor(shape!, values!, defaultValue!, partitions, types),
    ];
  },
};
