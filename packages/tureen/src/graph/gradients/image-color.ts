import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import { pack, unpack } from "../ops/array.js";
import {
  addV2,
  cast,
  divNoNan,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  mul,
  neg,
  square,
  sub,
} from "../ops/math.js";
import { denseOf } from "./array/build-math.js";

/** A channel with those that follow it in the circle of red, green and blue, as far as its derivatives ask. */
interface Channel {
  readonly value: Tensor;
  /** 1 where the channel is the greatest, or the smallest, of its pixel, else 0; ties go to the first. */
  readonly biggest: Tensor;
  readonly smallest: Tensor;
  /** 1 where the channel is above 0. */
  readonly positive: Tensor;
}

function product(first: Tensor, ...others: readonly Tensor[]): Tensor {
  return others.reduce((result, factor) => mul(result, factor), first);
}

function sumOf(first: Tensor, ...others: readonly Tensor[]): Tensor {
  return others.reduce((result, term) => addV2(result, term), first);
}

/**
 * Piece by piece, by which channel is the greatest and which the smallest: TensorFlow's own derivatives, with 0 for what divides by 0.
 *
 * Hue, saturation and value each depend on the three channels alike but for a turn of the colour circle.
 */
const rgbToHsv: GradientRule = (op, grads) => {
  const { dtype } = op.inputs[0]!;
  const number = (value: number): Tensor => constant(value, dtype);
  const flag = (a: Tensor, b: Tensor): Tensor => cast(logicalAnd(a, b), dtype);
  const inverse = (x: Tensor): Tensor => divNoNan(number(1), x);
  const [red, green, blue] = unpack(op.inputs[0]!, { num: 3, axis: -1 }) as [Tensor, Tensor, Tensor];
  const [, saturation, value] = unpack(op.output, { num: 3, axis: -1 }) as [Tensor, Tensor, Tensor];
  const [hueGrad, saturationGrad, valueGrad] = unpack(denseOf(grads), { num: 3, axis: -1 }) as [Tensor, Tensor, Tensor];
  const channel = (x: Tensor, biggest: Tensor, smallest: Tensor): Channel => ({
    value: x,
    biggest,
    smallest,
    positive: cast(greater(x, number(0)), dtype),
  });
  const channels = [
    channel(red, flag(greaterEqual(red, blue), greaterEqual(red, green)), flag(less(red, blue), less(red, green))),
    channel(
      green,
      flag(greater(green, red), greaterEqual(green, blue)),
      flag(lessEqual(green, red), less(green, blue)),
    ),
    channel(blue, flag(greater(blue, red), greater(blue, green)), flag(lessEqual(blue, red), lessEqual(blue, green))),
  ] as const;

  const bySaturation = (own: Channel, next: Channel, last: Channel): Tensor => {
    const smallest = sumOf(mul(next.smallest, next.value), mul(last.smallest, last.value));
    const greatest = sumOf(mul(next.biggest, next.value), mul(last.biggest, last.value));
    const asGreatest = product(own.biggest, smallest, inverse(square(own.value)));
    const asSmallest = product(own.smallest, inverse(greatest));
    return mul(own.positive, sub(asGreatest, asSmallest));
  };

  // In sixths of the circle.
  const byHue = (own: Channel, next: Channel, last: Channel): Tensor => {
    const across = sub(last.value, next.value);
    const asGreatest = product(own.positive, own.biggest, across, inverse(square(saturation)), inverse(square(value)));
    const belowNext = product(
      next.positive,
      next.biggest,
      own.smallest,
      across,
      inverse(square(sub(own.value, next.value))),
    );
    const betweenNext = product(next.positive, next.biggest, last.smallest, neg(inverse(sub(next.value, last.value))));
    const belowLast = product(
      last.positive,
      last.biggest,
      own.smallest,
      across,
      inverse(square(sub(last.value, own.value))),
    );
    const betweenLast = product(last.positive, last.biggest, next.smallest, inverse(across));
    return mul(sumOf(asGreatest, belowNext, betweenNext, belowLast, betweenLast), number(1 / 6));
  };

  const found = channels.map((own, i) => {
    const [next, last] = [channels[(i + 1) % 3]!, channels[(i + 2) % 3]!];
    return sumOf(
      mul(valueGrad, own.biggest),
      mul(saturationGrad, bySaturation(own, next, last)),
      mul(hueGrad, byHue(own, next, last)),
    );
  });
  return [pack(found, { axis: -1 })];
};

/** Gradients of changes of colour space; TensorFlow has none of HSVToRGB. */
export const imageColorGradients: GradientTable = { RGBToHSV: rgbToHsv, HSVToRGB: null };
