import { elementCount } from "../../../core/shape.js";
import { scalarValue, type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { Kernel } from "../../kernel.js";
import {
  type ElementwiseModule,
  type ElementwiseProgram,
  elementwiseModule,
  isReduced,
  passElements,
  reductionBytes,
} from "./elementwise-module.js";
import { simplifyProgram } from "./simplify-program.js";

/** Fewer elements than this are done op by op before they would be copied. */
const leastElements = 512;

/** A kernel's program and what it expects of its inputs. */
export interface Elementwise {
  readonly program: ElementwiseProgram;
  /** The rank whose elements reductions take all of; undefined where there are none. */
  readonly reducedRank: number | undefined;
  /** Outputs that nobody keeps beyond the run: their memory is used again. May be filled in until the first run. */
  readonly isPassing: boolean[];
  /** Outputs of which only the shape is read: their numbers mean nothing. May be filled in until the first run. */
  readonly isShapeOnly?: boolean[];
}

/** A program for inputs of which some are scalars, and places in its module's memory in numbers. */
interface Prepared {
  readonly module: ElementwiseModule;
  readonly floats: Float32Array;
  readonly words: Int32Array;
  readonly sums: Float64Array;
  readonly isScalar: readonly boolean[];
  readonly outputs: readonly PreparedOutput[];
  /** Reductions: whether their words begin as ones. */
  readonly reductions: readonly { readonly at: number; readonly isAll: boolean }[];
  /** Sums that products belong to, and the products, in numbers of 8 bytes. */
  readonly products: readonly { readonly sum: number; readonly at: number }[];
  /** Where the array inputs and outputs of a pass are. */
  readonly taken: readonly number[];
  readonly given: readonly number[];
  /** Memory of the outputs that are used again, by output. */
  readonly passing: Map<number, Float32Array>;
}

/** An output, and where its reduction is. */
type PreparedOutput =
  | { readonly kind: "array" }
  | { readonly kind: "shape" }
  | { readonly kind: "sum"; readonly at: number }
  | { readonly kind: "all"; readonly at: number };

/**
 * The kernel of a program over float32 arrays of one shape and scalars; `apart` runs its ops one by one, for shapes that are to be broadcast,
 * small arrays, and engines without vectors.
 */
export function elementwiseKernel(options: Elementwise, apart: Kernel): Kernel {
  const { program, reducedRank, isPassing, isShapeOnly = [] } = options;
  const prepared = new Map<string, Prepared | null>();
  return (inputs, context) => {
    const shape = inputs.find((input) => input.shape.length > 0)?.shape;
    if (shape === undefined || (reducedRank !== undefined && reducedRank !== shape.length))
      return apart(inputs, context);
    const count = elementCount(shape);
    const fits = ({ shape: own }: TensorValue): boolean =>
      own.length === 0 || (own.length === shape.length && own.every((size, d) => size === shape[d]));
    if (count < leastElements || !inputs.every(fits)) return apart(inputs, context);
    const key = inputs.map((input) => (input.shape.length === 0 ? "s" : "a")).join("");
    let own = prepared.get(key);
    if (own === undefined) {
      own = prepare(program, inputs, isShapeOnly) ?? null;
      prepared.set(key, own);
    }
    return own === null ? apart(inputs, context) : run(own, inputs, shape, count, isPassing);
  };
}

function prepare(
  given: ElementwiseProgram,
  inputs: readonly TensorValue[],
  isShapeOnly: readonly boolean[],
): Prepared | undefined {
  const isScalar = inputs.map(({ shape }) => shape.length === 0);
  // A result of scalars alone is a scalar, which the loop does not give.
  const isArray: boolean[] = [];
  for (const { op, operands } of given.instructions) {
    isArray.push(
      op !== "Size" &&
        operands.some(({ kind, ...rest }) => {
          if (kind === "constant") return false;
          const { at } = rest as { readonly at: number };
          return kind === "input" ? !isScalar[at]! : isArray[at]!;
        }),
    );
  }
  if (given.outputs.some((i) => !isArray[i]!)) return undefined;
  const program = simplifyProgram({ ...given, outputs: given.outputs.filter((_, o) => isShapeOnly[o] !== true) });
  const module = elementwiseModule(program, isScalar);
  if (module === undefined) return undefined;
  const { buffer } = module.memory;
  const { instructions } = program;
  const reduced = instructions.flatMap(({ op }, i) => (isReduced(op) ? [i] : []));
  const reductionAt = (i: number): number => (module.reductions + reductionBytes * reduced.indexOf(i)) / 4;
  let place = 0;
  const outputs = given.outputs.map((_, o): PreparedOutput => {
    if (isShapeOnly[o] === true) return { kind: "shape" };
    const i = program.outputs[place++]!;
    if (!isReduced(instructions[i]!.op)) return { kind: "array" };
    const at = reductionAt(i);
    return instructions[i]!.op === "All" ? { kind: "all", at } : { kind: "sum", at };
  });
  const arrayAt = (array: number): number => module.arrays / 4 + array * passElements;
  const arrays = outputs.filter(({ kind }) => kind === "array");
  return {
    module,
    floats: new Float32Array(buffer),
    words: new Int32Array(buffer),
    sums: new Float64Array(buffer),
    isScalar,
    outputs,
    reductions: reduced.map((i) => ({ at: reductionAt(i), isAll: instructions[i]!.op === "All" })),
    products: reduced.flatMap((i) =>
      instructions[i]!.op === "SumLog1p" ? [{ sum: reductionAt(i) / 2, at: reductionAt(i) / 2 + 2 }] : [],
    ),
    taken: isScalar.flatMap((isOne, i) => (isOne ? [] : [arrayAt(i)])),
    given: arrays.map((_, array) => arrayAt(program.inputs + array)),
    passing: new Map(),
  };
}

function run(
  own: Prepared,
  inputs: readonly TensorValue[],
  shape: readonly number[],
  count: number,
  isPassing: readonly boolean[],
): readonly TensorValue[] {
  const { module, floats, words, sums, isScalar, outputs } = own;
  for (const { at, isAll } of own.reductions) words.fill(isAll ? -1 : 0, at, at + 4);
  for (const { at } of own.products) sums.fill(1, at, at + 4);
  floats.fill(count, module.count / 4, module.count / 4 + 4);
  const taken: Float32Array[] = [];
  for (let i = 0; i < inputs.length; i++) {
    const data = inputs[i]!.data as Float32Array;
    const scalar = module.scalars / 4 + 4 * i;
    if (isScalar[i]!) floats.fill(data[0]!, scalar, scalar + 4);
    else taken.push(data);
  }
  const given: Float32Array[] = [];
  for (let o = 0; o < outputs.length; o++) {
    if (outputs[o]!.kind === "array") given.push(memoryOf(own, o, count, isPassing[o] === true));
  }
  runPasses(own, taken, given, count);
  let array = 0;
  return outputs.map((output, o) => {
    if (output.kind === "array") return tensorValue("float32", shape, given[array++]!);
    if (output.kind === "shape") return tensorValue("float32", shape, memoryOf(own, o, count, true));
    if (output.kind === "sum") return scalarValue("float32", sums[output.at / 2]! + sums[output.at / 2 + 1]!);
    const isAll = words.subarray(output.at, output.at + 4).every((word) => word === -1);
    return scalarValue("bool", isAll);
  });
}

/** An array for an output: the one of the run before for those that nobody keeps. */
function memoryOf({ passing }: Prepared, output: number, count: number, isPassed: boolean): Float32Array {
  let data = isPassed ? passing.get(output) : undefined;
  if (data?.length !== count) {
    data = new Float32Array(count);
    if (isPassed) passing.set(output, data);
  }
  return data;
}

/** Runs the program over all elements, as many at a time as the module has room for. */
function runPasses(own: Prepared, taken: readonly Float32Array[], given: readonly Float32Array[], count: number): void {
  const { module, floats, words, sums, products } = own;
  const whole = count - (count % 4);
  for (let done = 0; done < count; done += passElements) {
    const size = Math.min(passElements, count - done);
    for (let i = 0; i < taken.length; i++) floats.set(taken[i]!.subarray(done, done + size), own.taken[i]!);
    const full = Math.min(size, whole - done);
    words.fill(-1, 0, 4);
    if (full > 0) module.run(0, 4 * full);
    if (size > full) {
      words.fill(0, size - full, 4);
      module.run(4 * full, 4 * full + 16);
    }
    for (let i = 0; i < given.length; i++) {
      const from = own.given[i]!;
      given[i]!.set(floats.subarray(from, from + size), done);
    }
    // A pass multiplies up to 513 numbers of at most 2: as many more would be infinite.
    for (const { sum, at } of products) {
      for (let i = at; i < at + 4; i++) sums[sum] = sums[sum]! + Math.log(sums[i]!);
      sums.fill(1, at, at + 4);
    }
  }
}
