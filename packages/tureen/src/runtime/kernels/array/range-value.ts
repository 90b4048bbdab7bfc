import type { DType, NumericArray } from "../../../core/dtype.js";
import { invalidArgument, StatusError } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { newValue } from "./cells.js";
import { readHalf, writeHalf } from "./half.js";

/** `start, start + delta, …` below (or above) `limit`, summed step by step in the dtype's own precision as TensorFlow's Range does. */
export function rangeValue(dtype: DType, start: TensorValue, limit: TensorValue, delta: TensorValue): TensorValue {
  if (dtype === "int64") return wideRange(start, limit, delta);
  const half = dtype === "float16" || dtype === "bfloat16";
  const scalar = (value: TensorValue): number => {
    const raw = (value.data as ArrayLike<number>)[0]!;
    return half ? readHalf(dtype, raw) : raw;
  };
  const [from, to, step] = [scalar(start), scalar(limit), scalar(delta)];
  checkDirection(from, to, step);
  const size = Math.ceil(Math.abs((to - from) / step));
  const output = newValue(dtype, [checkedSize(size)]);
  const data = output.data as unknown as NumericArray;
  if (half) {
    const cell = new Uint16Array(1);
    for (let i = 0, value = from; i < size; i++) {
      cell[0] = writeHalf(dtype, value);
      data[i] = cell[0]!;
      value = readHalf(dtype, cell[0]!) + step;
    }
  } else if (dtype === "float32") {
    for (let i = 0, value = from; i < size; i++, value = Math.fround(value + step)) data[i] = value;
  } else {
    for (let i = 0, value = from; i < size; i++, value += step) data[i] = value;
  }
  return output;
}

function checkDirection(from: number | bigint, to: number | bigint, step: number | bigint): void {
  if (step === 0 || step === 0n) throw invalidArgument("Requires delta != 0: 0");
  if (step > 0 && from > to) {
    throw invalidArgument(`Requires start <= limit when delta > 0: ${from}/${to}`);
  }
  if (step < 0 && from < to) {
    throw invalidArgument(`Requires start >= limit when delta < 0: ${from}/${to}`);
  }
}

function checkedSize(size: number): number {
  if (!(size <= Number.MAX_SAFE_INTEGER)) {
    throw new StatusError("INVALID_ARGUMENT", `Requires ((limit - start) / delta) <= ${(2n ** 63n - 1n).toString()}`);
  }
  return size;
}

function wideRange(start: TensorValue, limit: TensorValue, delta: TensorValue): TensorValue {
  const scalar = (value: TensorValue): bigint => (value.data as ArrayLike<bigint>)[0]!;
  const [from, to, step] = [scalar(start), scalar(limit), scalar(delta)];
  checkDirection(from, to, step);
  const distance = to > from ? to - from : from - to;
  const stride = step > 0n ? step : -step;
  const size = Number((distance + stride - 1n) / stride);
  const output = newValue("int64", [size]);
  const data = output.data as BigInt64Array;
  for (let i = 0, value = from; i < size; i++, value += step) data[i] = value;
  return output;
}
