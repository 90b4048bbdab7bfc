import type { TensorValue } from "../../core/tensor-value.js";

/** Where a kernel of the compiler's own nodes finds one of its values: an input, or a constant. */
export interface Source {
  readonly slot: number;
  readonly value: TensorValue | undefined;
}

/** The value of a source in a run. */
export function read(source: Source, inputs: readonly TensorValue[]): TensorValue {
  return source.value ?? inputs[source.slot]!;
}

/** The 32-bit words of an int32 or int64 value, in place: low before high. */
export function words(value: TensorValue): Int32Array {
  if (value.dtype !== "int64") return value.data as Int32Array;
  const data = value.data as BigInt64Array;
  return new Int32Array(data.buffer, data.byteOffset, data.length * 2);
}
