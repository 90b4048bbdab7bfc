import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import { selectV2 } from "../ops/array.js";
import * as m from "../ops/math.js";
import * as s from "../ops/math-special.js";
import { denseOf } from "./array/build-math.js";
import { scalarLike } from "./math/scalar-like.js";

/** The gradient times a slope of input and output. */
function slope(f: (x: Tensor, y: Tensor) => Tensor): GradientRule {
  return (op, grads) => [m.mul(denseOf(grads), f(op.inputs[0]!, op.output))];
}

/** A slope, and what it is at 0, where its formula divides by x. */
function unlessZero(x: Tensor, atZero: number, elsewhere: Tensor): Tensor {
  return selectV2(m.equal(x, scalarLike(x, 0)), scalarLike(x, atZero), elsewhere);
}

function quarterTurn(x: Tensor): Tensor {
  return m.mul(scalarLike(x, Math.PI / 2), m.square(x));
}

/** Gradients of the special functions. */
export const mathSpecialGradients: GradientTable = {
  BesselI0: slope((x) => s.besselI1(x)),
  BesselI1: slope((x, y) => unlessZero(x, 1, m.sub(s.besselI0(x), m.realDiv(y, x)))),
  BesselJ0: slope((x) => m.neg(s.besselJ1(x))),
  BesselJ1: slope((x, y) => unlessZero(x, 0.5, m.sub(s.besselJ0(x), m.realDiv(y, x)))),
  BesselK0: slope((x) => m.neg(s.besselK1(x))),
  BesselK0e: slope((x, y) => m.sub(y, s.besselK1e(x))),
  BesselK1: slope((x, y) => m.sub(m.neg(s.besselK0(x)), m.realDiv(y, x))),
  BesselK1e: slope((x, y) => m.sub(m.mul(y, m.sub(scalarLike(x, 1), m.reciprocal(x))), s.besselK0e(x))),
  BesselY0: slope((x) => m.neg(s.besselY1(x))),
  BesselY1: slope((x, y) => m.sub(s.besselY0(x), m.realDiv(y, x))),
  Dawsn: slope((x, y) => m.sub(scalarLike(x, 1), m.mul(m.mul(scalarLike(x, 2), x), y))),
  Expint: slope((x) => m.realDiv(m.exp(x), x)),
  FresnelCos: slope((x) => m.cos(quarterTurn(x))),
  FresnelSin: slope((x) => m.sin(quarterTurn(x))),
  Spence: slope((x) =>
    selectV2(m.equal(x, scalarLike(x, 1)), scalarLike(x, -1), m.realDiv(m.log(x), m.sub(scalarLike(x, 1), x))),
  ),
  PopulationCount: null,
  ToBool: null,
  HistogramFixedWidth: null,
  UnravelIndex: null,
};
