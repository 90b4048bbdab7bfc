/** `tf.bitwise`: operations on the bits of integers. */
export { bitwiseAnd, bitwiseOr, bitwiseXor, invert, leftShift, rightShift } from "../../graph/ops/index.js";
