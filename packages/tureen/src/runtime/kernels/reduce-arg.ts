import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { type BigArray, fromNumbers, type NumberArray, numbersOf } from "./math/element-wise.js";

/** Finds the place of the greatest (`sign` 1) or least (-1) along each line; the first of equals, and NaN is never it. */
function argKernel(sign: 1 | -1): KernelFactory {
  return (node) => {
    const outputType = node.outputTypes[0]!;
    const big = node.inputTypes[0] === "int64" || node.inputTypes[0] === "uint64";
    return ([x, dimension]) => {
      const { shape } = x!;
      if (dimension!.shape.length > 0) {
        throw invalidArgument(`dim must be a scalar, but received tensor of shape: ${shapeText(dimension!.shape)}`);
      }
      const given = toIntegers(dimension!)[0]!;
      const axis = given < 0 ? given + shape.length : given;
      if (axis < 0 || axis >= shape.length) {
        throw invalidArgument(
          `Expected dimension in the range [${-shape.length || 0}, ${shape.length}), but got ${given}`,
        );
      }
      if (shape[axis] === 0) throw invalidArgument(`Reduction axis ${given} is empty in shape ${shapeText(shape)}`);
      const length = shape[axis]!;
      const inner = elementCount(shape.slice(axis + 1));
      const outer = elementCount(shape.slice(0, axis));
      const places = new Int32Array(outer * inner);
      if (big) placesOfBig(x!.data as BigArray, places, length, inner, sign);
      else placesOfNumbers(numbersOf(x!), places, length, inner, sign);
      return [fromNumbers(outputType, [...shape.slice(0, axis), ...shape.slice(axis + 1)], places)];
    };
  };
}

function placesOfNumbers(x: NumberArray, places: Int32Array, length: number, inner: number, sign: number): void {
  for (let o = 0; o < places.length; o++) {
    const start = Math.floor(o / inner) * length * inner + (o % inner);
    // The first element stands until a greater one comes, unless it is NaN, which none would be greater than.
    let best = Number.NEGATIVE_INFINITY;
    let place = 0;
    for (let k = 0, i = start; k < length; k++, i += inner) {
      const value = sign * x[i]!;
      if (value > best) {
        best = value;
        place = k;
      }
    }
    places[o] = place;
  }
}

function placesOfBig(x: BigArray, places: Int32Array, length: number, inner: number, sign: number): void {
  for (let o = 0; o < places.length; o++) {
    const start = Math.floor(o / inner) * length * inner + (o % inner);
    let best = x[start]!;
    let place = 0;
    for (let k = 1, i = start + inner; k < length; k++, i += inner) {
      const value = x[i]!;
      if (sign > 0 ? value > best : value < best) {
        best = value;
        place = k;
      }
    }
    places[o] = place;
  }
}

/** Kernels that find where the greatest or least element is. */
export const reduceArgKernels: KernelTable = {
  ArgMax: argKernel(1),
  ArgMin: argKernel(-1),
};
