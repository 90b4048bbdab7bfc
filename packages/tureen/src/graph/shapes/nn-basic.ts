import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";
import { broadcastPartial, mergeShape, mergeSize, withRank, withRankAtLeast } from "./nn/shape-checks.js";

const sameAsInput: ShapeRule = ({ inputs }) => [inputs[0]!.shape];
const mergedInputs: ShapeRule = ({ inputs }) => [mergeShape(inputs[0]!.shape, inputs[1]!.shape)];
const rowsOrMore: ShapeRule = ({ inputs }) => [withRankAtLeast(inputs[0]!.shape, 1)];

function channelAxis(format: string, rank: number): number {
  return format.startsWith("NC") ? 1 : rank - 1;
}

function biasAdd(format: string | undefined): ShapeRule {
  return ({ inputs, attrs }) => {
    const shape = withRankAtLeast(inputs[0]!.shape, 2);
    const [size] = withRank(inputs[1]!.shape, 1);
    if (shape === undefined) return [undefined];
    const axis = channelAxis(format ?? attrs.text("data_format"), shape.length);
    return [shape.map((own, d) => (d === axis ? mergeSize(own, size!) : own))];
  };
}

const biasAddGrad: ShapeRule = ({ inputs, attrs }) => {
  const shape = withRankAtLeast(inputs[0]!.shape, 2);
  return [[shape === undefined ? -1 : shape[channelAxis(attrs.text("data_format"), shape.length)]!]];
};

const softmaxCrossEntropy: ShapeRule = ({ inputs }) => {
  const [features, labels] = [inputs[0]!.shape, inputs[1]!.shape];
  if (features === undefined || labels === undefined) return [[-1], [-1, -1]];
  const shape = broadcastPartial(features, labels);
  if (shape.length !== 2) throw invalidArgument(`Shape must be broadcasted with rank 2, but is rank ${shape.length}`);
  return [[shape[0]!], shape];
};

const sparseSoftmaxCrossEntropy: ShapeRule = ({ inputs }) => {
  const features = withRank(inputs[0]!.shape, 2);
  const [labels] = withRank(inputs[1]!.shape, 1);
  const batch = mergeSize(features[0]!, labels!);
  return [[batch], [batch, features[1]!]];
};

const inTopK: ShapeRule = ({ inputs }) => {
  const predictions = withRank(inputs[0]!.shape, 2);
  const [targets] = withRank(inputs[1]!.shape, 1);
  return [[mergeSize(predictions[0]!, targets!)]];
};

/** The rank that a batch normalization's data format means. */
function imageRank(format: string): number {
  return format.includes("D") ? 5 : 4;
}

function fusedBatchNorm(outputs: 5 | 6): ShapeRule {
  return ({ inputs, attrs }) => {
    const format = attrs.text("data_format");
    const x = withRank(inputs[0]!.shape, imageRank(format));
    const axis = channelAxis(format, x.length);
    const vectors = attrs.bool("is_training") ? 3 : 5;
    let channels = x[axis]!;
    for (let i = 1; i < vectors; i++) channels = mergeSize(channels, withRank(inputs[i]!.shape, 1)[0]!);
    const vector = [channels];
    const result: PartialShape[] = [x.map((size, d) => (d === axis ? channels : size)), vector, vector, vector, vector];
    return outputs === 6 ? [...result, undefined] : result;
  };
}

const fusedBatchNormGrad: ShapeRule = ({ inputs, attrs }) => {
  const format = attrs.text("data_format");
  const rank = imageRank(format);
  const x = mergeShape(withRank(inputs[0]!.shape, rank), withRank(inputs[1]!.shape, rank))!;
  const axis = channelAxis(format, rank);
  let channels = x[axis]!;
  for (let i = 2; i < 5; i++) channels = mergeSize(channels, withRank(inputs[i]!.shape, 1)[0]!);
  return [x.map((size, d) => (d === axis ? channels : size)), [channels], [channels], [0], [0]];
};

const batchNormWithGlobalNormalization: ShapeRule = ({ inputs }) => {
  const x = withRank(inputs[0]!.shape, 4);
  let channels = x[3]!;
  for (let i = 1; i < 5; i++) channels = mergeSize(channels, withRank(inputs[i]!.shape, 1)[0]!);
  return [[...x.slice(0, 3), channels]];
};

/** Sequences keep their first two dimensions, in whichever order. */
const cudnnRnn: ShapeRule = ({ inputs, attrs, outputTypes }) => {
  const input = withRank(inputs[0]!.shape, 3);
  const state = withRank(inputs[1]!.shape, 3);
  const units = state[2]!;
  const directions = attrs.text("direction") === "bidirectional" ? 2 : 1;
  const cells = attrs.text("rnn_mode") === "lstm" ? state : [];
  const output = [input[0]!, input[1]!, units < 0 ? -1 : units * directions];
  const shapes: PartialShape[] = [output, state, cells, undefined];
  return outputTypes.length === 5 ? [...shapes, undefined] : shapes;
};

function cudnnCanonical(weights: string, biases: string): ShapeRule {
  return ({ attrs }) => [
    ...new Array<PartialShape>(attrs.int(weights)).fill([-1, -1]),
    ...new Array<PartialShape>(attrs.int(biases)).fill([-1]),
  ];
}

const lrn: ShapeRule = ({ inputs }) => [withRank(inputs[0]!.shape, 4)];

const lrnGrad: ShapeRule = ({ inputs }) => {
  const merged = inputs.map(({ shape }) => withRank(shape, 4)).reduce((a, b) => mergeShape(a, b)!);
  return [merged];
};

const fakeQuantVars: ShapeRule = ({ inputs }) => {
  withRank(inputs[1]!.shape, 0);
  withRank(inputs[2]!.shape, 0);
  return [inputs[0]!.shape];
};

const fakeQuantVarsGradient: ShapeRule = ({ inputs }) => {
  withRank(inputs[2]!.shape, 0);
  withRank(inputs[3]!.shape, 0);
  return [mergeShape(inputs[0]!.shape, inputs[1]!.shape), [], []];
};

function lastWith(shape: PartialShape, ...vectors: PartialShape[]): { shape: PartialShape; size: number } {
  const known = withRankAtLeast(shape, 1);
  let size = known === undefined ? -1 : known.at(-1)!;
  for (const vector of vectors) size = mergeSize(size, withRank(vector, 1)[0]!);
  return { shape: known === undefined ? undefined : [...known.slice(0, -1), size], size };
}

const fakeQuantPerChannel: ShapeRule = ({ inputs }) => [
  lastWith(inputs[0]!.shape, inputs[1]!.shape, inputs[2]!.shape).shape,
];

const fakeQuantPerChannelGradient: ShapeRule = ({ inputs }) => {
  const merged = mergeShape(inputs[0]!.shape, inputs[1]!.shape);
  const { shape, size } = lastWith(merged, inputs[2]!.shape, inputs[3]!.shape);
  return [shape, [size], [size]];
};

const quantizeV4Grad: ShapeRule = ({ inputs, attrs }) => {
  const shape = mergeShape(inputs[0]!.shape, inputs[1]!.shape);
  const axis = attrs.int("axis");
  const ends = axis < 0 ? [] : [shape?.[axis] ?? -1];
  return [shape, ends, ends];
};

function recurrent(outputs: number, sequence: boolean): ShapeRule {
  return ({ inputs }) => {
    const x = withRank(inputs[sequence ? 1 : 0]!.shape, sequence ? 3 : 2);
    const state = withRank(inputs[sequence ? 2 : 1]!.shape, 2);
    const lead = x.slice(0, -1);
    return Array.from({ length: outputs }, () => [...lead, state[1]!]);
  };
}

const lstmBlockCellGrad: ShapeRule = ({ inputs }) => {
  const [batch] = withRank(inputs[0]!.shape, 2);
  const [, cells] = withRank(inputs[1]!.shape, 2);
  const vectors = [4, 5, 6].map((input) => inputs[input]!.shape);
  return [[batch!, cells!], [batch!, cells! < 0 ? -1 : 4 * cells!], ...vectors];
};

const blockLstmGrad: ShapeRule = ({ inputs }) => {
  const ranks = [3, 2, 2, 2, 1, 1, 1, 1];
  return ranks.map((rank, i) => withRank(inputs[i + 1]!.shape, rank));
};

const gruBlockCellGrad: ShapeRule = ({ inputs }) => {
  const x = withRank(inputs[0]!.shape, 2);
  const [, cells] = withRank(inputs[1]!.shape, 2);
  const [, twice] = withRank(inputs[2]!.shape, 2);
  const state = [x[0]!, cells!];
  return [x, state, state, [x[0]!, twice!]];
};

const ctcGreedyDecoder: ShapeRule = ({ inputs }) => {
  const [, batch] = withRank(inputs[0]!.shape, 3);
  const [lengths] = withRank(inputs[1]!.shape, 1);
  return [[-1, 2], [-1], [2], [mergeSize(batch!, lengths!), 1]];
};

/** Shape rules of activations, losses, normalization, quantization and fused cells. */
export const nnBasicShapes: ShapeTable = {
  Relu: sameAsInput,
  Relu6: sameAsInput,
  LeakyRelu: sameAsInput,
  Elu: sameAsInput,
  Selu: sameAsInput,
  Softplus: sameAsInput,
  Softsign: sameAsInput,
  ReluGrad: mergedInputs,
  Relu6Grad: mergedInputs,
  LeakyReluGrad: mergedInputs,
  EluGrad: mergedInputs,
  SeluGrad: mergedInputs,
  SoftplusGrad: mergedInputs,
  SoftsignGrad: mergedInputs,
  BiasAdd: biasAdd(undefined),
  BiasAddV1: biasAdd("NHWC"),
  BiasAddGrad: biasAddGrad,
  Softmax: rowsOrMore,
  LogSoftmax: rowsOrMore,
  SoftmaxCrossEntropyWithLogits: softmaxCrossEntropy,
  SparseSoftmaxCrossEntropyWithLogits: sparseSoftmaxCrossEntropy,
  L2Loss: () => [[]],
  InTopK: inTopK,
  InTopKV2: inTopK,
  CTCGreedyDecoder: ctcGreedyDecoder,
  CTCBeamSearchDecoder: ({ inputs, attrs }) => {
    const shape = withRank(inputs[0]!.shape, 3);
    const [lengths] = withRank(inputs[1]!.shape, 1);
    const paths = attrs.int("top_paths");
    const of = (part: PartialShape): PartialShape[] => new Array<PartialShape>(paths).fill(part);
    return [...of([-1, 2]), ...of([-1]), ...of([2]), [mergeSize(shape[1]!, lengths!), paths]];
  },
  CTCLoss: ({ inputs }) => {
    const shape = withRank(inputs[0]!.shape, 3);
    const indices = withRank(inputs[1]!.shape, 2);
    const [values] = withRank(inputs[2]!.shape, 1);
    const [lengths] = withRank(inputs[3]!.shape, 1);
    mergeSize(indices[0]!, values!);
    const batch = mergeSize(shape[1]!, lengths!);
    return [[batch], [shape[0]!, batch, shape[2]!]];
  },
  QuantizeV2: ({ inputs, attrs }) => {
    const axis = attrs.int("axis");
    const shape = inputs[0]!.shape;
    const ends = axis < 0 ? [] : [shape?.[axis] ?? -1];
    return [shape, ends, ends];
  },
  Dequantize: sameAsInput,
  QuantizeAndDequantize: sameAsInput,
  CudnnRNN: cudnnRnn,
  CudnnRNNV2: cudnnRnn,
  CudnnRNNV3: cudnnRnn,
  CudnnRNNParamsSize: () => [[1]],
  CudnnRNNParamsToCanonical: cudnnCanonical("num_params", "num_params"),
  CudnnRNNParamsToCanonicalV2: cudnnCanonical("num_params_weights", "num_params_biases"),
  CudnnRNNCanonicalToParams: () => [[-1]],
  CudnnRNNCanonicalToParamsV2: () => [[-1]],
  FusedBatchNorm: fusedBatchNorm(5),
  FusedBatchNormV2: fusedBatchNorm(5),
  FusedBatchNormV3: fusedBatchNorm(6),
  FusedBatchNormGrad: fusedBatchNormGrad,
  FusedBatchNormGradV2: fusedBatchNormGrad,
  FusedBatchNormGradV3: fusedBatchNormGrad,
  BatchNormWithGlobalNormalization: batchNormWithGlobalNormalization,
  LRN: lrn,
  LRNGrad: lrnGrad,
  DataFormatDimMap: sameAsInput,
  DataFormatVecPermute: sameAsInput,
  FakeQuantWithMinMaxArgs: sameAsInput,
  FakeQuantWithMinMaxArgsGradient: mergedInputs,
  FakeQuantWithMinMaxVars: fakeQuantVars,
  FakeQuantWithMinMaxVarsGradient: fakeQuantVarsGradient,
  FakeQuantWithMinMaxVarsPerChannel: fakeQuantPerChannel,
  FakeQuantWithMinMaxVarsPerChannelGradient: fakeQuantPerChannelGradient,
  QuantizeAndDequantizeV2: sameAsInput,
  QuantizeAndDequantizeV3: sameAsInput,
  QuantizeAndDequantizeV4: sameAsInput,
  QuantizeAndDequantizeV4Grad: quantizeV4Grad,
  LSTMBlockCell: recurrent(7, false),
  BlockLSTM: recurrent(7, true),
  BlockLSTMV2: recurrent(7, true),
  GRUBlockCell: recurrent(4, false),
  LSTMBlockCellGrad: lstmBlockCellGrad,
  BlockLSTMGrad: blockLstmGrad,
  BlockLSTMGradV2: blockLstmGrad,
  GRUBlockCellGrad: gruBlockCellGrad,
};
