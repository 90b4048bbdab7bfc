import type { ElementwiseProgram, Instruction, Operand } from "./elementwise-module.js";

/**
 * A program that gives the same with less work, to the last bits but one or two, without what no output needs.
 *
 * Made for the loss of trees and its derivatives, the sigmoid cross entropy: 1 / (1 + e^-x) is made of the e^-|x| that the loss has anyhow, and
 * of ln(1 + e^-|x|), where that is only summed up, `SumLog1p` takes the logarithm of products. Its operand is never greater than 1.
 */
export function simplifyProgram(program: ElementwiseProgram): ElementwiseProgram {
  const instructions = [...program.instructions];
  instructions.forEach(({ op, operands: [left, right] }, i) => {
    if (op === "Mul" && isConstant(right, 1)) passOn(instructions, i, left!);
    if (op === "Mul" && isConstant(left, 1)) passOn(instructions, i, right!);
  });
  shareExponential(instructions);
  const outputs = program.outputs.map((i) => splitSum(program, instructions, i));
  return ordered({ inputs: program.inputs, instructions, outputs });
}

function isConstant(operand: Operand | undefined, value: number): boolean {
  return operand?.kind === "constant" && operand.value === value;
}

function isSame(a: Operand | undefined, b: Operand | undefined): boolean {
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  return a.kind === "constant" ? a.value === (b as typeof a).value : a.at === (b as typeof a).at;
}

/** The instruction that an operand is the result of, if it is of the op. */
function resultOf(
  instructions: readonly Instruction[],
  operand: Operand | undefined,
  op: string,
): Instruction | undefined {
  const found = operand?.kind === "result" ? instructions[operand.at] : undefined;
  return found?.op === op ? found : undefined;
}

/** Has all that read a result read its operand. */
function passOn(instructions: Instruction[], at: number, operand: Operand): void {
  instructions.forEach(({ op, operands }, i) => {
    const isReader = ({ kind, ...rest }: Operand): boolean => kind === "result" && (rest as { at: number }).at === at;
    if (operands.some(isReader)) {
      instructions[i] = { op, operands: operands.map((own) => (isReader(own) ? operand : own)) };
    }
  });
}

/** The x of an instruction that gives e^-|x|, written as TensorFlow's losses do; undefined for another. */
function exponentOf(instructions: readonly Instruction[], instruction: Instruction): Operand | undefined {
  const select = instruction.op === "Exp" ? resultOf(instructions, instruction.operands[0], "Select") : undefined;
  const [condition, negated, x] = select?.operands ?? [];
  const comparison = resultOf(instructions, condition, "GreaterEqual");
  const isSign =
    isSame(comparison?.operands[0], x) &&
    (isConstant(comparison?.operands[1], 0) ||
      resultOf(instructions, comparison?.operands[1], "ZerosLike") !== undefined);
  return isSign && isSame(resultOf(instructions, negated, "Neg")?.operands[0], x) ? x : undefined;
}

/** Makes 1 / (1 + e^-x) of e^-|x|: for x < 0 it is e^x / (1 + e^x). */
function shareExponential(instructions: Instruction[]): void {
  const count = instructions.length;
  for (let i = 0; i < count; i++) {
    const sum = resultOf(instructions, instructions[i]!.operands[0], "AddV2");
    if (instructions[i]!.op !== "Reciprocal" || !isConstant(sum?.operands[1], 1)) continue;
    const x = resultOf(instructions, resultOf(instructions, sum?.operands[0], "Exp")?.operands[0], "Neg")?.operands[0];
    const shared = instructions.findIndex((one) => x !== undefined && isSame(exponentOf(instructions, one), x));
    if (shared < 0) continue;
    const power: Operand = { kind: "result", at: shared };
    const select = resultOf(instructions, instructions[shared]!.operands[0], "Select")!;
    const one: Operand = { kind: "constant", value: 1 };
    const upper = instructions.push({ op: "Select", operands: [select.operands[0]!, one, power] }) - 1;
    const lower = instructions.push({ op: "AddV2", operands: [power, one] }) - 1;
    instructions[i] = {
      op: "RealDiv",
      operands: [
        { kind: "result", at: upper },
        { kind: "result", at: lower },
      ],
    };
  }
}

/** Sums up a logarithm that a sum is to be made of apart; gives the output's new number. */
function splitSum({ outputs }: ElementwiseProgram, instructions: Instruction[], output: number): number {
  const terms =
    instructions[output]!.op === "Sum" ? resultOf(instructions, instructions[output]!.operands[0], "AddV2") : undefined;
  const log = resultOf(instructions, terms?.operands[1], "Log1p");
  const power = log?.operands[0];
  if (power?.kind !== "result" || exponentOf(instructions, instructions[power.at]!) === undefined) return output;
  // Where something else is made of the logarithm it is there for nothing more.
  const at = (terms!.operands[1] as { readonly at: number }).at;
  const sums = { op: "SumLog1p", operands: [terms!.operands[0]!, power] };
  const made = instructions.push(sums) - 1;
  if (!needed(instructions, [...outputs.filter((i) => i !== output), made]).has(at)) return made;
  instructions.pop();
  return output;
}

/** The instructions that outputs are made of. */
function needed(instructions: readonly Instruction[], outputs: readonly number[]): ReadonlySet<number> {
  const found = new Set<number>();
  const visit = (i: number): void => {
    if (found.has(i)) return;
    for (const operand of instructions[i]!.operands) if (operand.kind === "result") visit(operand.at);
    // After what it is made of: sets keep the order.
    found.add(i);
  };
  outputs.forEach(visit);
  return found;
}

/** The instructions that outputs need, each after what it reads. */
function ordered({ inputs, instructions, outputs }: ElementwiseProgram): ElementwiseProgram {
  const order = [...needed(instructions, outputs)];
  const places = new Map(order.map((i, place) => [i, place]));
  return {
    inputs,
    instructions: order.map((i) => ({
      op: instructions[i]!.op,
      operands: instructions[i]!.operands.map(
        (operand): Operand => (operand.kind === "result" ? { kind: "result", at: places.get(operand.at)! } : operand),
      ),
    })),
    outputs: outputs.map((i) => places.get(i)!),
  };
}
