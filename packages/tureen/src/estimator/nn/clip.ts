import { checkOptions, nameOnly } from "../../core/check-options.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, cast, div, greater, maximum, minimum, mul, sub, unary } from "./arithmetic.js";
import { onesLike, sizeOf } from "./tensor-shape.js";

interface Named {
  readonly name?: string;
}

/** `t`, scaled to an L2 norm of `clipNorm` over `axes` (all by default) where it is greater (`tf.clip_by_norm`). */
export function clipByNorm(
  t: Tensor,
  clipNorm: number,
  options: Named & { readonly axes?: readonly number[] } = {},
): Tensor {
  checkOptions("clipByNorm", options, { name: "optional", axes: "optional" });
  return nameScope(options.name ?? "clip_by_norm", (scope) => {
    const axes = constant([...(options.axes ?? t.shape!.map((_, i) => i))], "int32", "axes");
    const squares = build("Sum", [mul(t, t), axes], { keep_dims: true }, "Sum");
    // The root's gradient at 0 is infinite: it is taken of 1 there.
    const some = greater(squares, 0);
    const safe = build("SelectV2", [some, squares, onesLike(squares)], {}, "SelectV2");
    const norm = build("SelectV2", [some, unary("Sqrt", safe), squares], {}, "SelectV2");
    return build("Identity", [div(mul(t, clipNorm), maximum(norm, clipNorm))], {}, scope);
  });
}

/** The L2 norm of all elements of all tensors (`tf.linalg.global_norm`). */
export function globalNorm(tensors: readonly Tensor[], options: Named = {}): Tensor {
  checkOptions("globalNorm", options, nameOnly);
  return nameScope(options.name ?? "global_norm", (scope) => {
    const halves = tensors.map((tensor) => build("L2Loss", [tensor], {}, "L2Loss"));
    const total = build("Sum", [build("Pack", [halves], {}, "stack"), constant(0, "int32")], {}, "Sum");
    return unary("Sqrt", mul(total, 2), scope);
  });
}

/** Tensors scaled together to a `globalNorm` of `clipNorm` where it is greater, and that norm; NaN where it is not finite (`tf.clip_by_global_norm`). */
export function clipByGlobalNorm(
  tensors: readonly Tensor[],
  clipNorm: number,
  options: Named & { readonly useNorm?: Tensor } = {},
): { readonly clipped: readonly Tensor[]; readonly norm: Tensor } {
  checkOptions("clipByGlobalNorm", options, { name: "optional", useNorm: "optional" });
  const norm = options.useNorm ?? globalNorm(tensors);
  return nameScope(options.name ?? "clip_by_global_norm", () => {
    const scale = mul(minimum(div(1, norm), constant(1 / clipNorm, norm.dtype)), clipNorm);
    const finite = add(scale, sub(norm, norm));
    return { clipped: tensors.map((tensor) => mul(tensor, cast(finite, tensor.dtype))), norm };
  });
}

/** `t`, scaled to an L2 norm per element of `clipNorm` where it is greater (`tf.compat.v1.clip_by_average_norm`). */
export function clipByAverageNorm(t: Tensor, clipNorm: number, options: Named = {}): Tensor {
  checkOptions("clipByAverageNorm", options, nameOnly);
  return nameScope(options.name ?? "clip_by_average_norm", () => {
    const axes = constant([...t.shape!.keys()], "int32", "axes");
    const inverse = unary("Rsqrt", build("Sum", [mul(t, t), axes], {}, "Sum"));
    const count = cast(sizeOf(t), "float32");
    return mul(mul(t, clipNorm), minimum(mul(inverse, count), 1 / clipNorm));
  });
}
