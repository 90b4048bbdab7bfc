import { build } from "../../../graph/build-op.js";
import { add, mul, sub, unary } from "../../nn/arithmetic.js";
import { sliceFirst } from "../../nn/tensor-shape.js";
import { glorotUniformInitializer, orthogonalInitializer, zerosInitializer } from "../initializers.js";
import { cellWeight, projectInputs, type RnnCell, splitColumns } from "./rnn-cell.js";

/** A gated recurrent unit that resets after the product, with two biases (`tf.keras.layers.GRUCell`): gates update, reset, candidate. */
export function gruCell(units: number): RnnCell {
  return {
    name: "gru_cell",
    stateSizes: [units],
    build: (inputSize, scope) => {
      const kernel = cellWeight(`${scope}kernel`, [inputSize, 3 * units], glorotUniformInitializer());
      const recurrent = cellWeight(`${scope}recurrent_kernel`, [units, 3 * units], orthogonalInitializer());
      const bias = cellWeight(`${scope}bias`, [2, 3 * units], zerosInitializer());
      const biases = bias.read();
      return {
        constants: [recurrent.read(), sliceFirst(biases, { begin: 1, shrink: true })],
        project: projectInputs(kernel, sliceFirst(biases, { begin: 0, shrink: true })),
        step: (row, [h], [weights, recurrentBias]) => {
          const inputs = splitColumns(row, 3);
          const product = build("BiasAdd", [build("MatMul", [h!, weights!]), recurrentBias!]);
          const recurrents = splitColumns(product, 3);
          const update = unary("Sigmoid", add(inputs[0]!, recurrents[0]!));
          const reset = unary("Sigmoid", add(inputs[1]!, recurrents[1]!));
          const candidate = build("Tanh", [add(inputs[2]!, mul(reset, recurrents[2]!))]);
          return [add(mul(update, h!), mul(sub(1, update), candidate))];
        },
      };
    },
  };
}
