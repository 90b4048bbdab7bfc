import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue, zeros } from "../../core/tensor-value.js";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import { integerOf, integersValue } from "./array/cells.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
import { type CudnnMode, cudnnSizes, gatesOf, runCudnnLayers } from "./nn/cudnn-layers.js";

/** What both the network and its parameters' size depend on. */
interface Settings {
  readonly mode: CudnnMode;
  readonly directions: 1 | 2;
}

function settingsOf({ attrs, type }: KernelNode): Settings {
  if (attrs.has("num_proj") && attrs.int("num_proj") !== 0) throw unimplemented(`${type} with a projection`);
  if (attrs.text("input_mode") === "skip_input") throw unimplemented(`${type} without input weights (skip_input)`);
  return {
    mode: attrs.text("rnn_mode") as CudnnMode,
    directions: attrs.text("direction") === "bidirectional" ? 2 : 1,
  };
}

/** [a, b, …] with its first two dimensions exchanged. */
function exchanged(data: FloatArray, first: number, second: number, size: number): FloatArray {
  const out = data.slice();
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) {
      const from = (i * second + j) * size;
      out.set(data.subarray(from, from + size), (j * first + i) * size);
    }
  }
  return out;
}

/** cuDNN's networks have no kernel on a CPU in TensorFlow; this one computes what a Keras layer of the same weights does. */
const cudnnRnn: KernelFactory = (node) => {
  const { attrs } = node;
  const { mode, directions } = settingsOf(node);
  if (attrs.bool("is_training") && attrs.float("dropout") > 0) throw unimplemented(`${node.type} with dropout`);
  const timeMajor = attrs.has("time_major") ? attrs.bool("time_major") : true;
  return (inputs) => {
    const [input, inputH, inputC, params, given] = inputs as readonly [
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue | undefined,
    ];
    const { dtype } = input;
    if (input.shape.length !== 3) throw invalidArgument("RNN input must be a 3-D vector.");
    if (inputH.shape.length !== 3) throw invalidArgument("RNN input must be a 3-D vector.");
    const [first, second, inputSize] = input.shape as readonly [number, number, number];
    const [steps, batch] = timeMajor ? [first, second] : [second, first];
    const [states, units] = [inputH.shape[timeMajor ? 0 : 1]!, inputH.shape[2]!];
    const layers = states / directions;
    if (!Number.isInteger(layers) || inputH.shape[timeMajor ? 1 : 0] !== batch) {
      throw invalidArgument(`Invalid input_h shape: ${shapeText(inputH.shape)}`);
    }
    const sizes = { mode, directions, layers, units, inputSize };
    if (elementCount(params.shape) < cudnnSizes(sizes).total) {
      throw invalidArgument(
        `RNN params have ${elementCount(params.shape)} elements where ${cudnnSizes(sizes).total} are needed`,
      );
    }
    const lengths = given === undefined ? undefined : (given.data as Int32Array);
    const turn = (data: FloatArray, a: number, b: number, size: number): FloatArray =>
      timeMajor ? data : exchanged(data, a, b, size);
    const x = turn(realData(input), batch, steps, inputSize);
    const h = turn(realData(inputH), batch, states, units);
    const hasCells = mode === "lstm";
    const c = hasCells ? turn(realData(inputC), batch, states, units) : h;
    const found = runCudnnLayers(sizes, realData(params), x, steps, batch, h, c, lengths);
    const width = directions * units;
    const output = realValue(
      dtype,
      timeMajor ? [steps, batch, width] : [batch, steps, width],
      turn(found.output, steps, batch, width),
    );
    const lastH = realValue(dtype, inputH.shape, turn(found.h, states, batch, units));
    const lastC = hasCells
      ? realValue(dtype, inputH.shape, turn(found.c, states, batch, units))
      : realValue(dtype, [], realArray(dtype, 1));
    const result = [output, lastH, lastC, zeros(dtype, [0])];
    return node.outputTypes.length === 5 ? [...result, tensorValue("int8", [0], new Int8Array(0))] : result;
  };
};

function sizesOf(node: KernelNode, inputs: readonly TensorValue[]): Parameters<typeof cudnnSizes>[0] {
  const [layers, units, inputSize] = inputs.map(integerOf) as [number, number, number];
  return { ...settingsOf(node), layers, units, inputSize };
}

const paramsSize: KernelFactory = (node) => (inputs) => [
  integersValue(node.outputTypes[0]!, [1], [cudnnSizes(sizesOf(node, inputs.slice(0, 3))).total]),
];

/** One matrix for each gate of each layer, and one vector, of the parameters in one vector. */
const toCanonical: KernelFactory = (node) => (inputs) => {
  const sizes = sizesOf(node, inputs.slice(0, 3));
  const params = inputs[3]!;
  const data = realData(params);
  const { matrices, biases } = cudnnSizes(sizes);
  const part = (at: number, count: number): FloatArray => data.slice(at, at + count);
  return [
    ...matrices.map(({ at, columns }) =>
      realValue(params.dtype, [sizes.units, columns], part(at, sizes.units * columns)),
    ),
    ...biases.map((at) => realValue(params.dtype, [sizes.units], part(at, sizes.units))),
  ];
};

const toParams: KernelFactory = (node) => (inputs) => {
  const sizes = sizesOf(node, inputs.slice(0, 3));
  const { matrices, biases, total } = cudnnSizes(sizes);
  const dtype = node.outputTypes[0]!;
  const out = realArray(dtype, total);
  const parts = inputs.slice(3).map(realData);
  if (parts.length !== matrices.length + biases.length) {
    throw invalidArgument(
      `Expected ${matrices.length} weights and ${biases.length} biases (${gatesOf(sizes.mode)} gates), got ${parts.length} tensors`,
    );
  }
  matrices.forEach(({ at }, i) => {
    out.set(parts[i]!, at);
  });
  biases.forEach((at, i) => {
    out.set(parts[matrices.length + i]!, at);
  });
  return [realValue(dtype, [total], out)];
};

/** Host kernels of cuDNN's recurrent networks. */
export const nnCudnnKernels: KernelTable = {
  CudnnRNN: cudnnRnn,
  CudnnRNNV2: cudnnRnn,
  CudnnRNNV3: cudnnRnn,
  CudnnRNNParamsSize: paramsSize,
  CudnnRNNParamsToCanonical: toCanonical,
  CudnnRNNParamsToCanonicalV2: toCanonical,
  CudnnRNNCanonicalToParams: toParams,
  CudnnRNNCanonicalToParamsV2: toParams,
};
