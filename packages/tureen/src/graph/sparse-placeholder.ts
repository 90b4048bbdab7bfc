import { checkOptions } from "../core/check-options.js";
import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { tensorValue } from "../core/tensor-value.js";
import { build, constant } from "./build-op.js";
import { SparseTensor } from "./sparse-tensor.js";

/**
 * A sparse value that a run feeds (`tf.compat.v1.sparse_placeholder`): placeholders for its values, its indices and its dense shape.
 *
 * They are called `<name>/values`, `<name>/indices` and `<name>/shape`. Where the rank is known (sizes that are not are -1), the dense shape has
 * a default: TensorFlow's, -1 for an unknown size included.
 */
export function sparsePlaceholder(options: {
  readonly dtype: DType;
  readonly shape?: PartialShape | null | undefined;
  readonly name?: string | undefined;
}): SparseTensor {
  checkOptions("sparsePlaceholder", options, { dtype: "required", shape: "optional", name: "optional" });
  const { dtype, name } = options;
  const shape = options.shape ?? undefined;
  const named = (part: string): string | undefined => (name === undefined ? undefined : `${name}/${part}`);
  const rank = shape?.length ?? -1;
  const denseShape =
    shape === undefined
      ? build("Placeholder", [], { dtype: "int64", shape: [-1] }, named("shape"))
      : build(
          "PlaceholderWithDefault",
          [
            constant(
              tensorValue("int64", [rank], BigInt64Array.from(shape, BigInt)),
              undefined,
              named("shape_default"),
            ),
          ],
          { shape: [rank] },
          named("shape"),
        );
  const values = build("Placeholder", [], { dtype, shape: [-1] }, named("values"));
  const indices = build("Placeholder", [], { dtype: "int64", shape: [-1, rank] }, named("indices"));
  return new SparseTensor(indices, values, denseShape, shape);
}
