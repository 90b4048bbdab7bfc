import type { Gradient, GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { onesLike, reshape, select, selectV2 } from "../ops/array.js";
import * as m from "../ops/math.js";
import { sum } from "../ops/reduce.js";
import { denseOf, shapeTensor, zerosLikeTensor } from "./array/build-math.js";
import { haveOneShape, reduceAlways, reduceBroadcast } from "./math/reduce-broadcast.js";
import { conjugate, scalarLike } from "./math/scalar-like.js";

// The formulas of TensorFlow's gradient functions; see the note in math-unary.ts.

type Pair = readonly [Tensor | null, Tensor | null];
type Reduce = (x: Tensor, y: Tensor, gx: Tensor | null, gy: Tensor | null) => (Tensor | null)[];

/** A rule from both operands' gradients before they are summed over what was repeated. */
function broadcast(
  f: (x: Tensor, y: Tensor, grad: Tensor, op: Operation) => Pair,
  reduce: Reduce = reduceBroadcast,
): GradientRule {
  return (op, grads) => {
    const [x, y] = [op.inputs[0]!, op.inputs[1]!];
    const [gx, gy] = f(x, y, denseOf(grads), op);
    return reduce(x, y, gx, gy);
  };
}

const none: GradientRule = () => [null, null];

/** TensorFlow passes the gradient on as it is where all shapes are known and the same. */
const add: GradientRule = (op, grads) => {
  const [x, y, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  return haveOneShape(x, y, grad) ? [grad, grad] : reduceBroadcast(x, y, grad, grad);
};

const sub: GradientRule = (op, grads) => {
  const [x, y, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  return haveOneShape(x, y, grad) ? [grad, m.neg(grad)] : reduceBroadcast(x, y, grad, m.neg(grad));
};

const mul: GradientRule = (op, grads) => {
  const [x, y, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  if (haveOneShape(x, y, grad) && (grad.dtype === "float32" || grad.dtype === "int32")) {
    return [m.mul(grad, y), m.mul(grad, x)];
  }
  return reduceBroadcast(x, y, m.mul(grad, conjugate(y)), m.mul(conjugate(x), grad));
};

/** The three divisions have one formula, each in its own op. */
function division(divide: (x: Tensor, y: Tensor) => Tensor): GradientRule {
  return broadcast((x, y, grad) => {
    const [cx, cy] = [conjugate(x), conjugate(y)];
    return [divide(grad, cy), m.mul(grad, divide(divide(m.neg(cx), cy), cy))];
  });
}

const pow = broadcast((x, y, grad, op) => {
  const [cx, cy] = [conjugate(x), conjugate(y)];
  const gx = m.mul(m.mul(grad, cy), m.pow(cx, m.sub(cy, scalarLike(cy, 1))));
  const zero = scalarLike(cx, 0);
  // The logarithm is taken only where there is one; elsewhere the slope by y counts as 0.
  const mask = cx === x ? m.greater(cx, zero) : m.notEqual(cx, zero);
  const safe = select(mask, cx, onesLike(x));
  const logX = select(mask, m.log(safe), zerosLikeTensor(x));
  return [gx, m.mul(m.mul(grad, conjugate(op.output)), logX)];
});

/** The gradient goes to the operand that was taken; of equals, to the first. */
function choice(isFirst: (x: Tensor, y: Tensor) => Tensor): GradientRule {
  return broadcast((x, y, grad) => {
    const zeros = zerosLikeTensor(grad);
    const mask = isFirst(x, y);
    return [selectV2(mask, grad, zeros), selectV2(mask, zeros, grad)];
  });
}

const squaredDifference: GradientRule = (op, grads) => {
  const [x, y, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  const gx = m.mul(m.mul(scalarLike(grad, 2), grad), m.sub(x, y));
  return haveOneShape(x, y, grad) ? [gx, m.neg(gx)] : reduceBroadcast(x, y, gx, m.neg(gx));
};

const mulNoNan: GradientRule = (op, grads) => {
  const [x, y, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  const [gx, gy] = [m.mulNoNan(grad, y), m.mulNoNan(x, grad)];
  return haveOneShape(x, y, grad) ? [gx, gy] : reduceBroadcast(x, y, gx, gy);
};

/** 1 where x is not 0. */
function notZero(x: Tensor): Tensor {
  return m.cast(m.notEqual(x, scalarLike(x, 0)), x.dtype);
}

/** The slopes of the X… ops by x and y, times the gradient. */
function unlessZero(slopes: (x: Tensor, y: Tensor) => readonly [Tensor, Tensor]): GradientRule {
  return broadcast((x, y, grad) => {
    const [partialX, partialY] = slopes(x, y);
    return [m.mul(partialX, grad), m.mul(partialY, grad)];
  }, reduceAlways);
}

function igammaPair(a: Tensor, x: Tensor, grad: Tensor): Pair {
  const exponent = m.sub(m.addV2(m.neg(x), m.mul(m.sub(a, scalarLike(a, 1)), m.log(x))), m.lgamma(a));
  return [m.mul(m.igammaGradA(a, x), grad), m.mul(m.exp(exponent), grad)];
}

const igammac: GradientRule = (op, grads) => {
  const [a, x] = [op.inputs[0]!, op.inputs[1]!];
  const [ga, gx] = igammaPair(a, x, denseOf(grads));
  return reduceAlways(a, x, ga, gx).map((gradient) => gradient && m.neg(gradient));
};

function betainc(op: Operation, grads: readonly (Gradient | null)[]): (Tensor | null)[] {
  const [a, b, x] = [op.inputs[0]!, op.inputs[1]!, op.inputs[2]!];
  const logBeta = m.sub(m.addV2(m.lgamma(a), m.lgamma(b)), m.lgamma(m.addV2(a, b)));
  const one = scalarLike(a, 1);
  const exponent = m.addV2(m.xlog1py(m.sub(b, one), m.neg(x)), m.xlogy(m.sub(a, one), x));
  const partial = m.mul(m.exp(m.sub(exponent, logBeta)), denseOf(grads));
  const [sa, sx] = [shapeTensor(a), shapeTensor(x)];
  return [null, null, reshape(sum(partial, m.broadcastGradientArgs(sa, sx).r1), sx)];
}

function minusTwo(x: Tensor): Tensor {
  return scalarLike(x, -2);
}

/** cg · -2 · b · ca: the second derivative of a reciprocal or a tanh. */
function secondDerivative(grad: Tensor, b: Tensor, a: Tensor): Tensor {
  return m.mul(m.mul(m.mul(grad, minusTwo(grad)), b), a);
}

const reciprocalGrad: GradientRule = (op, grads) => {
  const [ca, grad] = [conjugate(op.inputs[0]!), denseOf(grads)];
  return [secondDerivative(conjugate(grad), op.inputs[1]!, ca), m.reciprocalGrad(ca, grad)];
};

const gradGradients: GradientTable = {
  InvGrad: reciprocalGrad,
  ReciprocalGrad: reciprocalGrad,
  RsqrtGrad: (op, grads) => {
    const [ca, grad] = [conjugate(op.inputs[0]!), denseOf(grads)];
    const scaled = m.mul(m.mul(scalarLike(grad, -1.5), conjugate(grad)), op.inputs[1]!);
    return [m.mul(scaled, m.square(ca)), m.rsqrtGrad(ca, grad)];
  },
  SigmoidGrad: (op, grads) => {
    const [a, b, grad] = [conjugate(op.inputs[0]!), conjugate(op.inputs[1]!), denseOf(grads)];
    const gb = m.mul(grad, b);
    return [m.sub(gb, m.mul(m.mul(scalarLike(gb, 2), gb), a)), m.sigmoidGrad(a, grad)];
  },
  SqrtGrad: (op, grads) => {
    const ga = m.realDiv(denseOf(grads), op.inputs[0]!);
    return [m.mul(m.neg(conjugate(ga)), op.output), m.mul(scalarLike(ga, 0.5), ga)];
  },
  TanhGrad: (op, grads) => {
    const [a, b, grad] = [conjugate(op.inputs[0]!), conjugate(op.inputs[1]!), denseOf(grads)];
    return [secondDerivative(grad, b, a), m.tanhGrad(a, grad)];
  },
};

const undifferentiable: GradientTable = Object.fromEntries(
  (
    "ApproximateEqual BitwiseAnd BitwiseOr BitwiseXor BroadcastArgs BroadcastGradientArgs Equal Greater GreaterEqual LeftShift Less " +
    "LessEqual LinSpace LogicalAnd LogicalOr NotEqual RightShift"
  )
    .split(" ")
    .map((name) => [name, null]),
);

/** Gradients of the functions of two operands. */
export const mathBinaryGradients: GradientTable = {
  ...undifferentiable,
  ...gradGradients,
  Add: add,
  AddV2: add,
  Atan2: broadcast((y, x, grad) => {
    const inverse = m.realDiv(grad, m.addV2(m.square(y), m.square(x)));
    return [m.mul(x, inverse), m.mul(m.neg(y), inverse)];
  }),
  Betainc: betainc,
  Complex: broadcast((x, _, grad) => [m.real(grad, { tout: x.dtype }), m.imag(grad, { tout: x.dtype })]),
  Div: division((x, y) => m.realDiv(x, y)),
  DivNoNan: division((x, y) => m.divNoNan(x, y)),
  FloorDiv: none,
  FloorMod: broadcast((x, y, grad) => [grad, m.mul(grad, m.neg(m.floorDiv(conjugate(x), conjugate(y))))]),
  Igamma: broadcast(igammaPair, reduceAlways),
  Igammac: igammac,
  Maximum: choice((x, y) => m.greaterEqual(x, y)),
  Minimum: choice((x, y) => m.lessEqual(x, y)),
  Mul: mul,
  MulNoNan: mulNoNan,
  NextAfter: broadcast((x1, x2, grad) => {
    return [m.mul(onesLike(x1), grad), m.mul(zerosLikeTensor(x2), grad)];
  }, reduceAlways),
  Polygamma: broadcast((n, x, grad) => {
    const partial = m.polygamma(m.addV2(n, scalarLike(n, 1)), x);
    return [null, m.mul(partial, grad)];
  }, reduceAlways),
  Pow: pow,
  RealDiv: division((x, y) => m.realDiv(x, y)),
  SquaredDifference: squaredDifference,
  Sub: sub,
  TruncateDiv: none,
  Xdivy: unlessZero((x, y) => [m.xdivy(notZero(x), y), m.xdivy(m.neg(x), m.pow(y, scalarLike(y, 2)))]),
  Xlog1py: unlessZero((x, y) => [m.xlog1py(notZero(x), y), m.xdivy(x, m.addV2(y, scalarLike(y, 1)))]),
  Xlogy: unlessZero((x, y) => [m.xlogy(notZero(x), y), m.xdivy(x, y)]),
  Zeta: broadcast((x, q, grad) => {
    const partial = m.mul(m.neg(x), m.zeta(m.addV2(x, scalarLike(x, 1)), q));
    return [null, m.mul(partial, grad)];
  }, reduceAlways),
};
