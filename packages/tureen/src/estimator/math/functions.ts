/** Functions of the top of `tf` that are made of several ops, by TensorFlow's names. */
export * from "./arrays.js";
export * from "./elementwise.js";
export * from "./linear-algebra.js";
