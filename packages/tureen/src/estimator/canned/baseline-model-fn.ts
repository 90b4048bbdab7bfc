import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import { type Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { Variable } from "../../graph/variable.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { type WeightColumn, weightColumnKey } from "../head/example-weights.js";
import type { Head } from "../head/head.js";
import { zerosInitializer } from "../layers/initializers.js";
import type { Features, FeatureTensor, ModelFn } from "../model-fn.js";
import { mul } from "../nn/arithmetic.js";
import { assertEqual } from "../nn/assertions.js";
import { shapeOf, sliceFirst } from "../nn/tensor-shape.js";
import { getOptimizer, type OptimizerLike } from "../optimizer/get-optimizer.js";

/** What `baselineModelFn` builds. */
export interface BaselineModelOptions {
  readonly head: Head;
  /** Default Ftrl at 0.3. */
  readonly optimizer?: OptimizerLike | undefined;
  readonly weightColumn?: WeightColumn | undefined;
}

/** TensorFlow's `baseline._LEARNING_RATE`. */
const learningRate = 0.3;

/** The model function of baseline estimators (TensorFlow's `_baseline_model_fn_v2`): one bias a logit, whatever the features. */
export function baselineModelFn(options: BaselineModelOptions): ModelFn {
  const { head } = options;
  return ({ features, labels, mode }) => {
    const { bias, logits } = baselineLogits(head.logitsDimension, features, weightColumnKey(options.weightColumn));
    const trainOpFn = (loss: Tensor): Operation =>
      getOptimizer(options.optimizer ?? "Ftrl", learningRate).minimize(loss, {
        variables: [bias],
        iterations: getOrCreateGlobalStep(),
      });
    return head.createEstimatorSpec({ features, labels, mode, logits, trainOpFn });
  };
}

/** The bias and its logits, one row an example of whatever features. */
export function baselineLogits(
  units: number,
  features: Features,
  weightKey: string | undefined,
): { bias: Variable; logits: Tensor } {
  const sizes = Object.entries(features)
    .filter(([key]) => key !== weightKey)
    .map(([, feature]) => rowsOf(feature))
    // Sparse shapes are int64.
    .map((size) => (size.dtype === "int32" ? size : build("Cast", [size], { DstT: "int32" }, "Cast")));
  const [batch, ...others] = sizes;
  if (!(batch instanceof Tensor))
    throw invalidArgument("features must have at least one feature apart from the weights.");
  const checks = others.map((size) =>
    assertEqual(batch, size, ["Condition x == y did not hold.", "x = ", batch, "y = ", size]),
  );
  return controlDependencies(checks, () =>
    nameScope("baseline", (scope) => {
      const bias = new Variable({
        name: `${scope}bias`,
        dtype: "float32",
        shape: [units],
        initializer: zerosInitializer(),
      });
      const shape = build("Pack", [[batch, constant(units, "int32", "ones/packed/1")]], {}, "ones/packed");
      const ones = build("Fill", [shape, constant(1, "float32", "ones/Const")], {}, "ones");
      return { bias, logits: mul(bias.read("Mul/ReadVariableOp"), ones, "Mul") };
    }),
  );
}

/** How many rows a feature has: int32, or int64 of a sparse one. */
function rowsOf(feature: FeatureTensor): Tensor {
  const first = (shape: Tensor): Tensor => sliceFirst(shape, { begin: 0, shrink: true });
  if (feature instanceof SparseTensor) return first(feature.denseShape);
  if (feature instanceof Tensor) return first(shapeOf(feature));
  return build("Sub", [first(shapeOf(feature.rowSplits)), constant(1, "int32")]);
}
