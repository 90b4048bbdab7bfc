import { checkOptions, nameOnly } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { Variable } from "../../graph/variable.js";
import { tensorPair } from "../nn/arithmetic.js";

/** Options of `gather`. */
export interface GatherOptions extends NamedOptions {
  /** The axis of `params` that indices name places on; default the first after the batch's. */
  readonly axis?: number | undefined;
  /** How many first dimensions of both go along together; default 0. */
  readonly batchDims?: number | undefined;
}

/**
 * The slices of a tensor, or of a variable without reading all of it, at indices along an axis (`tf.gather`).
 *
 * [...params before the axis, ...indices after the batch, ...params behind the axis]; plain indices are int32.
 */
export function gather(params: TensorLike | Variable, indices: TensorLike, options: GatherOptions = {}): Tensor {
  checkOptions("gather", options, { axis: "optional", batchDims: "optional", name: "optional" });
  const { batchDims = 0, name } = options;
  const axis = options.axis ?? batchDims;
  const places = indices instanceof Tensor ? indices : asTensor(indices, dtypeOf(indices) ?? "int32", "indices");
  if (params instanceof Variable && axis === 0 && batchDims === 0) return params.gather(places, name);
  const whole = params instanceof Variable ? params.read() : params;
  return build(
    "GatherV2",
    [whole, places, constant(axis, "int32", "axis")],
    { batch_dims: batchDims },
    name ?? "GatherV2",
  );
}

function dtypeOf(value: TensorLike): "int32" | "int64" | undefined {
  const dtype = typeof value === "object" && "dtype" in value ? value.dtype : undefined;
  return dtype === "int32" || dtype === "int64" ? dtype : undefined;
}

/**
 * The places where a condition is true, int64 [count, rank]; with x and y, x there and y elsewhere (`tf.where`).
 *
 * All three are broadcast to one shape. INVALID_ARGUMENT where only one of x and y is given.
 */
export function where(condition: TensorLike, options?: NamedOptions): Tensor;
export function where(condition: TensorLike, x: TensorLike, y: TensorLike, options?: NamedOptions): Tensor;
export function where(condition: TensorLike, ...rest: readonly unknown[]): Tensor {
  const [x, y, last] = isOptions(rest[0]) ? [undefined, undefined, rest[0]] : rest;
  const options = (last ?? {}) as NamedOptions;
  checkOptions("where", options, nameOnly);
  if (x === undefined && y === undefined) return build("Where", [condition], {}, options.name ?? "Where");
  if (x === undefined || y === undefined) throw invalidArgument("x and y must both be non-None or both be None.");
  const [a, b] = tensorPair(x as TensorLike, y as TensorLike);
  return build("SelectV2", [condition, a, b], {}, options.name ?? "SelectV2");
}

function isOptions(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Tensor) &&
    !ArrayBuffer.isView(value) &&
    !("dtype" in value)
  );
}
