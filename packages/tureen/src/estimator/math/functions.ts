/** Functions of the top of `tf` that are more than one op, or take other arguments than it, by TensorFlow's names. */
export * from "./arrays.js";
export * from "./counting.js";
export * from "./cumulative.js";
export * from "./einsum.js";
export * from "./elementwise.js";
export * from "./extremes.js";
export * from "./joining.js";
export * from "./likes.js";
export * from "./linear-algebra.js";
export * from "./picking.js";
export * from "./rearranging.js";
export * from "./sequences.js";
