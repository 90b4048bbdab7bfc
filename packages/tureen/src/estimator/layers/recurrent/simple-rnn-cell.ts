import { build } from "../../../graph/build-op.js";
import { add } from "../../nn/arithmetic.js";
import { glorotUniformInitializer, orthogonalInitializer, zerosInitializer } from "../initializers.js";
import { cellWeight, projectInputs, type RnnCell } from "./rnn-cell.js";

/** A fully connected recurrent cell with tanh (`tf.keras.layers.SimpleRNNCell`). */
export function simpleRnnCell(units: number): RnnCell {
  return {
    name: "simple_rnn_cell",
    stateSizes: [units],
    build: (inputSize, scope) => {
      const kernel = cellWeight(`${scope}kernel`, [inputSize, units], glorotUniformInitializer());
      const recurrent = cellWeight(`${scope}recurrent_kernel`, [units, units], orthogonalInitializer());
      const bias = cellWeight(`${scope}bias`, [units], zerosInitializer());
      return {
        constants: [recurrent.read()],
        project: projectInputs(kernel, bias.read()),
        step: (row, [h], [weights]) => [build("Tanh", [add(row, build("MatMul", [h!, weights!]))])],
      };
    },
  };
}
