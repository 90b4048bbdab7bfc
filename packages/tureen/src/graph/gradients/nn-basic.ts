import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import {
  concatV2,
  expandDims,
  onesLike,
  range,
  rank,
  reshape,
  select,
  shape,
  squeeze,
  stridedSlice,
  tile,
  transpose,
  zerosLike,
} from "../ops/array.js";
import { batchMatMulV2 } from "../ops/linalg.js";
import { addV2, exp, less, mul, neg, realDiv, sigmoid, sub } from "../ops/math.js";
import {
  biasAddGrad,
  eluGrad,
  fakeQuantWithMinMaxArgsGradient,
  fakeQuantWithMinMaxVarsGradient,
  fakeQuantWithMinMaxVarsPerChannelGradient,
  fusedBatchNormGrad,
  fusedBatchNormGradV2,
  fusedBatchNormGradV3,
  leakyReluGrad,
  logSoftmax,
  lrnGrad,
  quantizeAndDequantizeV4Grad,
  relu6Grad,
  reluGrad,
  seluGrad,
  softmax,
  softplusGrad,
  softsignGrad,
} from "../ops/nn.js";
import { sum } from "../ops/reduce.js";
import { denseOf } from "./array/build-math.js";

/** A vector entry for each row of a matrix, times that row. */
function scaleRows(vector: Tensor, matrix: Tensor): Tensor {
  return mul(expandDims(vector, -1), matrix);
}

/** Whether a gradient is only a stand-in for one that never arrived. */
function isZeros({ op }: Tensor): boolean {
  if (op.type !== "Const") return op.type === "ZerosLike";
  return (op.attrs.tensor("value").data as Float32Array).every((element) => element === 0);
}

/** The gradient through both outputs of a softmax cross entropy: the loss, and the backprop that it precomputes. */
function crossEntropyGradient(logits: Tensor, backprop: Tensor, loss: Tensor, second: Tensor): Tensor {
  const first = scaleRows(loss, backprop);
  if (isZeros(second)) return first;
  const probabilities = softmax(logits);
  const inner = batchMatMulV2(expandDims(second, 1), expandDims(probabilities, 2));
  return addV2(first, mul(sub(second, squeeze(inner, { squeezeDims: [1] })), probabilities));
}

const softmaxCrossEntropy: GradientRule = (op, grads) => {
  const [logits] = op.inputs;
  const loss = denseOf(grads);
  return [
    crossEntropyGradient(logits!, op.outputs[1]!, loss, denseOf(grads, 1)),
    scaleRows(loss, neg(logSoftmax(logits!))),
  ];
};

const sparseSoftmaxCrossEntropy: GradientRule = (op, grads) => [
  crossEntropyGradient(op.inputs[0]!, op.outputs[1]!, denseOf(grads), denseOf(grads, 1)),
  null,
];

const softmaxGradient: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const total = sum(mul(grad, op.output), constant(-1, "int32"), { keepDims: true });
  return [mul(sub(grad, total), op.output)];
};

const logSoftmaxGradient: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const probabilities = exp(op.output);
  return [sub(grad, mul(sum(grad, constant(-1, "int32"), { keepDims: true }), probabilities))];
};

const biasAdd: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  return [grad, biasAddGrad(grad, { dataFormat: op.attrs.text("data_format") as "NHWC" | "NCHW" })];
};

const biasAddV1: GradientRule = (_, grads) => {
  const grad = denseOf(grads);
  return [grad, sum(grad, range(constant(0, "int32"), sub(rank(grad), constant(1, "int32")), constant(1, "int32")))];
};

/** The gradient of a channel sum: the vector repeated over all other dimensions. */
const biasAddGradGradient: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const sizes = shape(op.inputs[0]!);
  const one = constant([1], "int32");
  const channelFirst = op.attrs.text("data_format") === "NCHW";
  const before = channelFirst
    ? stridedSlice(sizes, [0], [1], [1])
    : stridedSlice(sizes, [0], [-1], [1], { beginMask: 1 });
  const after = channelFirst ? [stridedSlice(sizes, [2], [0], [1], { endMask: 1 })] : [];
  const expanded = reshape(grad, concatV2([onesLike(before), shape(grad), ...after.map((part) => onesLike(part))], 0));
  return [tile(expanded, concatV2([before, one, ...after], 0))];
};

const softplusGradient: GradientRule = (op, grads) => [mul(denseOf(grads), sigmoid(op.inputs[0]!))];

const softplusGradGradient: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const [dy, x] = op.inputs as [Tensor, Tensor];
  const denominator = addV2(addV2(exp(neg(x)), constant(2, x.dtype)), exp(x));
  return [softplusGrad(grad, x), realDiv(mul(grad, dy), denominator)];
};

/** The second gradient of Elu and Selu: below zero it also reaches the outputs. */
function exponentialGradGradient(gradient: (gradients: Tensor, outputs: Tensor) => Tensor): GradientRule {
  return (op, grads) => {
    const grad = denseOf(grads);
    const [dy, outputs] = op.inputs as [Tensor, Tensor];
    return [
      gradient(grad, outputs),
      select(less(outputs, constant(0, outputs.dtype)), mul(grad, dy), zerosLike(outputs)),
    ];
  };
}

type ImageFormat = "NHWC" | "NCHW" | "NDHWC" | "NCDHW";

const toChannelLast = { NCHW: [0, 2, 3, 1], NCDHW: [0, 2, 3, 4, 1] } as const;
const toChannelFirst = { NCHW: [0, 3, 1, 2], NCDHW: [0, 4, 1, 2, 3] } as const;

function fusedBatchNorm(version: 1 | 2 | 3): GradientRule {
  return (op, grads) => {
    const [x, scale, , mean, variance] = op.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const format = op.attrs.text("data_format") as ImageFormat;
    const isTraining = op.attrs.bool("is_training");
    const [first, second] = isTraining ? [op.outputs[3]!, op.outputs[4]!] : [mean, variance];
    // With fixed statistics TensorFlow's kernels take channel-last data only.
    const turns = !isTraining && (format === "NCHW" || format === "NCDHW") ? format : undefined;
    const turned = (tensor: Tensor): Tensor =>
      turns === undefined ? tensor : transpose(tensor, constant([...toChannelLast[turns]], "int32"));
    const target = turns === undefined ? format : turns === "NCHW" ? "NHWC" : "NDHWC";
    const options = { epsilon: op.attrs.float("epsilon"), dataFormat: target, isTraining };
    const [dy, data] = [turned(denseOf(grads)), turned(x)];
    const image = options as { epsilon: number; dataFormat: "NHWC" | "NCHW"; isTraining: boolean };
    const result =
      version === 3
        ? fusedBatchNormGradV3(dy, data, scale, first, second, op.outputs[5]!, options)
        : version === 2
          ? fusedBatchNormGradV2(dy, data, scale, first, second, image)
          : fusedBatchNormGrad(dy, data, scale, first, second, image);
    const { xBackprop, scaleBackprop, offsetBackprop } = result;
    const dx = turns === undefined ? xBackprop : transpose(xBackprop, constant([...toChannelFirst[turns]], "int32"));
    return [dx, scaleBackprop, offsetBackprop, null, null];
  };
}

const lrnGradient: GradientRule = (op, grads) => {
  const { attrs } = op;
  return [
    lrnGrad(denseOf(grads), op.inputs[0]!, op.output, {
      depthRadius: attrs.int("depth_radius"),
      bias: attrs.float("bias"),
      alpha: attrs.float("alpha"),
      beta: attrs.float("beta"),
    }),
  ];
};

const fakeQuantArgs: GradientRule = (op, grads) => {
  const { attrs } = op;
  return [
    fakeQuantWithMinMaxArgsGradient(denseOf(grads), op.inputs[0]!, {
      min: attrs.float("min"),
      max: attrs.float("max"),
      numBits: attrs.int("num_bits"),
      narrowRange: attrs.bool("narrow_range"),
    }),
  ];
};

function fakeQuantVars(gradient: typeof fakeQuantWithMinMaxVarsGradient): GradientRule {
  return (op, grads) => {
    const [inputs, min, max] = op.inputs as [Tensor, Tensor, Tensor];
    const options = { numBits: op.attrs.int("num_bits"), narrowRange: op.attrs.bool("narrow_range") };
    const found = gradient(denseOf(grads), inputs, min, max, options);
    return Object.values(found) as Tensor[];
  };
}

const passThrough: GradientRule = (op, grads) => [denseOf(grads), ...op.inputs.slice(1).map(() => null)];

const quantizeV4: GradientRule = (op, grads) => {
  const [input, min, max] = op.inputs as [Tensor, Tensor, Tensor];
  const found = quantizeAndDequantizeV4Grad(denseOf(grads), input, min, max, { axis: op.attrs.int("axis") });
  return [found.inputBackprop, found.inputMinBackprop, found.inputMaxBackprop];
};

/** The kernel has computed the gradient already; the second output's own gradient is left out, as TensorFlow forbids it. */
const ctcLoss: GradientRule = (op, grads) => [
  mul(expandDims(denseOf(grads), -1), op.outputs[1]!),
  ...op.inputs.slice(1).map(() => null),
];

/** Gradients of activations, losses, normalization and quantization. */
export const nnBasicGradients: GradientTable = {
  CTCLoss: ctcLoss,
  CTCGreedyDecoder: null,
  CTCBeamSearchDecoder: null,
  QuantizeV2: null,
  Dequantize: null,
  QuantizeAndDequantize: passThrough,
  Relu: (op, grads) => [reluGrad(denseOf(grads), op.output)],
  Relu6: (op, grads) => [relu6Grad(denseOf(grads), op.output)],
  ReluGrad: (op, grads) => [reluGrad(denseOf(grads), op.inputs[1]!), zerosLike(op.inputs[1]!)],
  Relu6Grad: (op, grads) => [relu6Grad(denseOf(grads), op.inputs[1]!), zerosLike(op.inputs[1]!)],
  LeakyRelu: (op, grads) => [leakyReluGrad(denseOf(grads), op.inputs[0]!, { alpha: op.attrs.float("alpha") })],
  LeakyReluGrad: (op, grads) => [
    leakyReluGrad(denseOf(grads), op.inputs[1]!, { alpha: op.attrs.float("alpha") }),
    zerosLike(op.inputs[1]!),
  ],
  Elu: (op, grads) => [eluGrad(denseOf(grads), op.output)],
  EluGrad: exponentialGradGradient(eluGrad),
  Selu: (op, grads) => [seluGrad(denseOf(grads), op.output)],
  SeluGrad: exponentialGradGradient(seluGrad),
  Softplus: softplusGradient,
  SoftplusGrad: softplusGradGradient,
  Softsign: (op, grads) => [softsignGrad(denseOf(grads), op.inputs[0]!)],
  Softmax: softmaxGradient,
  LogSoftmax: logSoftmaxGradient,
  BiasAdd: biasAdd,
  BiasAddV1: biasAddV1,
  BiasAddGrad: biasAddGradGradient,
  SoftmaxCrossEntropyWithLogits: softmaxCrossEntropy,
  SparseSoftmaxCrossEntropyWithLogits: sparseSoftmaxCrossEntropy,
  L2Loss: (op, grads) => [mul(op.inputs[0]!, denseOf(grads))],
  InTopK: null,
  InTopKV2: null,
  FusedBatchNorm: fusedBatchNorm(1),
  FusedBatchNormV2: fusedBatchNorm(2),
  FusedBatchNormV3: fusedBatchNorm(3),
  LRN: lrnGradient,
  FakeQuantWithMinMaxArgs: fakeQuantArgs,
  FakeQuantWithMinMaxVars: fakeQuantVars(fakeQuantWithMinMaxVarsGradient),
  FakeQuantWithMinMaxVarsPerChannel: fakeQuantVars(fakeQuantWithMinMaxVarsPerChannelGradient),
  QuantizeAndDequantizeV2: passThrough,
  QuantizeAndDequantizeV3: passThrough,
  QuantizeAndDequantizeV4: quantizeV4,
};
