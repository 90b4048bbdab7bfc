import { checkOptions } from "../../core/check-options.js";
import { asTensor, build, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";

/** Options of `cumsum` and `cumprod`. */
export interface CumulativeOptions extends NamedOptions {
  /** Along which axis; default the first. */
  readonly axis?: number | undefined;
  /** Whether each result leaves its own element out; default false. */
  readonly exclusive?: boolean | undefined;
  /** Whether it goes from the end; default false. */
  readonly reverse?: boolean | undefined;
}

/** A cumulative function by TensorFlow's name. */
export type Cumulative = (x: TensorLike, options?: CumulativeOptions) => Tensor;

function cumulative(op: "Cumsum" | "Cumprod", call: string): Cumulative {
  return (x, options = {}) => {
    checkOptions(call, options, { axis: "optional", exclusive: "optional", reverse: "optional", name: "optional" });
    const { axis = 0, exclusive = false, reverse = false, name = op } = options;
    return build(op, [x, asTensor(axis, "int32", "axis")], { exclusive, reverse }, name);
  };
}

/** Sums of the elements up to each one along an axis (`tf.cumsum`). */
export const cumsum: Cumulative = cumulative("Cumsum", "cumsum");
/** Products of the elements up to each one along an axis (`tf.math.cumprod`). */
export const cumprod: Cumulative = cumulative("Cumprod", "cumprod");
