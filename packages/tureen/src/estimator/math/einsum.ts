import { build, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";

/**
 * Products of tensors, summed as the equation says (`tf.einsum`): `einsum("bij,jk->bik", a, b)`.
 *
 * An equation without an arrow keeps the letters that occur once, in alphabetical order; `...` stands for any dimensions. INVALID_ARGUMENT for
 * equations that are none.
 */
export function einsum(equation: string, ...inputs: readonly TensorLike[]): Tensor {
  return inputs.length <= 2
    ? build("Einsum", [[...inputs]], { equation: resolved(equation) }, "einsum/Einsum")
    : pairwise(resolved(equation), inputs);
}

/** With blanks removed and the result named. */
function resolved(equation: string): string {
  const [inputs, output] = equation.replaceAll(" ", "").split("->") as [string, string | undefined];
  if (output !== undefined) return `${inputs}->${output}`;
  const letters = [...inputs.replaceAll("...", "").replaceAll(",", "")];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).toSorted();
  return `${inputs}->${inputs.includes("...") ? "..." : ""}${once.join("")}`;
}

/** Two at a time from the left, each time keeping the letters that are still needed. */
function pairwise(equation: string, inputs: readonly TensorLike[]): Tensor {
  const [left, output] = equation.split("->") as [string, string];
  const [first, ...rest] = left.split(",");
  let [known, value] = [first!, inputs[0]!];
  rest.forEach((terms, i) => {
    const later = [output, ...rest.slice(i + 1)].join("");
    const all = new Set([...known.replaceAll(".", ""), ...terms.replaceAll(".", "")]);
    const kept = [...all].filter((letter) => later.includes(letter)).join("");
    const dots = known.includes("...") || terms.includes("...") ? "..." : "";
    const next = i === rest.length - 1 ? output : `${dots}${kept}`;
    value = build("Einsum", [[value, inputs[i + 1]!]], { equation: `${known},${terms}->${next}` }, "einsum/Einsum");
    known = next;
  });
  return value as Tensor;
}
