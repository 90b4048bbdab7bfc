import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { constantShape } from "./constant-value.js";
import type { Tensor } from "./graph.js";

/** A symbolic sparse tensor: int64 `indices` [N, rank], `values` [N], int64 `denseShape` [rank]. */
export class SparseTensor {
  readonly indices: Tensor;
  readonly values: Tensor;
  readonly denseShape: Tensor;
  readonly #shape: PartialShape;

  /** `shape` is what is known of the dense shape where the graph does not tell it. */
  constructor(indices: Tensor, values: Tensor, denseShape: Tensor, shape?: PartialShape) {
    this.indices = indices;
    this.values = values;
    this.denseShape = denseShape;
    this.#shape = shape;
  }

  get dtype(): DType {
    return this.values.dtype;
  }

  /** The dense shape as far as it is known before a run. */
  get shape(): PartialShape {
    return this.#shape ?? constantShape(this.denseShape);
  }
}
