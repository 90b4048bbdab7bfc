import type { DType } from "../../core/dtype.js";
import type { Lowering, LoweringTable, OnnxAttrs, OnnxBuilder, OnnxValue } from "../lowering.js";
import { floats, single } from "./support/dtypes.js";
import { sameShape } from "./support/shape-checks.js";

function direct(type: string, dtypes: readonly DType[], attrs: OnnxAttrs = {}): Lowering {
  return (node, onnx) => (dtypes.includes(node.inputTypes[0]!) ? [onnx.op(type, [node.input(0)], attrs)] : undefined);
}

/** A gradient of `dy` (input 0) where a function of the features or outputs (input 1) says by how much. */
function gradient(compute: (dy: OnnxValue, x: OnnxValue, onnx: OnnxBuilder, dtype: DType) => OnnxValue): Lowering {
  return (node, onnx) => {
    const dtype = node.inputTypes[0]!;
    if (!floats.includes(dtype)) return undefined;
    const x = sameShape(node, onnx, 0, 1);
    return x === undefined ? undefined : [compute(node.input(0), x, onnx, dtype)];
  };
}

/** TensorFlow's constants of SELU, as in nn_ops and as ONNX has them by default, to float32 precision. */
const seluScale = 1.0507009873554805;
const seluScaleAlpha = 1.7580993408473768;

function where(onnx: OnnxBuilder, condition: OnnxValue, yes: OnnxValue, no: OnnxValue): OnnxValue {
  return onnx.op("Where", [condition, yes, no]);
}

/**
 * The gradient times 1 where `condition` holds, times 0 elsewhere: the product that TensorFlow takes as well (an infinite gradient becomes NaN).
 *
 * ONNX Runtime's Where takes three passes, several times as long as a Cast and a Mul.
 */
function masked(onnx: OnnxBuilder, condition: OnnxValue, dy: OnnxValue, dtype: DType): OnnxValue {
  return onnx.op("Mul", [dy, onnx.cast(condition, dtype)]);
}

/** The axes of a rank without the channels' axis. */
function otherAxes(rank: number, channels: number): number[] {
  return Array.from({ length: rank }, (_, i) => i).filter((axis) => axis !== channels);
}

const biasAdd: Lowering = (node, onnx) => {
  const shape = node.shape(0);
  const bias = node.shape(1);
  if (!floats.includes(node.inputTypes[0]!) || shape === undefined || shape.length < 2 || bias?.length !== 1)
    return undefined;
  const first = node.attrs.has("data_format") && node.attrs.text("data_format") === "NCHW";
  const axis = first ? 1 : shape.length - 1;
  // ONNX would broadcast a bias of 1, or channels of 1 to the bias.
  if (bias[0]! < 0 || shape[axis] !== bias[0]) return undefined;
  const trailing = shape.length - 1 - axis;
  const spread =
    trailing === 0
      ? node.input(1)
      : onnx.op("Unsqueeze", [node.input(1), onnx.int64(Array.from({ length: trailing }, (_, i) => i + 1))]);
  return [onnx.op("Add", [node.input(0), spread])];
};

/** ONNX lowerings of biases and activations, and of their gradients. */
export const nnActivationLowerings: LoweringTable = {
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,
  BiasAddGrad: (node, onnx) => {
    const rank = node.shape(0)?.length;
    if (!floats.includes(node.inputTypes[0]!) || rank === undefined || rank < 2) return undefined;
    const channels = node.attrs.text("data_format") === "NCHW" ? 1 : rank - 1;
    return [onnx.op("ReduceSum", [node.input(0), onnx.int64(otherAxes(rank, channels))], { keepdims: 0 })];
  },
  Elu: direct("Elu", single),
  EluGrad: gradient((dy, y, onnx, dtype) => {
    const below = onnx.op("Mul", [dy, onnx.op("Add", [y, onnx.scalar(dtype, 1)])]);
    return where(onnx, onnx.op("Less", [y, onnx.scalar(dtype, 0)]), below, dy);
  }),
  LeakyRelu: (node, onnx) => {
    if (!single.includes(node.inputTypes[0]!)) return undefined;
    return [onnx.op("LeakyRelu", [node.input(0)], { alpha: { float: node.attrs.float("alpha") } })];
  },
  LeakyReluGrad: (node, onnx) => {
    const dtype = node.inputTypes[0]!;
    const x = single.includes(dtype) ? sameShape(node, onnx, 0, 1) : undefined;
    if (x === undefined) return undefined;
    const scaled = onnx.op("Mul", [node.input(0), onnx.scalar(dtype, node.attrs.float("alpha"))]);
    return [where(onnx, onnx.op("Greater", [x, onnx.scalar(dtype, 0)]), node.input(0), scaled)];
  },
  Relu: direct("Relu", floats),
  Relu6: (node, onnx) => {
    const dtype = node.inputTypes[0]!;
    if (!floats.includes(dtype)) return undefined;
    return [onnx.op("Clip", [node.input(0), onnx.scalar(dtype, 0), onnx.scalar(dtype, 6)])];
  },
  Relu6Grad: gradient((dy, x, onnx, dtype) => {
    const inside = onnx.op("And", [
      onnx.op("Greater", [x, onnx.scalar(dtype, 0)]),
      onnx.op("Less", [x, onnx.scalar(dtype, 6)]),
    ]);
    return masked(onnx, inside, dy, dtype);
  }),
  ReluGrad: gradient((dy, x, onnx, dtype) => masked(onnx, onnx.op("Greater", [x, onnx.scalar(dtype, 0)]), dy, dtype)),
  Selu: direct("Selu", single),
  SeluGrad: gradient((dy, y, onnx, dtype) => {
    const below = onnx.op("Mul", [dy, onnx.op("Add", [y, onnx.scalar(dtype, seluScaleAlpha)])]);
    return where(
      onnx,
      onnx.op("Less", [y, onnx.scalar(dtype, 0)]),
      below,
      onnx.op("Mul", [dy, onnx.scalar(dtype, seluScale)]),
    );
  }),
  Softplus: direct("Softplus", single),
  SoftplusGrad: gradient((dy, x, onnx, dtype) =>
    onnx.op("Div", [dy, onnx.op("Add", [onnx.op("Exp", [onnx.op("Neg", [x])]), onnx.scalar(dtype, 1)])]),
  ),
  Softsign: direct("Softsign", single),
};
