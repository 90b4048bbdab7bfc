import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { build, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";

/** Options of `argmax` and `argmin`. */
export interface ArgOptions extends NamedOptions {
  /** Along which axis; default the first. */
  readonly axis?: number | undefined;
  /** int64 (default), int32, int16 or uint16. */
  readonly outputType?: DType | undefined;
}

/** A function that finds places, by TensorFlow's name. */
export type ArgFunction = (input: TensorLike, options?: ArgOptions) => Tensor;

function placesOf(op: "ArgMax" | "ArgMin", call: string): ArgFunction {
  return (input, options = {}) => {
    checkOptions(call, options, { axis: "optional", outputType: "optional", name: "optional" });
    const { axis = 0, outputType = "int64", name = op } = options;
    return build(op, [input, constant(axis, "int32", `${name}/dimension`)], { output_type: outputType }, name);
  };
}

/** The place of the greatest element along an axis, the first of equal ones (`tf.argmax`). */
export const argmax: ArgFunction = placesOf("ArgMax", "argmax");
/** The place of the least element along an axis, the first of equal ones (`tf.argmin`). */
export const argmin: ArgFunction = placesOf("ArgMin", "argmin");
