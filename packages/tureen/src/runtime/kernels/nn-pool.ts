import { allocate, type DataOf, type DType, type NumericArray } from "../../core/dtype.js";
import { elementCount, type Shape, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
import { channelsToFirst, channelsToLast } from "./nn/channel-order.js";
import { imageShape, placeWindow, spatialOf, splitImage, type WindowAttrs } from "./nn/conv-geometry.js";
import { averagePool, averagePoolGrad, maxPool, maxPoolArgmax, type Pool } from "./nn/pool.js";

type Elements = Float64Array;

/** Window, strides and padding; those of the V2 ops come as tensors. */
interface PoolSettings {
  readonly ksize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: string;
  readonly explicit: readonly number[];
  readonly channelFirst: boolean;
  readonly spatialRank: 2 | 3;
}

type Settings = (inputs: readonly TensorValue[]) => PoolSettings;

/** Settings from attributes, or from the tensors at `at` and after it. */
function settingsOf({ attrs }: KernelNode, spatialRank: 2 | 3, at?: number): Settings {
  const fixed = {
    padding: attrs.text("padding"),
    explicit: attrs.has("explicit_paddings") ? attrs.ints("explicit_paddings") : [],
    channelFirst: attrs.has("data_format") && attrs.text("data_format").startsWith("NC"),
    spatialRank,
  };
  if (at !== undefined) {
    return (inputs) => {
      const [ksize, strides] = [toIntegers(inputs[at]!), toIntegers(inputs[at + 1]!)];
      const wanted = spatialRank + 2;
      if (ksize.length !== wanted)
        throw invalidArgument(`Sliding window ksize field must specify ${wanted} dimensions`);
      if (strides.length !== wanted) {
        throw invalidArgument(`Sliding window stride field must specify ${wanted} dimensions`);
      }
      if (ksize.some((size) => size <= 0)) throw invalidArgument("Sliding window ksize must be positive.");
      const still = strides.find((stride) => stride <= 0);
      if (still !== undefined) throw invalidArgument(`Stride must be > 0, but got ${still}`);
      if (ksize[0] !== 1 || strides[0] !== 1) {
        throw unimplemented("Pooling is not yet supported on the batch dimension.");
      }
      return { ...fixed, ksize, strides };
    };
  }
  const settings: PoolSettings = { ...fixed, ksize: attrs.ints("ksize"), strides: attrs.ints("strides") };
  const rank = spatialRank + 2;
  if (settings.ksize.length !== rank)
    throw invalidArgument(`Sliding window ksize field must specify ${rank} dimensions`);
  if (settings.strides.length !== rank)
    throw invalidArgument(`Sliding window stride field must specify ${rank} dimensions`);
  if (settings.ksize.some((size) => size <= 0)) {
    throw invalidArgument(`ksize must be a positive number, but got ${settings.ksize.join(",")}`);
  }
  if (settings.ksize[0] !== 1 || settings.strides[0] !== 1) {
    throw unimplemented("Pooling is not yet supported on the batch dimension.");
  }
  return () => settings;
}

function windowOf(settings: PoolSettings): WindowAttrs {
  const { explicit, channelFirst, spatialRank } = settings;
  const pairs = Array.from(
    { length: explicit.length / 2 },
    (_, i) => [explicit[2 * i]!, explicit[2 * i + 1]!] as const,
  );
  const spatial = channelFirst ? pairs.slice(2) : pairs.slice(1, -1);
  return {
    strides: spatialOf(settings.strides, channelFirst),
    dilations: [1, 1, 1],
    padding: settings.padding,
    explicit: spatial.length === 2 ? [[0, 0], ...spatial] : spatial,
    channelFirst,
    spatialRank,
  };
}

interface Placed {
  readonly pool: Pool;
  readonly window: WindowAttrs;
  readonly outputShape: Shape;
}

function place(shape: Shape, settings: PoolSettings): Placed {
  const rank = settings.spatialRank + 2;
  if (shape.length !== rank) {
    throw invalidArgument(
      settings.spatialRank === 2
        ? `tensor_in_shape must have 2 spatial dimensions. ${shape.length} 0`
        : `tensor_in must be 5-dimensional`,
    );
  }
  const window = windowOf(settings);
  const { batch, spatial, channels } = splitImage(shape, window);
  const pool: Pool = {
    geometry: placeWindow(spatial, spatialOf(settings.ksize, settings.channelFirst), window),
    batch,
    channels,
  };
  return { pool, window, outputShape: imageShape(batch, pool.geometry.output, channels, window) };
}

/** Channel-last elements; 16-bit floats are widened so that they compare as numbers. */
function elementsOf(value: TensorValue, window: WindowAttrs): Elements {
  const data = (isHalf(value.dtype) ? realData(value) : value.data) as unknown as NumericArray;
  return (window.channelFirst ? channelsToLast(data, value.shape) : data) as unknown as Elements;
}

function isHalf(dtype: DType): boolean {
  return dtype === "float16" || dtype === "bfloat16";
}

function emptyElements(dtype: DType, length: number): Elements {
  return (isHalf(dtype) ? realArray(dtype, length) : allocate(dtype, length)) as unknown as Elements;
}

function elementsValue(dtype: DType, shape: Shape, elements: Elements, window: WindowAttrs): TensorValue {
  const data = window.channelFirst ? channelsToFirst(elements, shape[0]!, shape[1]!) : elements;
  return isHalf(dtype)
    ? realValue(dtype, shape, data as FloatArray)
    : tensorValue(dtype, shape, data as unknown as DataOf[DType]);
}

/** The lowest finite number of each dtype that pooling takes. */
const lowest: Partial<Record<DType, number | bigint>> = {
  float16: -65504,
  bfloat16: -(2 ** 127) * (2 - 2 ** -7),
  float32: -(2 ** 127) * (2 - 2 ** -23),
  float64: -Number.MAX_VALUE,
  int8: -(2 ** 7),
  int16: -(2 ** 15),
  int32: -(2 ** 31),
  int64: -(2n ** 63n),
  uint64: 0n,
};

function lowestOf(dtype: DType): number | bigint {
  return lowest[dtype] ?? 0;
}

function maxPoolForward(spatialRank: 2 | 3, settingsAt?: number): KernelFactory {
  return (node) => {
    const settings = settingsOf(node, spatialRank, settingsAt);
    return (inputs) => {
      const input = inputs[0]!;
      const found = settings(inputs);
      const depth = found.ksize[found.channelFirst ? 1 : spatialRank + 1]!;
      if (depth > 1) return [maxOverDepth(input, found, depth)];
      const { pool, window, outputShape } = place(input.shape, found);
      const out = emptyElements(input.dtype, elementCount(outputShape));
      maxPool(pool, elementsOf(input, window), out, lowestOf(input.dtype));
      return [elementsValue(input.dtype, outputShape, out, window)];
    };
  };
}

/** TensorFlow pools over the depth only where windows neither overlap nor leave a rest. */
function maxOverDepth(input: TensorValue, settings: PoolSettings, depth: number): TensorValue {
  const channels = input.shape.at(-1)!;
  if (settings.ksize.slice(0, -1).some((size) => size !== 1)) {
    throw unimplemented("MaxPooling supports exactly one of pooling across depth or pooling across width/height.");
  }
  if (channels % depth !== 0) {
    throw unimplemented("Depthwise max pooling requires the depth window to evenly divide the input depth");
  }
  if (settings.strides.at(-1) !== depth) {
    throw unimplemented("Depthwise max pooling requires the depth window to equal the depth stride");
  }
  const shape = [...input.shape.slice(0, -1), channels / depth];
  const window = { channelFirst: false } as WindowAttrs;
  const data = elementsOf(input, window);
  const out = emptyElements(input.dtype, elementCount(shape));
  for (let i = 0; i < out.length; i++) {
    let best = data[i * depth]!;
    for (let d = 1; d < depth; d++) if (data[i * depth + d]! > best) best = data[i * depth + d]!;
    out[i] = best;
  }
  return elementsValue(input.dtype, shape, out, window);
}

function averagePoolForward(spatialRank: 2 | 3): KernelFactory {
  return (node) => {
    const settings = settingsOf(node, spatialRank);
    return (inputs) => {
      const input = inputs[0]!;
      const found = settings(inputs);
      if (found.ksize[found.channelFirst ? 1 : spatialRank + 1]! > 1) {
        throw unimplemented("Non-spatial pooling is not yet supported. Volunteers? :)");
      }
      const { pool, window, outputShape } = place(input.shape, found);
      const out = emptyElements(input.dtype, elementCount(outputShape));
      averagePool(pool, elementsOf(input, window), out);
      return [elementsValue(input.dtype, outputShape, out, window)];
    };
  };
}

function checkGradShape(grad: TensorValue, expected: Shape): void {
  if (!sameShape(grad.shape, expected)) {
    throw invalidArgument(`Expected grad shape to be ${shapeText(expected)}, but got ${shapeText(grad.shape)}`);
  }
}

function checkOutputShape(output: TensorValue, expected: Shape): void {
  if (!sameShape(output.shape, expected)) {
    throw invalidArgument(
      `Expected orig_output shape to be ${shapeText(expected)}, but got ${shapeText(output.shape)}`,
    );
  }
}

/** Each window's gradient goes to its first maximum. */
function maxPoolGrad(spatialRank: 2 | 3, settingsAt?: number): KernelFactory {
  return (node) => {
    const settings = settingsOf(node, spatialRank, settingsAt);
    return (inputs) => {
      const [input, output, grad] = inputs as [TensorValue, TensorValue, TensorValue];
      if (input.shape.length === 3) throw invalidArgument("tensor_in must be 4-dimensional");
      const { pool, window, outputShape } = place(input.shape, settings(inputs));
      checkOutputShape(output, outputShape);
      checkGradShape(grad, outputShape);
      const argmax = maxPoolArgmax(pool, elementsOf(input, window));
      const out = emptyElements(grad.dtype, input.data.length);
      addAt(out, argmax, elementsOf(grad, window));
      return [elementsValue(grad.dtype, input.shape, out, window)];
    };
  };
}

function addAt(out: Elements, at: Int32Array, values: Elements): void {
  for (let i = 0; i < at.length; i++) if (at[i]! >= 0) out[at[i]!] = out[at[i]!]! + values[i]!;
}

/** What the second gradient of volumes asks first. */
function checkVolumes({ attrs }: KernelNode, input: TensorValue, output: TensorValue, grad: TensorValue): void {
  const names = ["tensor_in", "tensor_out", "out_grad_backprop"];
  for (const [i, { shape }] of [input, output, grad].entries()) {
    if (shape.length !== 5) throw invalidArgument(`${names[i]} must be 5-dimensional`);
  }
  const channel = attrs.text("data_format").startsWith("NC") ? 1 : 4;
  if (attrs.ints("ksize")[channel] !== 1 || attrs.ints("strides")[channel] !== 1) {
    throw unimplemented("MaxPooling3dGradGrad is not yet supported on the depth dimension.");
  }
}

/** The incoming gradient of the input, taken where each window's first maximum lies. */
function maxPoolGradGrad(spatialRank: 2 | 3, settingsAt?: number): KernelFactory {
  return (node) => {
    const settings = settingsOf(node, spatialRank, settingsAt);
    return (inputs) => {
      const [input, output, grad] = inputs as [TensorValue, TensorValue, TensorValue];
      if (spatialRank === 3) checkVolumes(node, input, output, grad);
      else if (input.shape.length === 3) throw invalidArgument("tensor_in must be 4-dimensional");
      const { pool, window, outputShape } = place(input.shape, settings(inputs));
      checkOutputShape(output, outputShape);
      checkGradShape(grad, input.shape);
      const argmax = maxPoolArgmax(pool, elementsOf(input, window));
      const out = emptyElements(grad.dtype, argmax.length);
      const values = elementsOf(grad, window);
      for (let i = 0; i < argmax.length; i++) if (argmax[i]! >= 0) out[i] = values[argmax[i]!]!;
      return [elementsValue(grad.dtype, outputShape, out, window)];
    };
  };
}

const maxPoolWithArgmax: KernelFactory = (node) => {
  const settings = settingsOf(node, 2);
  const withBatch = node.attrs.bool("include_batch_in_index");
  const indexType = node.attrs.type("Targmax");
  return (inputs) => {
    const input = inputs[0]!;
    if (input.shape.length === 4 && input.data.length === 0) throw invalidArgument("tensor_in must not be empty (2)");
    const { pool, window, outputShape } = place(input.shape, settings(inputs));
    const data = elementsOf(input, window);
    const argmax = maxPoolArgmax(pool, data);
    const out = emptyElements(input.dtype, argmax.length);
    for (let i = 0; i < argmax.length; i++) if (argmax[i]! >= 0) out[i] = data[argmax[i]!]!;
    const imageSize = elementCount(input.shape.slice(1));
    const indices = withBatch ? argmax : argmax.map((index) => index % imageSize);
    return [
      elementsValue(input.dtype, outputShape, out, window),
      indexType === "int64"
        ? tensorValue("int64", outputShape, BigInt64Array.from(indices, BigInt))
        : tensorValue("int32", outputShape, indices),
    ];
  };
};

const maxPoolGradWithArgmax: KernelFactory = (node) => {
  const withBatch = node.attrs.bool("include_batch_in_index");
  return ([input, grad, argmax]) => {
    const batch = input!.shape[0] ?? 0;
    const imageSize = batch === 0 ? 0 : elementCount(input!.shape) / batch;
    const perImage = batch === 0 ? 1 : elementCount(grad!.shape) / batch;
    const indices = Int32Array.from(toIntegers(argmax!));
    if (!withBatch)
      for (let i = 0; i < indices.length; i++) indices[i] = indices[i]! + Math.floor(i / perImage) * imageSize;
    const window = { channelFirst: false } as WindowAttrs;
    const out = emptyElements(grad!.dtype, elementCount(input!.shape));
    for (const index of indices) {
      if (index < 0 || index >= out.length) {
        throw invalidArgument(`Invalid input backprop index: ${index}, 0, ${out.length}`);
      }
    }
    addAt(out, indices, elementsOf(grad!, window));
    return [elementsValue(grad!.dtype, input!.shape, out, window)];
  };
};

function averagePoolBack(spatialRank: 2 | 3): KernelFactory {
  return (node) => {
    const settings = settingsOf(node, spatialRank);
    return (inputs) => {
      const [sizes, grad] = inputs as [TensorValue, TensorValue];
      const rank = spatialRank + 2;
      if (sizes.shape.length !== 1 || sizes.shape[0] !== rank) {
        throw invalidArgument(
          spatialRank === 2
            ? "out_backprop must be 1-dimensional and 4 elements"
            : "tensor_in must be 1-dimensional and 5 elements",
        );
      }
      if (grad.shape.length !== rank) throw invalidArgument(`out_backprop must be ${rank}-dimensional`);
      const shape = toIntegers(sizes);
      const { pool, window, outputShape } = place(shape, settings(inputs));
      checkGradShape(grad, outputShape);
      const out = emptyElements(grad.dtype, elementCount(shape));
      averagePoolGrad(pool, elementsOf(grad, window), out);
      return [elementsValue(grad.dtype, shape, out, window)];
    };
  };
}

/** Host kernels of pooling. */
export const nnPoolKernels: KernelTable = {
  MaxPool: maxPoolForward(2),
  MaxPoolV2: maxPoolForward(2, 1),
  MaxPoolGrad: maxPoolGrad(2),
  MaxPoolGradV2: maxPoolGrad(2, 3),
  MaxPoolGradGrad: maxPoolGradGrad(2),
  MaxPoolGradGradV2: maxPoolGradGrad(2, 3),
  MaxPoolWithArgmax: maxPoolWithArgmax,
  MaxPoolGradWithArgmax: maxPoolGradWithArgmax,
  MaxPool3D: maxPoolForward(3),
  MaxPool3DGrad: maxPoolGrad(3),
  MaxPool3DGradGrad: maxPoolGradGrad(3),
  AvgPool: averagePoolForward(2),
  AvgPoolGrad: averagePoolBack(2),
  AvgPool3D: averagePoolForward(3),
  AvgPool3DGrad: averagePoolBack(3),
};
