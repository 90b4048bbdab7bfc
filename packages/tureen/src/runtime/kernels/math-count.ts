import { dtypeLabel, isFloatingDType } from "../../core/dtype.js";
import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { cellsOf, indicesOf, integerOf, integersValue } from "./array/cells.js";
import { numberReader } from "./array/number-access.js";
import { floatText } from "./check/summarize-value.js";

function bits(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const populationCount: KernelFactory =
  () =>
  ([x]) => {
    const cells = cellsOf(x!);
    const out = new Uint8Array(elementCount(x!.shape));
    const width = cells.length / Math.max(out.length, 1);
    for (let i = 0; i < cells.length; i++) {
      const at = Math.floor(i / width);
      out[at] = out[at]! + bits(cells[i]!);
    }
    return [tensorValue("uint8", x!.shape, out)];
  };

/** The dtypes whose scalars TensorFlow takes for a boolean. */
const truthy = /^(float32|float64|int8|int16|int32|int64|uint8|bool|string)$/;

const toBool: KernelFactory =
  () =>
  ([x]) => {
    let answer: boolean;
    if (x!.shape.length > 0) answer = elementCount(x!.shape) > 0;
    else if (!truthy.test(x!.dtype)) {
      throw invalidArgument(`${dtypeLabel(x!.dtype)} cannot be converted to a boolean`);
    } else if (x!.dtype === "string") answer = (x!.data as readonly Uint8Array[])[0]!.length > 0;
    else answer = Number((x!.data as ArrayLike<number | bigint>)[0]) !== 0;
    return [tensorValue("bool", [], Uint8Array.of(answer ? 1 : 0))];
  };

const histogram: KernelFactory = ({ outputTypes }) => {
  return (inputs) => {
    const [values, limits, count] = inputs as readonly [TensorValue, TensorValue, TensorValue];
    if (limits.shape.length !== 1 || limits.shape[0] !== 2) {
      throw invalidArgument("value_range should be a vector of 2 elements.");
    }
    if (count.shape.length !== 0) throw invalidArgument("nbins should be a scalar.");
    const { dtype } = values;
    const readLimit = numberReader(limits);
    const [low, high] = [readLimit(0), readLimit(1)];
    if (!(low < high)) {
      const shown = (x: number): string => (isFloatingDType(dtype) ? floatText(x, dtype === "float64") : String(x));
      throw invalidArgument(
        `value_range should satisfy value_range[0] < value_range[1], but got '[${shown(low)}, ${shown(high)}]'`,
      );
    }
    const bins = integerOf(count);
    if (bins <= 0) throw invalidArgument(`nbins should be a positive number, but got '${bins}'`);
    const read = numberReader(values);
    const size = elementCount(values.shape);
    const out = new Float64Array(bins);
    // The step has the precision of the dtype, the bin is found in float64.
    const f = dtype === "float32" ? Math.fround : (x: number): number => x;
    const step = f(f(high - low) / bins);
    for (let i = 0; i < size; i++) {
      const value = read(i);
      if (Number.isNaN(value)) throw invalidArgument("Histogram values must not contain NaN");
      const bin = Math.min(bins - 1, Math.max(0, Math.floor(f(f(value - low) / step))));
      out[bin] = out[bin]! + 1;
    }
    return [integersValue(outputTypes[0]!, [bins], out)];
  };
};

const unravelIndex: KernelFactory = ({ outputTypes }) => {
  const dtype = outputTypes[0]!;
  return (inputs) => {
    const [indices, dims] = inputs as readonly [TensorValue, TensorValue];
    if (indices.shape.length > 1) {
      throw invalidArgument(`The indices can only be scalar or vector, got "${shapeText(indices.shape)}"`);
    }
    if (dims.shape.length !== 1) {
      throw invalidArgument(`The indices can only be 1-D, got "${shapeText(dims.shape)}"`);
    }
    const sizes = indicesOf(dims);
    const rank = sizes.length;
    sizes.forEach((size, d) => {
      if (size === 0) {
        throw invalidArgument(`Input dims cannot contain a dim of zero, but dims contains zero at index ${d}`);
      }
    });
    const limit = elementCount([...sizes]);
    const places = indicesOf(indices);
    const count = places.length;
    const out = new Float64Array(rank * count);
    for (let i = 0; i < count; i++) {
      let rest = places[i]!;
      if (rest >= limit) throw invalidArgument("index is out of bound as with dims");
      for (let d = rank - 1; d >= 0; d--) {
        out[d * count + i] = rest % sizes[d]!;
        rest = Math.trunc(rest / sizes[d]!);
      }
    }
    return [integersValue(dtype, indices.shape.length === 0 ? [rank] : [rank, count], out)];
  };
};

/** Host kernels that count: bits, histograms, coordinates; and of what is true. */
export const mathCountKernels: KernelTable = {
  PopulationCount: populationCount,
  ToBool: toBool,
  HistogramFixedWidth: histogram,
  UnravelIndex: unravelIndex,
};
