import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import type { Constraint, Initializer, Variable } from "../../graph/variable.js";
import { type Activation, activationOf } from "../nn/activation-by-name.js";
import { variableOf } from "./get-variable.js";
import { zerosInitializer } from "./initializers.js";
import { layerScope } from "./layer-scope.js";
import { type Regularizer, regularizeActivity } from "./regularizers.js";

export type { Activation };

/** Options of `dense`. */
export interface DenseOptions {
  readonly units: number;
  /** A function, or Keras's name of one; default none: linear. */
  readonly activation?: Activation | string | undefined;
  readonly useBias?: boolean;
  readonly kernelInitializer?: Initializer;
  readonly biasInitializer?: Initializer;
  /** A penalty of the kernel, added to the regularization losses. */
  readonly kernelRegularizer?: Regularizer;
  /** A penalty of the bias. */
  readonly biasRegularizer?: Regularizer;
  /** A penalty of the outputs, divided by the rows of the batch. */
  readonly activityRegularizer?: Regularizer;
  /** What optimizers project the kernel by after each update. */
  readonly kernelConstraint?: Constraint;
  readonly biasConstraint?: Constraint;
  readonly trainable?: boolean;
  readonly name?: string;
  /** Whether the variables are those of the layer of that name in the variable scope. */
  readonly reuse?: boolean;
}

const table: OptionTable<DenseOptions> = {
  units: "required",
  activation: "optional",
  useBias: "optional",
  kernelInitializer: "optional",
  biasInitializer: "optional",
  kernelRegularizer: "optional",
  biasRegularizer: "optional",
  activityRegularizer: "optional",
  kernelConstraint: "optional",
  biasConstraint: "optional",
  trainable: "optional",
  name: "optional",
  reuse: "optional",
};

/**
 * A fully connected layer (`tf.keras.layers.Dense`): inputs [..., in] to [..., units].
 *
 * Variables `<scope>/<name>/kernel` [in, units] and `<scope>/<name>/bias` [units]. The last dimension must be known.
 */
export function dense(inputs: Tensor, options: DenseOptions): Tensor {
  checkOptions("dense", options, table);
  const { units, activation, useBias = true, trainable = true } = options;
  const size = inputs.shape?.at(-1);
  if (size === undefined || size < 0) {
    throw invalidArgument("The last dimension of the inputs to a Dense layer should be defined. Found None.");
  }
  return layerScope("dense", options, (scope) => {
    const kernel = variableOf({
      name: `${scope}kernel`,
      dtype: inputs.dtype,
      shape: [size, units],
      initializer: options.kernelInitializer,
      regularizer: options.kernelRegularizer,
      trainable,
      constraint: options.kernelConstraint,
    });
    const bias = useBias
      ? variableOf({
          name: `${scope}bias`,
          dtype: inputs.dtype,
          shape: [units],
          initializer: options.biasInitializer ?? zerosInitializer(),
          regularizer: options.biasRegularizer,
          trainable,
          constraint: options.biasConstraint,
        })
      : undefined;
    let outputs = multiply(inputs, kernel);
    if (bias !== undefined) outputs = build("BiasAdd", [outputs, bias.read("BiasAdd/ReadVariableOp")], {}, "BiasAdd");
    return regularizeActivity(
      activation === undefined ? outputs : activationOf(activation)(outputs),
      options.activityRegularizer,
    );
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
