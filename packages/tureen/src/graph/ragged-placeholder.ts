import { checkOptions } from "../core/check-options.js";
import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { build } from "./build-op.js";
import { type AnyRagged, raggedOf } from "./ragged-tensor.js";
import { nameScope } from "./scope.js";

/**
 * A ragged value that a run feeds (`tf.compat.v1.ragged.placeholder`): placeholders for its flat values and for its row splits, int64 [rows + 1].
 *
 * They are called `<name>/flat_values` and `<name>/row_splits_<depth>`, the outermost being 0. `raggedRank` is the number of ragged dimensions, 1
 * or more. `valueShape` is the shape of one flat value (`[]` for numbers); without it not even its rank is known. INVALID_ARGUMENT for a rank below 1:
 * TensorFlow then gives a dense placeholder.
 */
export function raggedPlaceholder(options: {
  readonly dtype: DType;
  readonly raggedRank: number;
  readonly valueShape?: PartialShape | null | undefined;
  readonly name?: string | undefined;
}): AnyRagged {
  checkOptions("raggedPlaceholder", options, {
    dtype: "required",
    raggedRank: "required",
    valueShape: "optional",
    name: "optional",
  });
  const { dtype, raggedRank } = options;
  if (!(Number.isInteger(raggedRank) && raggedRank > 0)) {
    throw invalidArgument(`raggedRank must be a positive integer: ${raggedRank}`);
  }
  const valueShape = options.valueShape ?? undefined;
  const shape = valueShape === undefined ? null : [-1, ...valueShape];
  return nameScope(options.name ?? "RaggedPlaceholder", () => {
    const flatValues = build("Placeholder", [], { dtype, shape }, "flat_values");
    // TensorFlow makes the innermost first.
    const innermostFirst = Array.from({ length: raggedRank }, (_, i) =>
      build("Placeholder", [], { dtype: "int64", shape: [-1] }, `row_splits_${raggedRank - 1 - i}`),
    );
    return raggedOf(flatValues, innermostFirst.reverse());
  });
}
