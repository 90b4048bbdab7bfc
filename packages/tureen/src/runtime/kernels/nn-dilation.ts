import { allocate, type DataOf, type DType } from "../../core/dtype.js";
import { elementCount, type Shape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Attrs } from "../../graph/attr-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
import {
  placeWindow,
  requireRank,
  type Spatial,
  spatialOf,
  type WindowAttrs,
  type WindowGeometry,
} from "./nn/conv-geometry.js";

type Elements = Float64Array;

const isHalf = (dtype: DType): boolean => dtype === "float16" || dtype === "bfloat16";

function elementsOf(value: TensorValue): Elements {
  return (isHalf(value.dtype) ? realData(value) : value.data) as unknown as Elements;
}

function emptyElements(dtype: DType, length: number): Elements {
  return (isHalf(dtype) ? realArray(dtype, length) : allocate(dtype, length)) as unknown as Elements;
}

function elementsValue(dtype: DType, shape: Shape, data: Elements): TensorValue {
  return isHalf(dtype)
    ? realValue(dtype, shape, data as FloatArray)
    : tensorValue(dtype, shape, data as unknown as DataOf[DType]);
}

function dilationWindow(attrs: Attrs): WindowAttrs {
  const strides = attrs.ints("strides");
  const rates = attrs.ints("rates");
  if (strides[0] !== 1 || strides[3] !== 1) {
    throw invalidArgument("Stride is only supported across spatial dimensions.");
  }
  if (rates[0] !== 1 || rates[3] !== 1) throw invalidArgument("Rate is only supported across spatial dimensions.");
  return {
    strides: spatialOf(strides, false),
    dilations: spatialOf(rates, false),
    padding: attrs.text("padding"),
    explicit: [],
    channelFirst: false,
    spatialRank: 2,
  };
}

interface Placed {
  readonly geometry: WindowGeometry;
  readonly batch: number;
  readonly channels: number;
}

function place(input: Shape, filter: Shape, window: WindowAttrs): Placed {
  requireRank("input", input, 4);
  if (filter.length !== 3) throw invalidArgument(`filter must be 3-dimensional: [${filter.join(",")}]`);
  if (input[3] !== filter[2]) {
    throw invalidArgument(`input and filter must have the same depth: ${input[3]} vs ${filter[2]}`);
  }
  const spatial: Spatial = [1, input[1]!, input[2]!];
  return { geometry: placeWindow(spatial, [1, filter[0]!, filter[1]!], window), batch: input[0]!, channels: input[3]! };
}

/** Visits each output with the input and filter elements (flat indices) whose sum is largest, the first of equals. */
function forMaxima(
  { geometry, batch, channels }: Placed,
  data: Elements,
  filter: Elements,
  visit: (out: number, input: number, tap: number) => void,
): void {
  const [, ih, iw] = geometry.input;
  const [, oh, ow] = geometry.output;
  let out = 0;
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < oh; y++) {
      for (let x = 0; x < ow; x++) {
        for (let c = 0; c < channels; c++, out++) {
          let [input, tap] = [-1, -1];
          let best = data[0]!;
          for (let b = 0; b < geometry.window[1]; b++) {
            const row = y * geometry.strides[1] - geometry.before[1] + b * geometry.dilations[1];
            if (row < 0 || row >= ih) continue;
            for (let a = 0; a < geometry.window[2]; a++) {
              const column = x * geometry.strides[2] - geometry.before[2] + a * geometry.dilations[2];
              if (column < 0 || column >= iw) continue;
              const at = ((n * ih + row) * iw + column) * channels + c;
              const weight = (b * geometry.window[2] + a) * channels + c;
              const sum = data[at]! + filter[weight]!;
              if (input < 0 || sum > best) [best, input, tap] = [sum, at, weight];
            }
          }
          if (input >= 0) visit(out, input, tap);
        }
      }
    }
  }
}

const dilation: KernelFactory = ({ attrs }) => {
  const window = dilationWindow(attrs);
  return ([input, filter]) => {
    const placed = place(input!.shape, filter!.shape, window);
    const [, oh, ow] = placed.geometry.output;
    const shape = [placed.batch, oh, ow, placed.channels];
    const [data, weights] = [elementsOf(input!), elementsOf(filter!)];
    const out = emptyElements(input!.dtype, elementCount(shape));
    forMaxima(placed, data, weights, (to, at, tap) => {
      out[to] = data[at]! + weights[tap]!;
    });
    return [elementsValue(input!.dtype, shape, out)];
  };
};

/** Each output's gradient goes to the input (or the filter) element that made its maximum. */
function dilationGrad(to: "input" | "filter"): KernelFactory {
  return ({ attrs }) => {
    const window = dilationWindow(attrs);
    return ([input, filter, grad]) => {
      const placed = place(input!.shape, filter!.shape, window);
      const target = to === "input" ? input! : filter!;
      const out = emptyElements(target.dtype, target.data.length);
      const dy = elementsOf(grad!);
      forMaxima(placed, elementsOf(input!), elementsOf(filter!), (index, at, tap) => {
        const place = to === "input" ? at : tap;
        out[place] = out[place]! + dy[index]!;
      });
      return [elementsValue(target.dtype, target.shape, out)];
    };
  };
}

/** Host kernels of grayscale dilation. */
export const nnDilationKernels: KernelTable = {
  Dilation2D: dilation,
  Dilation2DBackpropInput: dilationGrad("input"),
  Dilation2DBackpropFilter: dilationGrad("filter"),
};
