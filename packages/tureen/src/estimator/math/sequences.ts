import { checkOptions, nameOnly } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { asTensor, build, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { cast } from "../nn/arithmetic.js";

/** Options of `range`. */
export interface RangeOptions extends NamedOptions {
  /** The distance of the numbers, below 0 for falling ones; default 1. */
  readonly delta?: number | Tensor | undefined;
  /** Default that of the bounds: int32 for whole numbers, float32 for others. */
  readonly dtype?: DType | undefined;
}

/** Numbers from a start up to but without a limit (`tf.range`); one bound is the limit, and 0 the start. */
export function range(limit: number | Tensor, options?: RangeOptions): Tensor;
export function range(start: number | Tensor, limit: number | Tensor, options?: RangeOptions): Tensor;
export function range(
  first: number | Tensor,
  second: number | Tensor | RangeOptions = {},
  last: RangeOptions = {},
): Tensor {
  const hasBoth = typeof second === "number" || second instanceof Tensor;
  const options = hasBoth ? last : second;
  checkOptions("range", options, { delta: "optional", dtype: "optional", name: "optional" });
  const { delta = 1, name = "range" } = options;
  const [start, limit] = hasBoth ? [first, second] : [0, first];
  const bounds = [start, limit, delta] as const;
  const known = bounds.find((bound): bound is Tensor => bound instanceof Tensor)?.dtype;
  const dtype = options.dtype ?? known ?? (bounds.every((bound) => Number.isInteger(bound)) ? "int32" : "float32");
  const tensor = (bound: number | Tensor, part: string): Tensor =>
    bound instanceof Tensor
      ? bound.dtype === dtype
        ? bound
        : cast(bound, dtype)
      : asTensor(bound, dtype, `${name}/${part}`);
  return build("Range", [tensor(start, "start"), tensor(limit, "limit"), tensor(delta, "delta")], {}, name);
}

/** `num` numbers from a start to a stop, at equal distances (`tf.linspace`), both scalars; plain numbers are float32. */
export function linspace(
  start: TensorLike,
  stop: TensorLike,
  num: number | Tensor,
  options: NamedOptions = {},
): Tensor {
  checkOptions("linspace", options, nameOnly);
  const name = options.name ?? "LinSpace";
  const count = num instanceof Tensor ? num : asTensor(num, "int32", `${name}/num`);
  return build("LinSpace", [start, stop, count], {}, name);
}
