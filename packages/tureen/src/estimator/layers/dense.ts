import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { type Initializer, Variable } from "../../graph/variable.js";
import { glorotUniformInitializer, zerosInitializer } from "./initializers.js";
import { type Regularizer, regularize } from "./regularizers.js";

/** From a layer's values to its outputs; adds ops to the current graph. */
export type Activation = (x: Tensor) => Tensor;

/** Options of `dense`. */
export interface DenseOptions {
  readonly units: number;
  /** Default none: linear. */
  readonly activation?: Activation | undefined;
  readonly useBias?: boolean;
  readonly kernelInitializer?: Initializer;
  readonly biasInitializer?: Initializer;
  /** A penalty of the kernel, added to the regularization losses. */
  readonly kernelRegularizer?: Regularizer;
  readonly trainable?: boolean;
  readonly name?: string;
}

/**
 * A fully connected layer (`tf.keras.layers.Dense`): inputs [..., in] to [..., units].
 *
 * Variables `<scope>/<name>/kernel` [in, units] and `<scope>/<name>/bias` [units]. The last dimension must be known.
 */
export function dense(inputs: Tensor, options: DenseOptions): Tensor {
  const { units, activation, useBias = true, name = "dense", trainable = true } = options;
  const size = inputs.shape?.at(-1);
  if (size === undefined || size < 0) {
    throw invalidArgument("The last dimension of the inputs to a Dense layer should be defined. Found None.");
  }
  return nameScope(name, (scope) => {
    const kernel = new Variable({
      name: `${scope}kernel`,
      dtype: inputs.dtype,
      shape: [size, units],
      initializer: options.kernelInitializer ?? glorotUniformInitializer(),
      trainable,
    });
    regularize(kernel, options.kernelRegularizer);
    const bias = useBias
      ? new Variable({
          name: `${scope}bias`,
          dtype: inputs.dtype,
          shape: [units],
          initializer: options.biasInitializer ?? zerosInitializer(),
          trainable,
        })
      : undefined;
    let outputs = multiply(inputs, kernel);
    if (bias !== undefined) outputs = build("BiasAdd", [outputs, bias.read("BiasAdd/ReadVariableOp")], {}, "BiasAdd");
    return activation === undefined ? outputs : activation(outputs);
  });
}

function multiply(inputs: Tensor, kernel: Variable): Tensor {
  const [size, units] = kernel.shape as readonly [number, number];
  const weights = kernel.read("MatMul/ReadVariableOp");
  if (inputs.shape?.length === 2) return build("MatMul", [inputs, weights], {}, "MatMul");
  // Higher ranks are folded into rows, multiplied, and unfolded.
  const rows = build("Reshape", [inputs, toTensor([-1, size], "int32")], {}, "Tensordot/Reshape");
  const product = build("MatMul", [rows, weights], {}, "Tensordot/MatMul");
  const shape = build("Shape", [inputs], {}, "Tensordot/Shape");
  const leading = build(
    "StridedSlice",
    [shape, toTensor([0], "int32"), toTensor([-1], "int32"), toTensor([1], "int32")],
    { begin_mask: 1 },
    "Tensordot/strided_slice",
  );
  const full = build("ConcatV2", [[leading, toTensor([units], "int32")], toTensor(0, "int32")], {}, "Tensordot/concat");
  return build("Reshape", [product, full], {}, "Tensordot");
}
