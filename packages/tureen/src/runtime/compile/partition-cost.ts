import type { PartialShape } from "../../core/shape.js";
import type { PlanFacts } from "./partition-facts.js";
import type { PlanNode, Port } from "./plan-node.js";

/**
 * What running something takes, in microseconds: `fixed`, and `perUnit` for each time that the unknown dimensions (batch, height, width)
 * multiply its elements.
 */
export interface Cost {
  readonly fixed: number;
  readonly perUnit: number;
}

/** Host and ONNX Runtime time of one element of an op's output (or of one multiplication, for products), in microseconds. */
interface Rate {
  readonly host: number;
  readonly ort: number;
}

// Measured with bench/placement.ts on one x86-64 core; only their ratios matter, and those only within a factor of two.
const product: Rate = { host: 0.00026, ort: 0.000025 };
/** What each element of the right-hand matrix costs the host, however few rows it meets. */
const hostOperand = 0.0009;
const convolution: Rate = { host: 0.0018, ort: 0.00004 };
const arithmetic: Rate = { host: 0.0015, ort: 0.0003 };
const transcendental: Rate = { host: 0.012, ort: 0.0012 };
const movement: Rate = { host: 0.003, ort: 0.0005 };
const pooling: Rate = { host: 0.004, ort: 0.0006 };

/** Time of a step on the host whatever its size. */
const hostStep = 0.4;
/** Entering ONNX Runtime, each value handed in or out, each node. */
const ortEntry = 6.5;
const ortPort = 1.3;
const ortNode = 0.25;
/** Copying an output out of ONNX Runtime, each element. */
const ortCopy = 0.0002;

const transcendentals: ReadonlySet<string> = new Set([
  "Exp",
  "Log",
  "Log1p",
  "Expm1",
  "Tanh",
  "Sigmoid",
  "Erf",
  "Erfc",
  "Sin",
  "Cos",
  "Tan",
  "Pow",
  "Softmax",
  "LogSoftmax",
  "Elu",
  "Selu",
  "Softplus",
  "Asin",
  "Acos",
  "Atan",
  "Sinh",
  "Cosh",
  "Asinh",
  "Acosh",
  "Atanh",
  "SoftmaxCrossEntropyWithLogits",
  "SparseSoftmaxCrossEntropyWithLogits",
  "SoftplusGrad",
]);
const movements: ReadonlySet<string> = new Set([
  "Transpose",
  "ConcatV2",
  "Split",
  "SplitV",
  "Slice",
  "StridedSlice",
  "Pad",
  "PadV2",
  "MirrorPad",
  "Tile",
  "Pack",
  "Unpack",
  "GatherV2",
  "Gather",
  "DepthToSpace",
  "SpaceToDepth",
  "ReverseV2",
  "OneHot",
  "BroadcastTo",
  "Fill",
]);
/** Ops that change no element: nothing to do but a new shape. */
const free: ReadonlySet<string> = new Set([
  "Reshape",
  "ExpandDims",
  "Squeeze",
  "Shape",
  "ShapeN",
  "Size",
  "Rank",
  "Identity",
  "StopGradient",
  "PreventGradient",
  "Snapshot",
]);

/** Elements of a shape with unknown dimensions taken as one, and whether there are any. */
function size(shape: PartialShape): { readonly count: number; readonly varies: boolean } {
  if (shape === undefined) return { count: 1, varies: true };
  let count = 1;
  let varies = false;
  for (const dim of shape) {
    if (dim < 0) varies = true;
    else count *= dim;
  }
  return { count, varies };
}

interface Work {
  readonly rate: Rate;
  readonly count: number;
  readonly varies: boolean;
  /** Host time that does not depend on the batch. */
  readonly hostFixed?: number;
}

function workOf(node: PlanNode, facts: PlanFacts): Work | undefined {
  if (free.has(node.type)) return undefined;
  const output = size(facts.shape(node.port()));
  const inputs = node.inputs.map((port) => size(facts.shape(port)));
  const varies = output.varies || inputs.some((input) => input.varies);
  const shapeOf = (i: number): readonly number[] => facts.shape(node.inputs[i]!) ?? [];
  switch (node.type) {
    case "MatMul": {
      const depth = Math.max(1, shapeOf(0)[node.attrs.bool("transpose_a") ? 0 : 1] ?? 1);
      const operand = inputs[1]!;
      return {
        rate: product,
        count: output.count * depth,
        varies,
        hostFixed: operand.varies ? 0 : hostOperand * operand.count,
      };
    }
    case "BatchMatMul":
    case "BatchMatMulV2":
    case "BatchMatMulV3":
      return {
        rate: product,
        count: output.count * Math.max(1, shapeOf(0).at(node.attrs.bool("adj_x") ? -2 : -1) ?? 1),
        varies,
      };
    case "Einsum":
      return { rate: product, count: Math.max(output.count, ...inputs.map((input) => input.count)) * 16, varies };
    case "Conv2D": {
      const filter = shapeOf(1);
      return {
        rate: convolution,
        count:
          output.count *
          Math.max(
            1,
            filter.slice(0, 3).reduce((a, b) => a * Math.max(1, b), 1),
          ),
        varies,
      };
    }
    case "DepthwiseConv2dNative": {
      const filter = shapeOf(1);
      return {
        rate: convolution,
        count:
          output.count *
          Math.max(
            1,
            filter.slice(0, 2).reduce((a, b) => a * Math.max(1, b), 1),
          ),
        varies,
      };
    }
    case "Conv2DBackpropInput":
    case "Conv2DBackpropFilter": {
      const filter = shapeOf(1);
      return {
        rate: convolution,
        count:
          inputs.at(-1)!.count *
          Math.max(
            1,
            filter.slice(0, 3).reduce((a, b) => a * Math.max(1, b), 1),
          ),
        varies,
      };
    }
    case "MaxPool":
    case "AvgPool": {
      const window = node.attrs.ints("ksize").reduce((a, b) => a * b, 1);
      return { rate: pooling, count: output.count * window, varies };
    }
    default: {
      const rate = transcendentals.has(node.type) ? transcendental : movements.has(node.type) ? movement : arithmetic;
      // Reductions read more than they write.
      return { rate, count: Math.max(output.count, ...inputs.map((input) => input.count)), varies };
    }
  }
}

/** Time of one node on the host kernels and inside ONNX Runtime. */
export function nodeCost(node: PlanNode, facts: PlanFacts): { readonly host: Cost; readonly ort: Cost } {
  const work = workOf(node, facts);
  if (work === undefined) return { host: { fixed: hostStep, perUnit: 0 }, ort: { fixed: ortNode, perUnit: 0 } };
  const { rate, count, varies, hostFixed = 0 } = work;
  return {
    host: { fixed: hostStep + hostFixed + (varies ? 0 : rate.host * count), perUnit: varies ? rate.host * count : 0 },
    ort: { fixed: ortNode + (varies ? 0 : rate.ort * count), perUnit: varies ? rate.ort * count : 0 },
  };
}

/** Sums costs. */
export function addCosts(costs: readonly Cost[]): Cost {
  return {
    fixed: costs.reduce((sum, cost) => sum + cost.fixed, 0),
    perUnit: costs.reduce((sum, cost) => sum + cost.perUnit, 0),
  };
}

/** Time of handing values in and out of ONNX Runtime, with (`entry`) or without entering it. */
export function borderCost(inputs: readonly Port[], outputs: readonly Port[], facts: PlanFacts, entry: boolean): Cost {
  const sizes = outputs.map((port) => size(facts.shape(port)));
  const copied = (varies: boolean): number =>
    sizes.reduce((sum, { count, varies: its }) => sum + (its === varies ? count * ortCopy : 0), 0);
  return {
    fixed: (entry ? ortEntry : 0) + (inputs.length + outputs.length) * ortPort + copied(false),
    perUnit: copied(true),
  };
}

/** From how many units on the second cost is below the first: 0 for always, Infinity for never. */
export function breakEven(host: Cost, ort: Cost): number {
  const lead = ort.fixed - host.fixed;
  const gain = host.perUnit - ort.perUnit;
  if (lead <= 0) return 0;
  return gain <= 0 ? Number.POSITIVE_INFINITY : lead / gain;
}

/** How many elements a value has for each unit: the denominator when units are counted at run time; 0 for a value of fixed shape. */
export function elementsPerUnit(shape: PartialShape): number {
  const { count, varies } = size(shape);
  return varies ? Math.max(1, count) : 0;
}
