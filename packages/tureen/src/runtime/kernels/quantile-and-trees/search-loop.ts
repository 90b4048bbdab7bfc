import {
  advance,
  type Code,
  f32,
  float,
  get,
  i32,
  integer,
  loopUntil,
  memory,
  set,
  tee,
  valueType,
  type WasmFunction,
  when,
} from "../simd/assembler.js";
import { Constants, vector } from "../simd/float-vectors.js";
import { foundWords, type HistogramLayout, type HistogramSizes } from "./histogram-layout.js";
import { gainTolerance, lowestGain } from "./split-gain.js";

/**
 * The function that looks for the best split at `value <= bucket` of each feature of a block, for one logit: `searchInequality` of one node.
 *
 * All numbers are float32 and in the same order, so that it finds the same. Sums are in cells of two float64; the last cell is missing values'.
 */
export function searchLoop(layout: HistogramLayout, sizes: HistogramSizes): WasmFunction {
  const { scratch } = layout;
  const buckets = sizes.cells - 1;
  const { i32: word, f32: number, v128 } = valueType;
  // Locals by type: integers, floats, vectors.
  const words = [2, 3, 4, 5, 6, 7, 8, 9] as const;
  const numbers = [10, 11, 12, 13, 14, 15, 16, 17] as const;
  const vectors = [18, 19, 20, 21, 22, 23, 24, 25, 26] as const;
  const [l1, l2] = [0, 1];
  const [cell, end, at, found, foundEnd, best, hasMissing, isRight] = words;
  const [gradient, hessian, missingGradient, missingHessian, sumGradient, sumHessian, gain, other] = numbers;
  const [allGradient, allHessian, gradients, hessians, own, curvature, lower, upper, result] = vectors;
  const constants = new Constants(2 + words.length + numbers.length + vectors.length);
  const cellSum = (offset: number): Code => [...get(cell), ...memory.loadDouble(offset), ...f32.fromDouble];
  const splat = (local: number): Code => [...get(local), ...vector.splat];
  const accumulate: Code = [
    ...[...get(at), ...get(gradient), ...cellSum(0), ...f32.add, ...tee(gradient)],
    ...memory.storeFloat(scratch.gradients),
    ...[...get(at), ...get(hessian), ...cellSum(8), ...f32.add, ...tee(hessian)],
    ...memory.storeFloat(scratch.hessians),
    ...advance(at, 4),
  ];
  /** `scalarGain` of four sums of gradients and Hessians, which are taken off the stack. */
  const gains: Code = [
    ...[...splat(l2), ...vector.add, ...set(curvature), ...tee(own)],
    ...[...get(own), ...get(lower), ...vector.max, ...get(upper), ...vector.min, ...vector.sub, ...vector.neg],
    ...[...tee(own), ...get(own), ...get(curvature), ...vector.div, ...vector.mul],
    ...[...get(curvature), ...constants.floats(gainTolerance), ...vector.atMost, ...vector.andNot],
  ];
  /** The gains on both sides of four splits whose left sums are in two locals. */
  const bothGains: Code = [
    ...[...get(gradients), ...get(hessians), ...gains],
    ...[...get(allGradient), ...get(gradients), ...vector.sub],
    ...[...get(allHessian), ...get(hessians), ...vector.sub, ...gains],
    ...vector.add,
  ];
  const evaluate: Code = [
    ...[...get(at), ...memory.loadVector(scratch.gradients), ...set(gradients)],
    ...[...get(at), ...memory.loadVector(scratch.hessians), ...set(hessians)],
    ...[...bothGains, ...set(result)],
    ...[...get(at), ...get(result), ...memory.storeVector(scratch.gainsRight)],
    ...[...get(hasMissing)],
    ...when([
      ...[...get(gradients), ...splat(missingGradient), ...vector.add, ...set(gradients)],
      ...[...get(hessians), ...splat(missingHessian), ...vector.add, ...set(hessians)],
      ...[...bothGains, ...set(result)],
      ...[...get(at), ...get(result), ...memory.storeVector(scratch.gainsLeft)],
    ]),
  ];
  /** Keeps a gain that is larger than the best by more than the noise of a float. */
  const compare = (offset: number, right: Code): Code => [
    ...[...get(at), ...memory.loadFloat(offset), ...tee(other), ...get(gain), ...f32.sub],
    ...[...float(gainTolerance), ...f32.atLeast],
    ...when([...get(other), ...set(gain), ...get(at), ...set(best), ...right, ...set(isRight)]),
  ];
  const choose: Code = [
    ...get(hasMissing),
    ...when(compare(scratch.gainsLeft, integer(0))),
    ...compare(scratch.gainsRight, get(hasMissing)),
  ];
  const store = (offset: number, value: Code): Code => [...get(found), ...value, ...memory.storeFloat(offset)];
  const keep: Code = [
    ...[...get(best), ...memory.loadFloat(scratch.gradients), ...set(gradient)],
    ...[...get(best), ...memory.loadFloat(scratch.hessians), ...set(hessian)],
    ...[...get(isRight), ...i32.isZero],
    ...when([
      ...[...get(gradient), ...get(missingGradient), ...f32.add, ...set(gradient)],
      ...[...get(hessian), ...get(missingHessian), ...f32.add, ...set(hessian)],
    ]),
    ...store(0, get(gain)),
    ...[...get(found), ...get(best), ...integer(2), ...i32.shiftRight, ...memory.store(4)],
    ...[...get(found), ...get(isRight), ...memory.store(8)],
    ...[...store(12, get(gradient)), ...store(16, get(hessian))],
    ...[...store(20, get(sumGradient)), ...store(24, get(sumHessian))],
  ];
  const sum = (total: number, all: number, left: number, missing: number): Code => [
    ...[...get(left), ...get(missing), ...f32.add, ...tee(total), ...vector.splat, ...set(all)],
  ];
  const ofFeature: Code = [
    ...[...get(cell), ...integer(buckets * 16), ...i32.add, ...set(end)],
    ...[...integer(0), ...set(at), ...float(0), ...set(gradient), ...float(0), ...set(hessian)],
    ...loopUntil(cell, end, 16, accumulate),
    // The cell after the last bucket's.
    ...[...cellSum(0), ...tee(missingGradient), ...float(0), ...f32.notEqual],
    ...[...cellSum(8), ...tee(missingHessian), ...float(0), ...f32.notEqual, ...i32.or, ...set(hasMissing)],
    ...sum(sumGradient, allGradient, gradient, missingGradient),
    ...sum(sumHessian, allHessian, hessian, missingHessian),
    ...[...integer(0), ...set(at), ...integer(buckets * 4), ...set(end)],
    ...loopUntil(at, end, 16, evaluate),
    ...[...integer(0), ...set(at), ...integer(0), ...set(best), ...integer(0), ...set(isRight)],
    ...[...float(lowestGain), ...set(gain)],
    ...loopUntil(at, end, 4, choose),
    ...keep,
    ...advance(cell, 16),
  ];
  const before: Code = [
    ...constants.setup,
    ...[...get(l1), ...vector.splat, ...tee(upper), ...vector.neg, ...set(lower)],
    ...[...integer(layout.sums), ...set(cell), ...integer(layout.found), ...set(found)],
    ...[...integer(layout.found + layout.blockFeatures * foundWords * 4), ...set(foundEnd)],
  ];
  return {
    name: "search",
    params: [number, number],
    locals: [
      ...words.map(() => word),
      ...numbers.map(() => number),
      ...Array.from({ length: vectors.length + constants.count }, () => v128),
    ],
    body: [...before, ...loopUntil(found, foundEnd, foundWords * 4, ofFeature)],
  };
}
