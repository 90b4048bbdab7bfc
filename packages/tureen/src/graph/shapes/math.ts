import { isFullyDefined, mergeShapes, type PartialShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";
import { broadcastPartialShapes } from "./math/broadcast-shape.js";

const unchanged: ShapeRule = ({ inputs }) => [inputs[0]!.shape];

const broadcast: ShapeRule = ({ inputs }) => [broadcastPartialShapes(inputs[0]!.shape, inputs[1]!.shape)];

const equality: ShapeRule = ({ inputs, attrs }) => {
  const lenient = !attrs.bool("incompatible_shape_error");
  const [a, b] = [inputs[0]!.shape, inputs[1]!.shape];
  if (!lenient) return [broadcastPartialShapes(a, b)];
  // Shapes that turn out not to broadcast make a scalar, so unknown ones tell nothing.
  return [isFullyDefined(a) && isFullyDefined(b) ? broadcastPartialShapes(a, b, { shape: [] }) : undefined];
};

const merged: ShapeRule = ({ inputs }) => [
  inputs.reduce<PartialShape>((shape, input) => mergeShapes(shape, input.shape), undefined),
];

/** A scan along one axis, which must exist where both rank and axis are known. */
const scan: ShapeRule = ({ inputs, constant }) => {
  const shape = withRankAtLeast(inputs[0]!.shape, 1);
  withRank(inputs[1]!.shape, 0);
  const value = constant(1);
  if (shape !== undefined && value !== undefined && value.shape.length === 0) {
    const axis = toIntegers(value)[0]!;
    const rank = shape.length;
    if (axis < -rank || axis >= rank) {
      throw invalidArgument(`Dimension must be in the range [${-rank}, ${rank}), but got ${axis}`);
    }
  }
  return [shape];
};

function withRank(shape: PartialShape, rank: number): PartialShape {
  if (shape !== undefined && shape.length !== rank) {
    throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
  }
  return shape;
}

function withRankAtLeast(shape: PartialShape, rank: number): PartialShape {
  if (shape !== undefined && shape.length < rank) {
    throw invalidArgument(`Shape must be at least rank ${rank} but is rank ${shape.length}`);
  }
  return shape;
}

/** Scalars take the others' shape; all the others must agree. */
const betainc: ShapeRule = ({ inputs }) => {
  const known = inputs.map(({ shape }) => shape).filter((shape) => shape !== undefined && shape.length > 0);
  if (known.length > 0) return [known.reduce((a, b) => mergeShapes(a, b))];
  return [inputs.every(({ shape }) => shape !== undefined) ? [] : undefined];
};

/** A scalar index gives a vector of coordinates, a vector of them a matrix. */
const unravelIndex: ShapeRule = ({ inputs }) => {
  const indices = inputs[0]!.shape;
  const dims = inputs[1]!.shape;
  withRank(dims, 1);
  if (indices === undefined) return [undefined];
  const rank = dims?.[0] ?? -1;
  return [indices.length === 0 ? [rank] : [rank, indices[0]!]];
};

const clipByValue: ShapeRule = ({ inputs }) => {
  const shape = inputs[0]!.shape;
  for (const bound of [inputs[1]!.shape, inputs[2]!.shape]) {
    if (bound !== undefined && bound.length > 0) mergeShapes(shape, bound);
  }
  return [shape];
};

const cross: ShapeRule = ({ inputs }) => {
  const shape = mergeShapes(withRankAtLeast(inputs[0]!.shape, 1), withRankAtLeast(inputs[1]!.shape, 1));
  if (shape !== undefined && shape[shape.length - 1]! >= 0 && shape[shape.length - 1] !== 3) {
    throw invalidArgument(`Dimension must be 3 but is ${shape[shape.length - 1]}`);
  }
  return [shape];
};

const linSpace: ShapeRule = ({ inputs, constant }) => {
  for (const input of inputs) withRank(input.shape, 0);
  const value = constant(2);
  if (value === undefined) return [[-1]];
  const count = toIntegers(value)[0]!;
  if (count <= 0) throw invalidArgument(`Requires num > 0: ${count}`);
  return [[count]];
};

const broadcastArgs: ShapeRule = ({ inputs }) => {
  const [a, b] = inputs.map(({ shape }) => withRank(shape, 1)?.[0] ?? -1);
  return [[a! < 0 || b! < 0 ? -1 : Math.max(a!, b!)]];
};

const broadcastGradientArgs: ShapeRule = ({ inputs }) => {
  for (const input of inputs) {
    if (input.shape !== undefined && input.shape.length !== 1) {
      throw invalidArgument(
        `Shape must be rank 1 but is rank ${input.shape.length} for shape ${shapeText(input.shape)}`,
      );
    }
  }
  return [[-1], [-1]];
};

function table(rule: ShapeRule, names: string): ShapeTable {
  return Object.fromEntries(names.split(" ").map((name) => [name, rule]));
}

/** Shape rules of the math family. */
export const mathShapes: ShapeTable = {
  ...table(
    unchanged,
    "Abs Acos Acosh Angle Asin Asinh Atan Atanh BesselI0 BesselI0e BesselI1 BesselI1e BesselJ0 BesselJ1 BesselK0 BesselK0e BesselK1 " +
      "BesselK1e BesselY0 BesselY1 Dawsn Expint FresnelCos FresnelSin PopulationCount Spence Bucketize Cast Ceil ComplexAbs Conj Cos Cosh Digamma Erf Erfc " +
      "Erfinv Exp Expm1 Floor Imag Inv InvGrad Invert IsFinite IsInf IsNan Lgamma Log Log1p LogicalNot Ndtri Neg Real Reciprocal " +
      "ReciprocalGrad Rint Round Rsqrt RsqrtGrad Sigmoid SigmoidGrad Sign Sin Sinh Sqrt SqrtGrad Square Tan Tanh TanhGrad",
  ),
  ...table(
    broadcast,
    "Add AddV2 Atan2 BitwiseAnd BitwiseOr BitwiseXor Complex Div DivNoNan FloorDiv FloorMod Greater GreaterEqual Igamma IgammaGradA " +
      "Igammac LeftShift Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul MulNoNan NextAfter Polygamma Pow RealDiv " +
      "RightShift SquaredDifference Sub TruncateDiv TruncateMod Xdivy Xlog1py Xlogy Zeta",
  ),
  ...table(scan, "Cumprod Cumsum CumulativeLogsumexp"),
  ToBool: () => [[]],
  HistogramFixedWidth: ({ inputs, constant }) => {
    withRank(inputs[1]!.shape, 1);
    withRank(inputs[2]!.shape, 0);
    const bins = constant(2);
    return [[bins === undefined || bins.shape.length > 0 ? -1 : toIntegers(bins)[0]!]];
  },
  IsotonicRegression: ({ inputs }) => [inputs[0]!.shape, inputs[0]!.shape],
  UnravelIndex: unravelIndex,
  AddN: merged,
  ApproximateEqual: merged,
  Betainc: betainc,
  BroadcastArgs: broadcastArgs,
  BroadcastGradientArgs: broadcastGradientArgs,
  ClipByValue: clipByValue,
  Cross: cross,
  Equal: equality,
  LinSpace: linSpace,
  NotEqual: equality,
};
