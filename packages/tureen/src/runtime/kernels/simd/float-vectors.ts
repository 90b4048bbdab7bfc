/**
 * Arithmetic on vectors of four float32 in WebAssembly: code that takes vectors off the stack and leaves one there.
 *
 * Exponential and logarithm are the polynomials of the Cephes library for single precision, which TensorFlow's vector loops use as well:
 * within two units in the last place.
 */
import { type Code, float, get, integer, set, simd, when } from "./assembler.js";

/** Instructions that need no locals. */
export const vector: Readonly<
  Record<
    | "splat"
    | "splatInteger"
    | "equal"
    | "less"
    | "greater"
    | "atMost"
    | "atLeast"
    | "not"
    | "and"
    | "or"
    | "andNot"
    | "select"
    | "anyTrue"
    | "abs"
    | "neg"
    | "sqrt"
    | "add"
    | "sub"
    | "mul"
    | "div"
    | "min"
    | "max",
    Code
  >
> = {
  splat: simd(0x13),
  splatInteger: simd(0x11),
  equal: simd(0x41),
  less: simd(0x43),
  greater: simd(0x44),
  atMost: simd(0x45),
  atLeast: simd(0x46),
  not: simd(0x4d),
  and: simd(0x4e),
  or: simd(0x50),
  /** Bits of the first where the second has none. */
  andNot: simd(0x4f),
  /** Bits of the first where the third has ones, of the second elsewhere. */
  select: simd(0x52),
  /** An integer that is not 0 where a bit is set. */
  anyTrue: simd(0x53),
  abs: simd(0xe0),
  neg: simd(0xe1),
  sqrt: simd(0xe3),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  /** The lesser, the first one where they cannot be compared. */
  min: simd(0xea),
  /** The greater, the first one where they cannot be compared. */
  max: simd(0xeb),
};

const integers = {
  shiftLeft: simd(0xab),
  shiftRightSigned: simd(0xac),
  shiftRight: simd(0xad),
  add: simd(0xae),
  sub: simd(0xb1),
  toFloats: simd(0xfa),
};

/** Constants of a loop, in locals that are set before it: made anew each time, one takes as long as several instructions. */
export class Constants {
  readonly #locals = new Map<string, number>();
  readonly #setup: number[] = [];
  readonly #first: number;

  /** `first` is the first of the locals that it may use, which are vectors. */
  constructor(first: number) {
    this.#first = first;
  }

  /** How many locals are used. */
  get count(): number {
    return this.#locals.size;
  }

  /** Sets them. */
  get setup(): Code {
    return this.#setup;
  }

  /** Four times the same float. */
  floats(value: number): Code {
    return this.#local(`f${Object.is(value, -0) ? "-0" : value}`, [...float(value), ...vector.splat]);
  }

  /** Four times the same integer. */
  integers(value: number): Code {
    return this.#local(`i${value}`, [...integer(value), ...vector.splatInteger]);
  }

  #local(key: string, make: Code): Code {
    let local = this.#locals.get(key);
    if (local === undefined) {
      local = this.#first + this.#locals.size;
      this.#locals.set(key, local);
      this.#setup.push(...make, ...set(local));
    }
    return get(local);
  }
}

/** A polynomial in a local by Horner's rule, the highest coefficient first. */
const polynomial = (x: number, coefficients: readonly number[], constants: Constants): Code =>
  coefficients.flatMap((coefficient, i) =>
    i === 0
      ? constants.floats(coefficient)
      : [...get(x), ...vector.mul, ...constants.floats(coefficient), ...vector.add],
  );

/** ln 2 in two parts, the first of which has few bits, so that multiples of it are exact. */
const [ln2High, ln2Low] = [0.693359375, -2.1219444e-4];

/** Added to a float of less than 2^22 it leaves the nearest integer in the lowest bits, which can be taken off as float and as integer. */
const rounding = 1.5 * 2 ** 23;
const roundingBits = 0x4b400000;

/** The largest finite float32. */
const largestFloat = 3.4028234663852886e38;

/** Locals that `exponential` and `logarithm1p` may use for themselves. */
export const scratchLocals = 4;

/** e to the power of each number: infinite where it is too large for a float32, 0 where too small. */
export function exponential(scratch: number, constants: Constants): Code {
  const [x, n, y] = [scratch, scratch + 1, scratch + 2];
  const of = (value: number): Code => constants.floats(value);
  /** 2 to the power of the integers on the stack, which must be in [-126, 127]. */
  const power: Code = [...constants.integers(127), ...integers.add, ...integer(23), ...integers.shiftLeft];
  return [
    // Beyond these results are 0 and infinite all the same, and the exponents below stay in range.
    ...[...of(-104), ...vector.max, ...of(89), ...vector.min, ...set(x)],
    ...[...get(x), ...of(Math.LOG2E), ...vector.mul, ...of(rounding), ...vector.add, ...set(n)],
    ...[...get(n), ...of(rounding), ...vector.sub, ...set(y)],
    ...[...get(x), ...get(y), ...of(ln2High), ...vector.mul, ...vector.sub],
    ...[...get(y), ...of(ln2Low), ...vector.mul, ...vector.sub, ...set(x)],
    ...polynomial(
      x,
      [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
      constants,
    ),
    ...[...get(x), ...get(x), ...vector.mul, ...vector.mul, ...get(x), ...vector.add, ...of(1), ...vector.add],
    // The exponent in two halves: 2 to the power of n alone may be no normal number.
    ...[...get(n), ...constants.integers(roundingBits), ...integers.sub, ...set(n)],
    ...[...get(n), ...integer(1), ...integers.shiftRightSigned, ...set(y)],
    ...[...get(y), ...power, ...vector.mul],
    ...[...get(n), ...get(y), ...integers.sub, ...power, ...vector.mul],
  ];
}

/** ln(1 + x) of each number, exact to a float32 also where x is tiny. */
export function logarithm1p(scratch: number, constants: Constants): Code {
  const [z, u, exponent, x] = [scratch, scratch + 1, scratch + 2, scratch + 3];
  const of = (value: number): Code => constants.floats(value);
  /** All ones where 1 + x, scaled into [0.5, 1), is below √½. */
  const isLow: Code = [...get(x), ...of(Math.SQRT1_2), ...vector.less];
  return [
    ...[...set(z), ...get(z), ...of(1), ...vector.add, ...set(u)],
    ...[...get(u), ...constants.integers(0x7fffff), ...vector.and],
    ...[...constants.integers(0x3f000000), ...vector.or, ...set(x)],
    ...[...get(u), ...integer(23), ...integers.shiftRight, ...constants.integers(126), ...integers.sub],
    ...[...isLow, ...integers.add, ...integers.toFloats, ...set(exponent)],
    ...[...get(x), ...of(1), ...vector.sub, ...isLow, ...get(x), ...vector.and, ...vector.add, ...set(x)],
    ...polynomial(
      x,
      [
        7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
        2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
      ],
      constants,
    ),
    ...[...get(x), ...vector.mul, ...get(x), ...get(x), ...vector.mul, ...vector.mul],
    ...[...get(exponent), ...of(ln2Low), ...vector.mul, ...vector.add],
    ...[...get(x), ...get(x), ...vector.mul, ...of(0.5), ...vector.mul, ...vector.sub],
    ...[...get(x), ...vector.add, ...get(exponent), ...of(ln2High), ...vector.mul, ...vector.add],
    // What was lost in 1 + x is put back: (x - (u - 1)) / u, the reciprocal by a line that is exact enough where it counts for anything.
    ...[...get(z), ...get(u), ...of(1), ...vector.sub, ...vector.sub],
    ...[...of(1.5), ...get(u), ...of(0.5), ...vector.mul, ...vector.sub, ...of(0), ...vector.max],
    ...[...vector.mul, ...vector.add, ...set(x)],
    ...[...get(z), ...of(largestFloat), ...vector.greater, ...get(u), ...of(0), ...vector.atMost, ...vector.or],
    ...vector.anyTrue,
    ...when([
      ...[...get(z), ...get(x), ...get(z), ...of(largestFloat), ...vector.greater, ...vector.select, ...set(x)],
      ...[...of(Number.NEGATIVE_INFINITY), ...get(x), ...get(u), ...of(0), ...vector.equal, ...vector.select],
      ...[...set(x), ...of(Number.NaN), ...get(x), ...get(u), ...of(0), ...vector.less, ...vector.select, ...set(x)],
    ]),
    ...get(x),
  ];
}
