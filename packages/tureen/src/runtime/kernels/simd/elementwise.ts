import { elementCount } from "../../../core/shape.js";
import { scalarValue, type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { Kernel } from "../../kernel.js";
import {
  type ElementwiseModule,
  type ElementwiseProgram,
  elementwiseModule,
  passElements,
  resultKind,
} from "./elementwise-module.js";

/** Fewer elements than this are done op by op before they would be copied. */
const leastElements = 512;

/** A kernel's program and what it expects of its inputs. */
export interface Elementwise {
  readonly program: ElementwiseProgram;
  /** The rank whose elements reductions take all of; undefined where there are none. */
  readonly reducedRank: number | undefined;
  /** Outputs that nobody keeps beyond the run: their memory is used again. May be filled in until the first run. */
  readonly isPassing: boolean[];
}

/** A program with the inputs that are scalars. */
interface Prepared {
  readonly module: ElementwiseModule;
  readonly floats: Float32Array;
  readonly isScalar: readonly boolean[];
  /** Memory of the outputs that are used again, by output. */
  readonly passing: Map<number, Float32Array>;
}

/**
 * The kernel of a program over float32 arrays of one shape and scalars; `apart` runs its ops one by one, for shapes that are to be broadcast,
 * small arrays, and engines without vectors.
 */
export function elementwiseKernel({ program, reducedRank, isPassing }: Elementwise, apart: Kernel): Kernel {
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
      own = prepare(program, inputs) ?? null;
      prepared.set(key, own);
    }
    return own === null ? apart(inputs, context) : run(program, own, inputs, shape, count, isPassing);
  };
}

function prepare(program: ElementwiseProgram, inputs: readonly TensorValue[]): Prepared | undefined {
  const isScalar = inputs.map(({ shape }) => shape.length === 0);
  // A result of scalars alone is a scalar, which the loop does not give.
  const isArray: boolean[] = [];
  for (const { op, operands } of program.instructions) {
    isArray.push(
      op !== "Size" &&
        operands.some(({ kind, ...rest }) => {
          if (kind === "constant") return false;
          const { at } = rest as { readonly at: number };
          return kind === "input" ? !isScalar[at]! : isArray[at]!;
        }),
    );
  }
  if (program.outputs.some((i) => !isArray[i]!)) return undefined;
  const module = elementwiseModule(program, isScalar);
  return module === undefined
    ? undefined
    : { module, isScalar, floats: new Float32Array(module.memory.buffer), passing: new Map() };
}

function run(
  { instructions, outputs, inputs: inputCount }: ElementwiseProgram,
  { module, floats, isScalar, passing }: Prepared,
  inputs: readonly TensorValue[],
  shape: readonly number[],
  count: number,
  isPassing: readonly boolean[],
): readonly TensorValue[] {
  const [reductions, scalars, arrays] = [module.reductions / 4, module.scalars / 4, module.arrays / 4];
  const words = new Int32Array(floats.buffer);
  const sums = new Float64Array(floats.buffer);
  const reduced = instructions.flatMap(({ op }, i) =>
    resultKind(op) === "sum" || resultKind(op) === "all" ? [i] : [],
  );
  reduced.forEach((i, r) => {
    words.fill(instructions[i]!.op === "All" ? -1 : 0, reductions + 4 * r, reductions + 4 * r + 4);
  });
  floats.fill(count, module.count / 4, module.count / 4 + 4);
  const taken: { readonly data: Float32Array; readonly to: number }[] = [];
  inputs.forEach((input, i) => {
    const data = input.data as Float32Array;
    if (isScalar[i]!) floats.fill(data[0]!, scalars + 4 * i, scalars + 4 * i + 4);
    else taken.push({ data, to: arrays + i * passElements });
  });
  const given: { readonly data: Float32Array; readonly from: number }[] = [];
  for (const [o, i] of outputs.entries()) {
    if (reduced.includes(i)) continue;
    let data = isPassing[o] === true ? passing.get(o) : undefined;
    if (data?.length !== count) {
      data = new Float32Array(count);
      if (isPassing[o] === true) passing.set(o, data);
    }
    given.push({ data, from: arrays + (inputCount + given.length) * passElements });
  }
  const whole = count - (count % 4);
  for (let done = 0; done < count; done += passElements) {
    const size = Math.min(passElements, count - done);
    for (const { data, to } of taken) floats.set(data.subarray(done, done + size), to);
    const full = Math.min(size, whole - done);
    words.fill(-1, 0, 4);
    if (full > 0) module.run(0, 4 * full);
    if (size > full) {
      words.fill(0, size - full, 4);
      module.run(4 * full, 4 * full + 16);
    }
    for (const { data, from } of given) data.set(floats.subarray(from, from + size), done);
  }
  let array = 0;
  return outputs.map((i) => {
    const r = reduced.indexOf(i);
    if (r < 0) return tensorValue("float32", shape, given[array++]!.data);
    const at = reductions + 4 * r;
    if (instructions[i]!.op === "All")
      return scalarValue(
        "bool",
        words.subarray(at, at + 4).every((word) => word === -1),
      );
    return scalarValue("float32", sums[at / 2]! + sums[at / 2 + 1]!);
  });
}
