import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { asTensor, build, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { shapeOf } from "../nn/tensor-shape.js";

/** Options of `zerosLike` and `onesLike`. */
export interface LikeOptions extends NamedOptions {
  /** Default that of the tensor. */
  readonly dtype?: DType | undefined;
}

function like(
  op: "ZerosLike" | "OnesLike",
  call: string,
  value: 0 | 1,
): (x: TensorLike, options?: LikeOptions) => Tensor {
  return (given, options = {}) => {
    checkOptions(call, options, { dtype: "optional", name: "optional" });
    const x = asTensor(given);
    const { dtype = x.dtype, name = op } = options;
    if (dtype === x.dtype) return build(op, [x], {}, name);
    return nameScope(name, (scope) =>
      build("Fill", [shapeOf(x), constant(dtype === "bool" ? value === 1 : value, dtype)], {}, scope),
    );
  };
}

/** Zeros, or false, of a tensor's shape (`tf.zeros_like`). */
export const zerosLike: (x: TensorLike, options?: LikeOptions) => Tensor = like("ZerosLike", "zerosLike", 0);
/** Ones, or true, of a tensor's shape (`tf.ones_like`). */
export const onesLike: (x: TensorLike, options?: LikeOptions) => Tensor = like("OnesLike", "onesLike", 1);

/** Options of `oneHot`. */
export interface OneHotOptions extends NamedOptions {
  /** What stands at an index; default 1. */
  readonly onValue?: number | boolean | string | undefined;
  /** What stands elsewhere; default 0. */
  readonly offValue?: number | boolean | string | undefined;
  /** Where the new dimension goes; default the last. */
  readonly axis?: number | undefined;
  /** Default float32. */
  readonly dtype?: DType | undefined;
}

/** For each index a row of `depth` elements, one of which is on (`tf.one_hot`); none where it is out of range. */
export function oneHot(indices: TensorLike, depth: number | Tensor, options: OneHotOptions = {}): Tensor {
  checkOptions("oneHot", options, {
    onValue: "optional",
    offValue: "optional",
    axis: "optional",
    dtype: "optional",
    name: "optional",
  });
  const { onValue, offValue, axis, name = "one_hot" } = options;
  const dtype = options.dtype ?? dtypeOf(onValue ?? offValue);
  const value = (given: typeof onValue, usual: 0 | 1, part: string): Tensor =>
    constant(given ?? (dtype === "bool" ? usual === 1 : usual), dtype, `${name}/${part}`);
  const places = asTensor(
    indices,
    typeof indices === "object" && "dtype" in indices ? undefined : "int32",
    `${name}/indices`,
  );
  const count = typeof depth === "number" ? constant(depth, "int32", `${name}/depth`) : depth;
  const [on, off] = [value(onValue, 1, "on_value"), value(offValue, 0, "off_value")];
  return build("OneHot", [places, count, on, off], { axis }, name);
}

function dtypeOf(value: number | boolean | string | undefined): DType {
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "float32";
}
