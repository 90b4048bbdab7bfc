import {
  assemble,
  type Code,
  get,
  instantiate,
  loopUntil,
  memory,
  set,
  simd,
  valueType,
  type WasmMemory,
} from "./assembler.js";
import { Constants, exponential, logarithm1p, scratchLocals, vector } from "./float-vectors.js";

/** What an instruction works on: an input, the result of an earlier instruction, or a constant. */
export type Operand =
  | { readonly kind: "input" | "result"; readonly at: number }
  | { readonly kind: "constant"; readonly value: number };

/**
 * One TensorFlow op on each element, or over all of them (`All`, `Sum`, `Size`); `Cast` is that of a size to float.
 *
 * `SumLog1p`, of numbers a and b in [0, 1], sums up a + ln(1 + b).
 */
export interface Instruction {
  readonly op: string;
  readonly operands: readonly Operand[];
}

/** Ops on float32 elements one by one, and reductions of all elements to one, as straight-line code. */
export interface ElementwiseProgram {
  readonly inputs: number;
  readonly instructions: readonly Instruction[];
  /** Instructions whose results are given out. */
  readonly outputs: readonly number[];
}

/** Elements of one pass: a handful of arrays of 8 KB stays in the first-level cache. */
export const passElements = 2048;
const passBytes = 4 * passElements;

const onFloats: Readonly<Record<string, Code>> = {
  Add: vector.add,
  AddV2: vector.add,
  Sub: vector.sub,
  Mul: vector.mul,
  RealDiv: vector.div,
  Neg: vector.neg,
  Abs: vector.abs,
  Sqrt: vector.sqrt,
  Less: vector.less,
  LessEqual: vector.atMost,
  Greater: vector.greater,
  GreaterEqual: vector.atLeast,
};

const comparisons: ReadonlySet<string> = new Set(["Less", "LessEqual", "Greater", "GreaterEqual"]);

/**
 * What an op gives: numbers, truth values, one of either of all elements, or the number of elements; undefined for an op that programs have no
 * code for.
 */
export function resultKind(op: string): "float" | "mask" | "sum" | "all" | "count" | undefined {
  if (op === "Sum") return "sum";
  if (op === "All") return "all";
  if (op === "Size" || op === "Cast") return "count";
  if (comparisons.has(op)) return "mask";
  const isKnown =
    Object.hasOwn(onFloats, op) || ["Exp", "Log1p", "Reciprocal", "Square", "ZerosLike", "Select"].includes(op);
  return isKnown ? "float" : undefined;
}

/** Whether an op of a program gives one result of all elements. */
export function isReduced(op: string): boolean {
  return op === "Sum" || op === "All" || op === "SumLog1p";
}

/** Bytes of a reduction in memory: sums (two of float64) or truth values, then four products of float64, of a pass alone. */
export const reductionBytes = 48;

/** A compiled program. In memory: the mask of a pass's last vector, `reductionBytes` a reduction, a vector an input, then the passes' arrays. */
export interface ElementwiseModule {
  readonly memory: WasmMemory;
  /** Where things begin, in bytes; arrays of inputs come before those of outputs, in their order. */
  readonly mask: 0;
  readonly reductions: number;
  readonly scalars: number;
  /** The number of elements, as a vector of floats. */
  readonly count: number;
  readonly arrays: number;
  /** Works on vectors up to a byte of the arrays, from another on; at least on one. */
  run(from: number, to: number): void;
}

/** Compiles a program for inputs of which some are scalars; undefined where the engine has no vectors. */
export function elementwiseModule(
  program: ElementwiseProgram,
  isScalar: readonly boolean[],
): ElementwiseModule | undefined {
  const { inputs, instructions, outputs } = program;
  const reduced = instructions.flatMap(({ op }, i) => (isReduced(op) ? [i] : []));
  const reductions = 16;
  const scalars = reductions + reductionBytes * reduced.length;
  const count = scalars + 16 * inputs;
  const arrays = count + 16;
  const [at, end] = [0, 1];
  const inputLocal = (input: number): number => 2 + input;
  const resultLocal = (i: number): number => 2 + inputs + i;
  const mask = 2 + inputs + instructions.length;
  /** Of each reduction two vectors of products and one of ones, where it has them. */
  const productLocals = (i: number): readonly [number, number, number] => {
    const first = mask + 1 + 3 * reduced.indexOf(i);
    return [first, first + 1, first + 2];
  };
  const scratch = mask + 1 + 3 * reduced.length;
  const constants = new Constants(scratch + scratchLocals);
  const read = (operand: Operand): Code =>
    operand.kind === "constant"
      ? constants.floats(operand.value)
      : get(operand.kind === "input" ? inputLocal(operand.at) : resultLocal(operand.at));
  const atZero: Code = [0x41, 0];
  const before: Code[] = [[...atZero, ...memory.loadVector(0), ...set(mask)]];
  const body: Code[] = [];
  const after: Code[] = [];
  for (let i = 0; i < inputs; i++) {
    if (isScalar[i] === true) before.push([...atZero, ...memory.loadVector(scalars + 16 * i), ...set(inputLocal(i))]);
    else body.push([...get(at), ...memory.loadVector(arrays + i * passBytes), ...set(inputLocal(i))]);
  }
  instructions.forEach(({ op, operands }, i) => {
    const values = operands.flatMap(read);
    const reduction = reductions + reductionBytes * reduced.indexOf(i);
    if (op === "SumLog1p") {
      const [terms, powers] = operands as [Operand, Operand];
      const [low, high, ones] = productLocals(i);
      before.push([...constants.floats(1), ...promote, ...set(ones)]);
      for (const [local, place] of [[resultLocal(i), 0] as const, [low, 16] as const, [high, 32] as const]) {
        before.push([...atZero, ...memory.loadVector(reduction + place), ...set(local)]);
        after.push([...atZero, ...get(local), ...memory.storeVector(reduction + place)]);
      }
      body.push([...read(terms), ...sumInto(resultLocal(i), scratch, mask), ...set(resultLocal(i))]);
      body.push([...read(powers), ...get(mask), ...vector.and, ...set(scratch)]);
      const times = (product: number): Code => [
        ...get(ones),
        ...addDoubles,
        ...get(product),
        ...mulDoubles,
        ...set(product),
      ];
      body.push([...get(scratch), ...promote, ...times(low), ...upperOf(scratch), ...promote, ...times(high)]);
    } else if (op === "Sum" || op === "All") {
      before.push([...atZero, ...memory.loadVector(reduction), ...set(resultLocal(i))]);
      after.push([...atZero, ...get(resultLocal(i)), ...memory.storeVector(reduction)]);
      const added = op === "Sum" ? sumInto(resultLocal(i), scratch, mask) : allInto(resultLocal(i), mask);
      body.push([...values, ...added, ...set(resultLocal(i))]);
    } else if (op === "Size") {
      before.push([...atZero, ...memory.loadVector(count), ...set(resultLocal(i))]);
    } else {
      body.push([...operation(op, values, operands, read, scratch, constants), ...set(resultLocal(i))]);
    }
  });
  const written = outputs.filter((i) => !reduced.includes(i));
  written.forEach((i, array) => {
    body.push([...get(at), ...get(resultLocal(i)), ...memory.storeVector(arrays + (inputs + array) * passBytes)]);
  });
  const { i32, v128 } = valueType;
  const bytes = assemble(
    [
      {
        name: "run",
        params: [i32, i32],
        locals: Array.from({ length: scratch - 2 + scratchLocals + constants.count }, () => v128),
        body: [...constants.setup, ...before.flat(), ...loopUntil(at, end, 16, body.flat()), ...after.flat()],
      },
    ],
    Math.ceil((arrays + (inputs + written.length) * passBytes) / 65536),
  );
  const made = instantiate<Pick<ElementwiseModule, "run">>(bytes);
  return made === undefined
    ? undefined
    : { memory: made.memory, mask: 0, reductions, scalars, count, arrays, run: made.run };
}

function operation(
  op: string,
  values: Code,
  operands: readonly Operand[],
  read: (operand: Operand) => Code,
  scratch: number,
  constants: Constants,
): Code {
  switch (op) {
    case "Exp":
      return [...values, ...exponential(scratch, constants)];
    case "Log1p":
      return [...values, ...logarithm1p(scratch, constants)];
    case "Reciprocal":
      return [...constants.floats(1), ...values, ...vector.div];
    case "Square":
      return [...values, ...values, ...vector.mul];
    case "Cast":
      return values;
    case "ZerosLike":
      return constants.floats(0);
    case "Select": {
      const [condition, whenTrue, whenFalse] = operands as [Operand, Operand, Operand];
      return [...read(whenTrue), ...read(whenFalse), ...read(condition), ...vector.select];
    }
    default:
      return [...values, ...onFloats[op]!];
  }
}

/** On two numbers of float64; the first makes them of the lower two lanes of float32. */
const [promote, addDoubles, mulDoubles] = [simd(0x5f), simd(0xf0), simd(0xf2)] as const;

/** The upper two lanes of a local as the lower ones. */
function upperOf(local: number): Code {
  return [...get(local), ...get(local), ...simd(0x0d), 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
}

/** Adds the vector on the stack to two sums in float64; leaves them there. */
function sumInto(sums: number, scratch: number, mask: number): Code {
  return [
    ...[...get(mask), ...vector.and, ...set(scratch)],
    ...[...get(scratch), ...promote, ...upperOf(scratch), ...promote, ...addDoubles],
    ...[...get(sums), ...addDoubles],
  ];
}

/** Keeps ones only where the mask on the stack has them too, but for lanes beyond the last element; leaves the result there. */
function allInto(all: number, mask: number): Code {
  return [...get(mask), ...vector.not, ...vector.or, ...get(all), ...vector.and];
}
