import { invalidArgument } from "../../core/status-error.js";

/** One label an axis; -1 stands for the axes of an ellipsis. Labels are numbered in the order of their first appearance. */
export type Subscript = readonly number[];

/** The label that stands for an ellipsis. */
export const ellipsisLabel = -1;

/** A parsed equation: the subscripts of each input and of the output. */
export interface EinsumEquation {
  readonly inputs: readonly Subscript[];
  readonly output: Subscript;
  /** How many labels there are. */
  readonly labels: number;
}

/** Parses `bij,bjk->bik`; INVALID_ARGUMENT with TensorFlow's texts (util/einsum_op_util.cc) for what is no equation. */
export function parseEinsum(equation: string): EinsumEquation {
  const sides = equation.split("->");
  if (sides.length !== 2) throw invalidArgument(`Expecting exactly one '->' in einsum equation: ${equation}`);
  const inputTexts = sides[0]!.split(",");
  if (inputTexts.length !== 1 && inputTexts.length !== 2) {
    throw invalidArgument(`Expecting 1 or 2 input subscripts in equation '${equation}' but got: ${inputTexts.length}`);
  }
  const numbers = new Map<string, number>();
  const parse = (text: string, isInput: boolean): number[] => {
    const labels: number[] = [];
    const side = isInput ? "input" : "output";
    let ellipses = 0;
    for (let i = 0; i < text.length; i++) {
      const char = text[i]!;
      if (char === " ") continue;
      if (char === ".") {
        if (text.slice(i, i + 3) !== "...") {
          throw invalidArgument(
            `Expected at most one ellipsis (...), but found ${text.split(".").length - 1} periods (.) in the ${side} subscript: ${text}`,
          );
        }
        ellipses += 1;
        if (ellipses > 1) {
          throw invalidArgument(
            `Expected at most one ellipsis (...), but found ${text.split(".").length - 1} periods (.) in the ${side} subscript: ${text}`,
          );
        }
        labels.push(ellipsisLabel);
        i += 2;
        continue;
      }
      let label = numbers.get(char);
      if (label === undefined) {
        if (!isInput) {
          throw invalidArgument(
            `Einsum output subscripts for equation '${equation}' has label '${char}' which is not present in the input subscripts`,
          );
        }
        label = numbers.size;
        numbers.set(char, label);
      }
      labels.push(label);
    }
    return labels;
  };
  const inputs = inputTexts.map((text) => parse(text, true));
  const output = parse(sides[1]!, false);
  if (output.includes(ellipsisLabel) && !inputs.some((input) => input.includes(ellipsisLabel))) {
    throw invalidArgument(
      `Einsum output subscripts for equation '${equation}' has an ellipsis which is not present in the input subscripts`,
    );
  }
  return { inputs, output, labels: numbers.size };
}
