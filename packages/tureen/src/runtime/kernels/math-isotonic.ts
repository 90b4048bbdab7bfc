import { tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";

/**
 * The decreasing sequence that is nearest to each row, by pooling of adjacent violators (Kruskal, 1964).
 *
 * Sums are kept in the result's precision, as TensorFlow's are. Not-a-numbers never violate an order, and so are pooled with nothing.
 */
function poolRow(data: FloatArray, from: number, size: number, out: FloatArray, segments: Int32Array): void {
  const round = out instanceof Float32Array ? Math.fround : (x: number): number => x;
  const starts: number[] = [];
  const sums: number[] = [];
  const means: number[] = [];
  for (let i = 0; i < size; i++) {
    let start = i;
    let sum = data[from + i]!;
    let mean = sum;
    while (means.length > 0 && mean > means.at(-1)!) {
      start = starts.pop()!;
      sum = round(sums.pop()! + sum);
      means.pop();
      mean = round(sum / (i + 1 - start));
    }
    starts.push(start);
    sums.push(sum);
    means.push(mean);
  }
  for (const [segment, start] of starts.entries()) {
    const end = starts[segment + 1] ?? size;
    out.fill(means[segment]!, from + start, from + end);
    segments.fill(segment, from + start, from + end);
  }
}

const isotonicRegression: KernelFactory = ({ outputTypes }) => {
  const dtype = outputTypes[0]!;
  return ([input]) => {
    const { shape } = input!;
    const data = input!.data instanceof BigInt64Array ? Float64Array.from(input!.data, Number) : realData(input!);
    const size = shape.at(-1) ?? 1;
    const out = realArray(dtype, data.length);
    const segments = new Int32Array(data.length);
    for (let from = 0; from < data.length; from += size) poolRow(data, from, size, out, segments);
    return [realValue(dtype, shape, out), tensorValue("int32", shape, segments)];
  };
};

/** Host kernel of isotonic regression. */
export const mathIsotonicKernels: KernelTable = { IsotonicRegression: isotonicRegression };
