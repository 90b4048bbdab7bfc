import type { DType } from "../../core/dtype.js";

interface OnnxDType {
  /** `TensorProto.DataType` of onnx.proto. */
  readonly number: number;
  /** The name onnxruntime's JavaScript tensors use. */
  readonly name: string;
}

/** The dtypes that cross the border to ONNX Runtime; strings never do, as it cuts them at the first NUL byte. */
const onnxDTypes: Partial<Readonly<Record<DType, OnnxDType>>> = {
  float32: { number: 1, name: "float32" },
  uint8: { number: 2, name: "uint8" },
  int8: { number: 3, name: "int8" },
  int32: { number: 6, name: "int32" },
  int64: { number: 7, name: "int64" },
  bool: { number: 9, name: "bool" },
  float64: { number: 11, name: "float64" },
};

/** The number and name of a dtype in ONNX; undefined for one that stays on the host. */
export function onnxDType(dtype: DType): OnnxDType | undefined {
  return onnxDTypes[dtype];
}
