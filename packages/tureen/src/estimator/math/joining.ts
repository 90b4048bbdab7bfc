import { checkOptions, nameOnly } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, buildOp, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";

/** Tensors one behind the other along an axis, which may be counted from the end (`tf.concat`). */
export function concat(values: readonly TensorLike[], axis: number | Tensor, options: NamedOptions = {}): Tensor {
  checkOptions("concat", options, nameOnly);
  const name = options.name ?? "concat";
  if (values.length === 1) return build("Identity", [values[0]!], {}, name);
  return build("ConcatV2", [values, asTensor(axis, axis instanceof Tensor ? undefined : "int32", "axis")], {}, name);
}

/** Options of `split`. */
export interface SplitOptions extends NamedOptions {
  /** Default the first. */
  readonly axis?: number | undefined;
  /** How many pieces there are, where their sizes are a tensor of unknown shape. */
  readonly num?: number | undefined;
}

/**
 * The pieces of a tensor along an axis (`tf.split`): as many of one size as a number says, or of the sizes of a list, where -1 is the rest.
 *
 * INVALID_ARGUMENT where nothing tells how many sizes there are.
 */
export function split(
  value: TensorLike,
  numOrSizeSplits: number | readonly number[] | Tensor,
  options: SplitOptions = {},
): readonly Tensor[] {
  checkOptions("split", options, { axis: "optional", num: "optional", name: "optional" });
  const { axis = 0, name = "split" } = options;
  if (typeof numOrSizeSplits === "number") {
    const dim = constant(axis, "int32", `${name}/split_dim`);
    return buildOp("Split", [dim, value], { num_split: numOrSizeSplits }, name).outputs;
  }
  const sizes = numOrSizeSplits instanceof Tensor ? numOrSizeSplits : constant([...numOrSizeSplits], "int32", "Const");
  const num = options.num ?? sizes.shape?.[0] ?? -1;
  if (num < 0) throw invalidArgument(`Cannot infer argument \`num\` from shape ${String(sizes.shape)}`);
  return buildOp("SplitV", [value, sizes, constant(axis, "int32", `${name}/split_dim`)], { num_split: num }, name)
    .outputs;
}
