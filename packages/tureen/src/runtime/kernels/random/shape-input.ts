import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../../core/tensor-value.js";
import { shapeFromSizes } from "../array-basic.js";

/** The shape in a random op's input. */
export function shapeInput(value: TensorValue): number[] {
  if (value.shape.length !== 1) {
    throw invalidArgument(`shape must be a vector of {int32,int64}, got shape ${shapeText(value.shape)}`);
  }
  return shapeFromSizes(toIntegers(value));
}

/** The bounds of random integers, checked. */
export function integerBounds(low: TensorValue, high: TensorValue): [number | bigint, number | bigint] {
  for (const [name, { shape }] of [
    ["minval", low],
    ["maxval", high],
  ] as const) {
    if (shape.length !== 0) throw invalidArgument(`${name} must be 0-D, got shape ${shapeText(shape)}`);
  }
  const [from] = low.data as ArrayLike<number | bigint> as readonly [number | bigint];
  const [to] = high.data as ArrayLike<number | bigint> as readonly [number | bigint];
  if (!(from < to)) throw invalidArgument(`Need minval < maxval, got ${from} >= ${to}`);
  return [from, to];
}
