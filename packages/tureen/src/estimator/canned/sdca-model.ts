import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { type SdcaLossType, sdcaFprint, sdcaOptimizerV2 } from "../../graph/ops/sdca.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { zerosInitializer } from "../feature-column/initializers.js";
import { addN, group } from "../head/train-op.js";
import type { Logger } from "../log.js";
import { add, cast, div, maximum, mul, sub, unary } from "../nn/arithmetic.js";
import { reduceSum, sliceFirst } from "../nn/tensor-shape.js";
import { countStep } from "../optimizer/apply-gradients.js";
import { scalarSummary } from "../summary.js";
import { type ShardedHashTable, shardedHashTable } from "./sharded-hash-table.js";

/** The features that examples have of one sparse column, in the order of the examples; none has one twice. */
export interface SdcaSparseFeature {
  /** Int64 [features]. */
  readonly exampleIndices: Tensor;
  /** Int64 [features]. */
  readonly featureIndices: Tensor;
  /** Float32 [features]. */
  readonly featureValues: Tensor;
}

/** A batch of examples. */
export interface SdcaExamples {
  readonly sparseFeatures: readonly SdcaSparseFeature[];
  /** Float32 [batch, width]. */
  readonly denseFeatures: readonly Tensor[];
  /** Float32 [batch]. */
  readonly labels: Tensor;
  /** Float32 [batch]. */
  readonly weights: Tensor;
  /** Strings [batch], by which examples are known again. */
  readonly ids: Tensor;
}

/** The weights that are trained, one variable a column. */
export interface SdcaVariables {
  readonly sparse: readonly Variable[];
  readonly dense: readonly Variable[];
}

/** How they are trained. */
export interface SdcaModelOptions {
  readonly lossType: SdcaLossType;
  readonly symmetricL1Regularization: number;
  readonly symmetricL2Regularization: number;
  readonly adaptive: boolean;
  readonly numLossPartitions: number;
  readonly numTableShards: number;
  /** The name of a variable's slot; default with `_unshrunk` behind it. */
  readonly slotName?: (variable: string) => string;
}

/** Numbers that are kept of an example: its dual, its primal and dual loss, its weight. */
const stateWidth = 4;

/**
 * A linear model trained by stochastic dual coordinate ascent (TensorFlow's `_SDCAModel`).
 *
 * Steps move slots `<variable>_unshrunk`; `updateWeights` brings them to the weights, nearer to zero by l1 / l2. What is known of each example is kept in
 * a table by the hash of its id.
 */
export class SdcaModel {
  readonly #examples: SdcaExamples;
  readonly #variables: SdcaVariables;
  readonly #options: SdcaModelOptions;
  readonly #slots: SdcaVariables;
  readonly #table: ShardedHashTable;

  /** INVALID_ARGUMENT for an l2 of 0 or less, and for an l1 below 0. */
  constructor(examples: SdcaExamples, variables: SdcaVariables, options: SdcaModelOptions, logger: Logger) {
    const { symmetricL1Regularization: l1, symmetricL2Regularization: l2 } = options;
    if (!(l2 > 0)) throw invalidArgument("symmetric_l2_regularization should be positive.");
    if (l2 <= 1) {
      logger.log(
        "WARNING",
        "symmetric_l2_regularization for SDCA should typically be larger than for online optimization methods. Recommended value is of the order of the average L2 norm of the training examples.",
      );
    }
    if (!(l1 >= 0)) throw invalidArgument("symmetric_l1_regularization should be non-negative.");
    this.#examples = examples;
    this.#variables = variables;
    this.#options = options;
    const { slotName = (name) => `${name}_unshrunk` } = options;
    const slot = (variable: Variable): Variable => unshrunk(variable, slotName(variable.name));
    this.#slots = { sparse: variables.sparse.map(slot), dense: variables.dense.map(slot) };
    this.#table = shardedHashTable(options.numTableShards, stateWidth);
    scalarSummary("approximate_duality_gap", this.#dualityGap());
    scalarSummary("examples_seen", this.#table.size());
  }

  /** One step over the batch; counts it. */
  minimize(globalStep: Variable): Operation {
    return nameScope("sdca/minimize", () => {
      const { sparseFeatures, denseFeatures, weights, labels, ids } = this.#examples;
      const { sparse, dense } = this.#slots;
      const hashes = sdcaFprint(ids);
      const state = this.#table.lookup(hashes);
      // TensorFlow looks for what is there once among int32, which it has a faster op for.
      const indices = sparseFeatures.map(({ featureIndices }) =>
        cast(buildOp("Unique", [cast(featureIndices, "int32")]).outputs[0]!, "int64"),
      );
      const step = sdcaOptimizerV2(
        {
          sparseExampleIndices: sparseFeatures.map(({ exampleIndices }) => exampleIndices),
          sparseFeatureIndices: sparseFeatures.map(({ featureIndices }) => featureIndices),
          sparseFeatureValues: sparseFeatures.map(({ featureValues }) => featureValues),
          denseFeatures,
          exampleWeights: weights,
          exampleLabels: labels,
          sparseIndices: indices,
          sparseWeights: sparse.map((slot, i) => build("GatherV2", [slot.read(), indices[i]!, 0])),
          denseWeights: dense.map((slot) => slot.read()),
          exampleStateData: state,
        },
        {
          lossType: this.#options.lossType,
          l1: this.#options.symmetricL1Regularization,
          l2: this.#options.symmetricL2Regularization,
          adaptive: this.#options.adaptive,
          numLossPartitions: this.#options.numLossPartitions,
          numInnerIterations: 1,
        },
      );
      const updates = controlDependencies([step.outExampleStateData.op], () => [
        this.#table.insert(hashes, step.outExampleStateData),
        ...sparse.map((slot, i) =>
          buildOp("ResourceScatterAdd", [slot.handle, indices[i]!, step.outDeltaSparseWeights[i]!]),
        ),
        ...dense.map((slot, i) => slot.assignAdd(step.outDeltaDenseWeights[i]!)),
      ]);
      return countStep(globalStep, updates);
    });
  }

  /** Brings the slots to the weights after `trainOp`, and the weights nearer to zero where there is an l1. */
  updateWeights(after: readonly Operation[]): Operation {
    const { symmetricL1Regularization: l1, symmetricL2Regularization: l2 } = this.#options;
    const variables = allOf(this.#variables);
    const slots = allOf(this.#slots);
    const copies = controlDependencies(after, () => variables.map((variable, i) => variable.assign(slots[i]!.read())));
    if (l1 === 0) return group(copies);
    const shrunk = controlDependencies(copies, () =>
      variables.map((variable) => {
        const size = maximum(0, sub(unary("Abs", variable.read()), l1 / l2));
        return variable.assign(mul(build("Sign", [variable.read()]), size));
      }),
    );
    return group(shrunk);
  }

  /** How far the loss of all examples seen is from its dual, by which convergence shows; NaN before the first. A float64 scalar. */
  #dualityGap(): Tensor {
    return nameScope("sdca/approximate_duality_gap", () => {
      const sums: Tensor[] = [];
      for (const values of this.#table.exportValues()) {
        // One shard after the other, as in TensorFlow: the cast makes a copy of the table.
        sums.push(controlDependencies([...sums.map(({ op }) => op)], () => reduceSum(cast(values, "float64"), [0])));
      }
      const sum = sums.length === 1 ? sums[0]! : addN(sums);
      const at = (index: number): Tensor => sliceFirst(sum, { begin: index, shrink: true });
      const losses = add(add(at(1), at(2)), this.#l1Loss());
      return div(add(losses, mul(2, this.#l2Loss())), at(3));
    });
  }

  #l1Loss(): Tensor {
    return nameScope("sdca/l1_loss", () =>
      mul(
        this.#options.symmetricL1Regularization,
        this.#sumOfWeights((weights) => unary("Abs", weights)),
      ),
    );
  }

  #l2Loss(): Tensor {
    return nameScope("sdca/l2_loss", () => {
      const squares = this.#sumOfWeights((weights) => unary("Square", weights));
      return div(mul(this.#options.symmetricL2Regularization, squares), 2);
    });
  }

  #sumOfWeights(term: (weights: Tensor) => Tensor): Tensor {
    const sums = allOf(this.#variables).map((variable) => reduceSum(term(cast(variable.read(), "float64"))));
    return sums.length === 1 ? sums[0]! : addN(sums);
  }
}

const allOf = ({ sparse, dense }: SdcaVariables): readonly Variable[] => [...sparse, ...dense];

/** The slot that steps move. */
function unshrunk({ shape }: Variable, name: string): Variable {
  return new Variable({ name, shape, dtype: "float32", initializer: zerosInitializer });
}
