import type { DType } from "../../core/dtype.js";
import { internal } from "../../core/status-error.js";

/** Datatypes of the Open Inference Protocol by the dtypes that they stand for; quantized and complex ones have none. */
const byDType: Partial<Readonly<Record<DType, string>>> = Object.freeze({
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  bfloat16: "BF16",
  string: "BYTES",
});

const byName = new Map(Object.entries(byDType).map(([dtype, name]) => [name, dtype as DType] as const));

/** The protocol's name of a dtype; undefined for one that it has no name for. */
export function datatypeOf(dtype: DType): string | undefined {
  return byDType[dtype];
}

/** The dtype that the protocol's name stands for; undefined for an unknown name. */
export function dtypeOfDatatype(name: string): DType | undefined {
  return byName.get(name);
}

/** The datatype of a tensor that goes out; INTERNAL for a dtype that the protocol cannot carry. */
export function datatypeName(dtype: DType): string {
  const datatype = datatypeOf(dtype);
  if (datatype === undefined) throw internal(`The Open Inference Protocol has no datatype for ${dtype}`);
  return datatype;
}
