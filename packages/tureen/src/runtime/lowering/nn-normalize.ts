import type { DType } from "../../core/dtype.js";
import type { Lowering, LoweringTable, OnnxValue } from "../lowering.js";
import { fromChannelsFirst, imageFormat, toChannelsFirst } from "./support/channels.js";
import { floats, single } from "./support/dtypes.js";
import { matchDims } from "./support/shape-checks.js";

function softmax(type: string): Lowering {
  return (node, onnx) => {
    const rank = node.shape(0)?.length;
    if (!floats.includes(node.inputTypes[0]!) || rank === undefined || rank < 1) return undefined;
    return [onnx.op(type, [node.input(0)], { axis: -1 })];
  };
}

/** Batch normalization with given mean and variance; training, whose other outputs are batch statistics, stays on the host. */
const fusedBatchNorm: Lowering = (node, onnx) => {
  const format = imageFormat(node, 0, 4);
  if (
    format === undefined ||
    node.inputTypes.some((dtype) => !single.includes(dtype)) ||
    node.attrs.bool("is_training")
  )
    return undefined;
  if (node.outputTypes.some((_, output) => output > 0 && node.isUsed(output))) return undefined;
  const channels = node.shape(0)![format.channelAxis]!;
  for (let i = 1; i < 5; i++) {
    const shape = node.shape(i);
    if (shape?.length !== 1 || channels < 0 || shape[0] !== channels) return undefined;
  }
  const x = toChannelsFirst(onnx, node.input(0), format);
  const y = onnx.op("BatchNormalization", [x, node.input(1), node.input(2), node.input(3), node.input(4)], {
    epsilon: { float: node.attrs.float("epsilon") },
  });
  const result = fromChannelsFirst(onnx, y, format);
  return node.outputTypes.map(() => result);
};

/** ONNX lowerings of softmaxes, batch normalization and losses. */
export const nnNormalizeLowerings: LoweringTable = {
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
  L2Loss: (node, onnx) => {
    const dtype = node.inputTypes[0]!;
    const rank = node.shape(0)?.length;
    if (!floats.includes(dtype) || rank === undefined) return undefined;
    const square = onnx.op("Mul", [node.input(0), node.input(0)]);
    return [
      onnx.op("Mul", [rank === 0 ? square : onnx.op("ReduceSum", [square], { keepdims: 0 }), onnx.scalar(dtype, 0.5)]),
    ];
  },
  LogSoftmax: softmax("LogSoftmax"),
  Softmax: softmax("Softmax"),
  SoftmaxCrossEntropyWithLogits: (node, onnx) => {
    const [features, labels] = [node.shape(0), node.shape(1)];
    if (!single.includes(node.inputTypes[0]!) || features?.length !== 2 || labels?.length !== 2) return undefined;
    // The op broadcasts; only the plain case is taken.
    if (features[1]! < 0 || features[1] !== labels[1]) return undefined;
    if (features[0]! >= 0 && labels[0]! >= 0 && features[0] !== labels[0]) return undefined;
    const target =
      features[0]! >= 0 && features[0] === labels[0]
        ? node.input(1)
        : matchDims(onnx, node.input(0), node.input(1), 2, [[0, 0]]);
    const likelihood = onnx.op("Mul", [target, onnx.op("LogSoftmax", [node.input(0)], { axis: -1 })]);
    const loss = onnx.op("Neg", [onnx.op("ReduceSum", [likelihood, onnx.int64([1])], { keepdims: 0 })]);
    return [loss, onnx.op("Sub", [onnx.op("Softmax", [node.input(0)], { axis: -1 }), target])];
  },
  SparseSoftmaxCrossEntropyWithLogits: (node, onnx) => {
    const [dtype, labelType] = node.inputTypes as [DType, DType];
    const [features, labels] = [node.shape(0), node.shape(1)];
    if (!single.includes(dtype) || features?.length !== 2 || labels?.length !== 1 || features[1]! < 0) return undefined;
    if (features[0]! >= 0 && labels[0]! >= 0 && features[0] !== labels[0]) return undefined;
    const target =
      features[0]! >= 0 && features[0] === labels[0]
        ? node.input(1)
        : matchDims(onnx, node.input(0), node.input(1), 1, [[0, 0]]);
    // ONNX counts labels below zero from the end, but refuses those past it.
    const isBelow = onnx.op("Less", [target, onnx.scalar(labelType, 0)]);
    const checked = onnx.op("Where", [isBelow, onnx.scalar(labelType, features[1]!), target]);
    const places = onnx.op("Unsqueeze", [checked, onnx.int64([1])]);
    const atLabels = (values: OnnxValue): OnnxValue => onnx.op("GatherElements", [values, places], { axis: 1 });
    const loss = (): OnnxValue => {
      const likelihood = atLabels(onnx.op("LogSoftmax", [node.input(0)], { axis: -1 }));
      return onnx.op("Neg", [onnx.op("Squeeze", [likelihood, onnx.int64([1])])]);
    };
    const backprop = (): OnnxValue => {
      const shares = onnx.op("Softmax", [node.input(0)], { axis: -1 });
      const less = onnx.op("Sub", [atLabels(shares), onnx.scalar(dtype, 1)]);
      return onnx.op("ScatterElements", [shares, places, less], { axis: 1 });
    };
    const outputs = [loss, backprop].map((output, i) => (node.isUsed(i) ? output() : undefined));
    return outputs.map((output) => output ?? outputs.find((other) => other !== undefined) ?? loss());
  },
};
