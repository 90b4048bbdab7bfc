import { build } from "../../../graph/build-op.js";
import type { Initializer } from "../../../graph/variable.js";
import { add, mul, unary } from "../../nn/arithmetic.js";
import { concat } from "../../nn/tensor-shape.js";
import { glorotUniformInitializer, onesInitializer, orthogonalInitializer, zerosInitializer } from "../initializers.js";
import { cellWeight, projectInputs, type RnnCell, splitColumns } from "./rnn-cell.js";

/** A long short-term memory cell (`tf.keras.layers.LSTMCell`): states h and c, gates in the order input, forget, candidate, output. */
export function lstmCell(units: number): RnnCell {
  return {
    name: "lstm_cell",
    stateSizes: [units, units],
    build: (inputSize, scope) => {
      const kernel = cellWeight(`${scope}kernel`, [inputSize, 4 * units], glorotUniformInitializer());
      const recurrent = cellWeight(`${scope}recurrent_kernel`, [units, 4 * units], orthogonalInitializer());
      const bias = cellWeight(`${scope}bias`, [4 * units], unitForgetBias(units));
      return {
        constants: [recurrent.read()],
        project: projectInputs(kernel, bias.read()),
        step: (row, [h, c], [weights]) => {
          const gates = splitColumns(add(row, build("MatMul", [h!, weights!])), 4);
          const [input, forget, output] = [gates[0]!, gates[1]!, gates[3]!].map((gate) => unary("Sigmoid", gate));
          const memory = add(mul(forget!, c!), mul(input!, build("Tanh", [gates[2]!])));
          return [mul(output!, build("Tanh", [memory])), memory];
        },
      };
    },
  };
}

/** Zeros with ones for the forget gate: a new cell remembers. */
function unitForgetBias(units: number): Initializer {
  return (_, dtype) =>
    concat(
      [zerosInitializer()([units], dtype), onesInitializer()([units], dtype), zerosInitializer()([2 * units], dtype)],
      0,
    );
}
