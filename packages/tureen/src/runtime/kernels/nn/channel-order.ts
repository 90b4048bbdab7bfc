import type { NumericArray } from "../../../core/dtype.js";
import type { Shape } from "../../../core/shape.js";

type AnyArray = Float64Array;

/** Moves channels from behind the batch to the end (NCHW to NHWC); the kernels compute in that order only. */
export function channelsToLast<A extends NumericArray>(data: A, shape: Shape): A {
  const [batch, channels] = [shape[0]!, shape[1]!];
  return swap(data, batch, channels, data.length / Math.max(1, batch * channels));
}

/** Moves channels from the end to behind the batch (NHWC to NCHW); `batch` and `channels` are the sizes. */
export function channelsToFirst<A extends NumericArray>(data: A, batch: number, channels: number): A {
  return swap(data, batch, data.length / Math.max(1, batch * channels), channels);
}

/** Transposes `batch` matrices of `rows` × `columns`. */
function swap<A extends NumericArray>(data: A, batch: number, rows: number, columns: number): A {
  const source = data as unknown as AnyArray;
  const target = data.slice() as unknown as AnyArray;
  const size = rows * columns;
  for (let n = 0; n < batch; n++) {
    for (let r = 0; r < rows; r++) {
      let to = n * size + r;
      const from = n * size + r * columns;
      for (let c = 0; c < columns; c++) {
        target[to] = source[from + c]!;
        to += rows;
      }
    }
  }
  return target as unknown as A;
}
