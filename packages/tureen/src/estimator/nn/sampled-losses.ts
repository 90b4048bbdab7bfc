import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { add, cast, div, mul, sub, unary } from "./arithmetic.js";
import { type CandidateTensors, computeAccidentalHits, logUniformCandidateSampler } from "./candidate-sampling.js";
import { sigmoidCrossEntropyWithLogits, softmaxCrossEntropyWithLogits } from "./cross-entropies.js";
import { embeddingLookup } from "./embeddings.js";
import { concat, expandDims, onesLike, reduceSum, reshape, shapeOf, sliceFirst, zerosLike } from "./tensor-shape.js";

/** What the losses over a sample of the classes take. */
export interface SampledLossOptions {
  /** A row for each class, [classes, dimensions]. */
  readonly weights: Variable | Tensor;
  /** One for each class, [classes]. */
  readonly biases: Variable | Tensor;
  /** The true classes, integers [batch, numTrue]. */
  readonly labels: Tensor;
  /** What the network says of each row, [batch, dimensions]. */
  readonly inputs: Tensor;
  readonly numSampled: number;
  readonly numClasses: number;
  /** Default 1. */
  readonly numTrue?: number;
  /** Candidates of a sampler of one's own; default unique ones of `logUniformCandidateSampler`. */
  readonly sampledValues?: CandidateTensors;
  /** Whether candidates that are true classes of a row do not count there. */
  readonly removeAccidentalHits?: boolean;
  readonly seed?: number;
  readonly name?: string;
}

/** The same for `checkOptions`. */
const sampledLossOptionsTable: OptionTable<SampledLossOptions> = {
  weights: "required",
  biases: "required",
  labels: "required",
  inputs: "required",
  numSampled: "required",
  numClasses: "required",
  numTrue: "optional",
  sampledValues: "optional",
  removeAccidentalHits: "optional",
  seed: "optional",
  name: "optional",
};

/**
 * The softmax cross entropy of the true classes among a sample of all, one loss a row (`tf.nn.sampled_softmax_loss`).
 *
 * For training alone: evaluate with all classes. Candidates that are true classes of a row do not count by default.
 */
export function sampledSoftmaxLoss(options: SampledLossOptions): Tensor {
  checkOptions("sampledSoftmaxLoss", options, sampledLossOptionsTable);
  const { name = "sampled_softmax_loss", removeAccidentalHits = true } = options;
  return nameScope(name, () => {
    const { logits, labels } = sampledLogits({ ...options, removeAccidentalHits });
    const fixed = build("StopGradient", [labels], {}, "labels_stop_gradient");
    return softmaxCrossEntropyWithLogits(fixed, logits);
  });
}

/**
 * The noise-contrastive loss: true classes against a sample of noise, one loss a row (`tf.nn.nce_loss`; Gutmann and Hyvärinen, 2010).
 *
 * Candidates that are true classes of a row count by default.
 */
export function nceLoss(options: SampledLossOptions): Tensor {
  checkOptions("nceLoss", options, sampledLossOptionsTable);
  const { name = "nce_loss", removeAccidentalHits = false } = options;
  return nameScope(name, () => {
    const { logits, labels } = sampledLogits({ ...options, removeAccidentalHits });
    return reduceSum(sigmoidCrossEntropyWithLogits(labels, logits, { name: "sampled_losses" }), [1]);
  });
}

/** Logits and labels of the true classes and then of the candidates, [batch, numTrue + numSampled]; the labels of a row sum up to 1. */
function sampledLogits(options: SampledLossOptions): { readonly logits: Tensor; readonly labels: Tensor } {
  const { weights, biases, inputs, numSampled, numClasses, numTrue = 1, seed } = options;
  const classes = cast(options.labels, "int64");
  const drawn =
    options.sampledValues ??
    logUniformCandidateSampler(classes, {
      numTrue,
      numSampled,
      unique: true,
      rangeMax: numClasses,
      ...(seed === undefined ? {} : { seed }),
    });
  const [candidates, trueExpected, sampledExpected] = drawn.map((tensor) =>
    build("StopGradient", [tensor], {}, "StopGradient"),
  ) as [Tensor, Tensor, Tensor];
  const flat = reshape(classes, [-1]);
  // One look-up of each: its gradient is one sparse update of the variable.
  const ids = concat([flat, cast(candidates, "int64")], 0);
  const rows = embeddingLookup(weights, ids);
  const offsets = embeddingLookup(biases, ids);
  const trueCount = shapeOf(flat);
  const zero = constant([0], "int32");
  const all = constant([-1], "int32");
  const part = (of: Tensor, begin: readonly Tensor[], size: readonly Tensor[]): Tensor =>
    build("Slice", [of, concat(begin, 0), concat(size, 0)], {}, "Slice");
  const trueRows = part(rows, [zero, zero], [trueCount, all]);
  const sampledRows = part(rows, [trueCount, zero], [all, all]);
  const trueOffsets = reshape(part(offsets, [zero], [trueCount]), [-1, numTrue]);
  const sampledOffsets = part(offsets, [trueCount], [all]);

  const width = sliceFirst(shapeOf(rows), { begin: -1 });
  const perRow = reshape(trueRows, concat([constant([-1, numTrue], "int32"), width], 0));
  const products = mul(expandDims(inputs, 1), perRow);
  const trueLogits = add(reduceSum(products, [2]), trueOffsets);
  const sampledLogitsOfAll = add(
    build("MatMul", [inputs, sampledRows], { transpose_b: true }, "MatMul"),
    sampledOffsets,
  );
  const sampled = options.removeAccidentalHits
    ? withoutHits(sampledLogitsOfAll, classes, candidates, numTrue)
    : sampledLogitsOfAll;
  const logits = concat([sub(trueLogits, unary("Log", trueExpected)), sub(sampled, unary("Log", sampledExpected))], 1);
  const labels = concat([div(onesLike(trueLogits), numTrue), zerosLike(sampled)], 1);
  return { logits, labels };
}

/** Logits [batch, candidates] that are as small as can be where a candidate is a true class of the row. */
function withoutHits(logits: Tensor, classes: Tensor, candidates: Tensor, numTrue: number): Tensor {
  const [rows, places, weights] = computeAccidentalHits(classes, candidates, { numTrue });
  const indices = concat([reshape(rows, [-1, 1]), reshape(cast(places, "int32"), [-1, 1])], 1, "sparse_indices");
  const hidden = build(
    "SparseToDense",
    [indices, shapeOf(logits), weights, constant(0, "float32")],
    { validate_indices: false },
    "SparseToDense",
  );
  return add(logits, hidden);
}
