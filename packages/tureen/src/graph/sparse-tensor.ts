import type { DType } from "../core/dtype.js";
import type { Tensor } from "./graph.js";

/** A symbolic sparse tensor: int64 `indices` [N, rank], `values` [N], int64 `denseShape` [rank]. */
export class SparseTensor {
  readonly indices: Tensor;
  readonly values: Tensor;
  readonly denseShape: Tensor;

  constructor(indices: Tensor, values: Tensor, denseShape: Tensor) {
    this.indices = indices;
    this.values = values;
    this.denseShape = denseShape;
  }

  get dtype(): DType {
    return this.values.dtype;
  }
}
