import type { DType } from "../../../core/dtype.js";

/** float32 alone: ops that ONNX Runtime's CPU kernels have for nothing else, or where other dtypes would be converted. */
export const single: readonly DType[] = ["float32"];
/** The floats that need no conversion in ONNX Runtime. */
export const floats: readonly DType[] = ["float32", "float64"];
/** What arithmetic takes; integers wrap on both sides. */
export const numbers: readonly DType[] = ["float32", "float64", "int32", "int64"];
/** What is only moved about. */
export const movable: readonly DType[] = ["float32", "float64", "int32", "int64", "bool", "uint8", "int8"];
