import { toTensor } from "../../../core/tensor-value.js";
import { build } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { type Initializer, Variable } from "../../../graph/variable.js";
import { concat, reshape, sliceFirst } from "../../nn/tensor-shape.js";

/** A cell whose variables exist. */
export interface BuiltCell {
  /** What each step reads, weights for one: a step's loop takes in no other tensors. */
  readonly constants: readonly Tensor[];
  /** What can be done with all steps' inputs at once, [steps, batch, in] to [steps, batch, …]; default the inputs as they are. */
  readonly project?: (inputs: Tensor) => Tensor;
  /** One step: [batch, …] rows and [batch, size] states to the next states; the first state is the output. */
  step(row: Tensor, states: readonly Tensor[], constants: readonly Tensor[]): readonly Tensor[];
}

/** A recurrent cell as `rnn` runs it (a Keras RNN cell): sizes of its states, and its variables on demand. */
export interface RnnCell {
  /** Keras's default name, `lstm_cell`. */
  readonly name: string;
  /** Elements of each state; the first is the output's. */
  readonly stateSizes: readonly number[];
  /** Makes the variables `<scope>kernel` and the like; `inputSize` is the width of a row. */
  build(inputSize: number, scope: string): BuiltCell;
}

/** A weight of a cell. */
export function cellWeight(name: string, shape: readonly number[], initializer: Initializer): Variable {
  return new Variable({ name, dtype: "float32", shape, initializer, trainable: true });
}

/** All steps' inputs times the kernel plus the bias, in one product. */
export function projectInputs(kernel: Variable, bias: Tensor): (inputs: Tensor) => Tensor {
  const [size, width] = kernel.shape as readonly [number, number];
  return (inputs) => {
    const rows = reshape(inputs, [-1, size]);
    const product = build("BiasAdd", [build("MatMul", [rows, kernel.read()]), bias]);
    const leading = sliceFirst(build("Shape", [inputs]), { end: 2 });
    const unfolded = reshape(product, concat([leading, toTensor([width], "int32")], 0));
    unfolded.shape = [-1, -1, width];
    return unfolded;
  };
}

/** Pieces of one width side by side in the last dimension. */
export function splitColumns(values: Tensor, count: number): readonly Tensor[] {
  const split = build("Split", [toTensor(1, "int32"), values], { num_split: count });
  const { outputs } = split.op;
  const width = values.shape?.at(-1);
  if (width !== undefined && width >= 0) for (const output of outputs) output.shape = [-1, width / count];
  return outputs;
}
