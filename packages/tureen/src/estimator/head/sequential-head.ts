import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, buildOp } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import type { Metric } from "../metric.js";
import { ModeKeys } from "../mode-keys.js";
import type { Features, FeatureTensor, Labels } from "../model-fn.js";
import { cast } from "../nn/arithmetic.js";
import { assertEqual } from "../nn/assertions.js";
import { formatList, pythonType } from "../nn/python-format.js";
import { concat, expandDims, reduceSum, reshape, shapeOf, sliceFirst } from "../nn/tensor-shape.js";
import { anyTensorText } from "../nn/tensor-text.js";
import type { HeadLogits, MetricsArgs } from "./base-head.js";
import type { Head, HeadSpecArgs } from "./head.js";
import { MultiHead } from "./multi-head.js";

/** Options of SequentialHeadWrapper. */
export interface SequentialHeadOptions {
  /** The feature that says which steps count, bool [batch, steps]; default `sequence_length_mask`. */
  readonly sequenceLengthMask?: string | undefined;
  /** Features that have a value for each step and that the wrapped head takes, a weight for one. */
  readonly featureColumns?: string | readonly string[] | undefined;
}

interface Flat {
  readonly labels: Tensor;
  readonly logits: Tensor;
  readonly features: Features;
}

const optionTable: OptionTable<SequentialHeadOptions> = {
  sequenceLengthMask: "optional",
  featureColumns: "optional",
};

/**
 * A head for a prediction at each step (TensorFlow's `SequentialHeadWrapper`): loss and metrics of another head over the steps that are no padding.
 *
 * Predictions are those of the wrapped head on [batch, steps, …] logits, with the mask beside them.
 */
export class SequentialHeadWrapper implements Head {
  /** The feature that says which steps count. */
  readonly inputSequenceMaskKey: string;
  readonly #head: Head;
  readonly #columns: readonly string[];

  constructor(staticHead: Head, options: SequentialHeadOptions = {}) {
    checkOptions("SequentialHeadWrapper", options, optionTable);
    const mask: unknown = options.sequenceLengthMask ?? "sequence_length_mask";
    if (typeof mask !== "string") {
      throw invalidArgument(`\`sequence_mask\` column must be a string. Given type: ${pythonType(mask)}.`);
    }
    const columns: unknown = options.featureColumns ?? [];
    if (typeof columns !== "string" && !Array.isArray(columns)) {
      throw invalidArgument(
        `\`feature_columns\` must be either a string or an iterable of strings got ${pythonType(columns)} instead.`,
      );
    }
    const names: readonly unknown[] = typeof columns === "string" ? [columns] : columns;
    for (const column of names) {
      if (typeof column !== "string") throw invalidArgument(`Column must a string. Given type: ${pythonType(column)}.`);
    }
    if (staticHead instanceof MultiHead) {
      throw invalidArgument("`MultiHead` is not supported with `SequentialHeadWrapper`.");
    }
    this.inputSequenceMaskKey = mask;
    this.#columns = names as readonly string[];
    this.#head = staticHead;
  }

  get name(): string | undefined {
    return this.#head.name === undefined ? undefined : `${this.#head.name}_sequential`;
  }

  get logitsDimension(): number {
    return this.#head.logitsDimension;
  }

  /** The head that is wrapped. */
  get staticHead(): Head {
    return this.#head;
  }

  loss(args: Pick<HeadSpecArgs, "features" | "mode" | "logits" | "labels" | "regularizationLosses">): Tensor {
    return this.#head.loss({ ...args, ...this.#flatten(args.labels, args.logits, args.features) });
  }

  predictions(logits: HeadLogits): Readonly<Record<string, Tensor>> {
    return this.#head.predictions(logits);
  }

  metrics(args: MetricsArgs): Readonly<Record<string, Metric>> {
    return this.#head.metrics({ ...args, ...this.#flatten(args.labels, args.logits, args.features) });
  }

  createEstimatorSpec(args: HeadSpecArgs): EstimatorSpec {
    if (args.mode !== ModeKeys.PREDICT) {
      return this.#head.createEstimatorSpec({ ...args, ...this.#flatten(args.labels, args.logits, args.features) });
    }
    const spec = this.#head.createEstimatorSpec(args);
    const mask = args.features[this.inputSequenceMaskKey] as Tensor;
    const predictions = spec.predictions as Readonly<Record<string, Tensor>>;
    return { ...spec, predictions: { ...predictions, [this.inputSequenceMaskKey]: mask } };
  }

  /** Labels, logits and the wrapped head's features without the padding, each [steps that count, …]. */
  #flatten(labels: Labels, logits: HeadLogits, features: Features): Flat {
    const mask = features[this.inputSequenceMaskKey];
    if (mask === undefined) {
      throw invalidArgument(
        `The provided sequence_length_mask key \`${this.inputSequenceMaskKey}\` should be included in the features dictionary, but was not found. Found keys: ${formatList(Object.keys(features))}.`,
      );
    }
    const rank = mask instanceof Tensor ? mask.shape?.length : undefined;
    if (!(mask instanceof Tensor) || rank !== 2) {
      throw invalidArgument(`Mask is expected to have two dimensions, got ${rank ?? "None"} instead.`);
    }
    return nameScope("flatten", () => {
      const count = reduceSum(cast(mask, "int32"));
      const flat = (value: unknown): Tensor => flattenSteps(value as FeatureTensor, mask, count);
      const flatLogits = flat(logits);
      const flatLabels = flat(labels);
      const flatFeatures: Record<string, Tensor> = {};
      for (const column of this.#columns) {
        const feature = features[column];
        if (feature === undefined) throw invalidArgument(`\`${column}\` column expected in features dictionary.`);
        flatFeatures[column] = flat(feature);
      }
      return { labels: flatLabels, logits: flatLogits, features: flatFeatures };
    });
  }
}

/** [batch, steps, …] without the steps that the mask leaves out; values of rank 2 become columns. Fails when run where the count differs. */
function flattenSteps(value: FeatureTensor, mask: Tensor, count: Tensor): Tensor {
  const isSparse = value instanceof SparseTensor;
  if (!isSparse && !(value instanceof Tensor)) {
    throw invalidArgument(
      `\`tensor\` expected to be a \`Tensor\` or  \`SparseTensor\` got \`${anyTensorText(value)}\` instead.`,
    );
  }
  const rank = isSparse ? value.denseShape.shape?.[0] : value.shape?.length;
  if (rank === undefined || rank < 2) {
    throw invalidArgument(`Input tensor expected to have at least 2 dimensions, got ${rank ?? "None"} instead.`);
  }
  const rest = isSparse ? new Array<number>(rank - 2).fill(-1) : value.shape!.slice(2);
  let flat = isSparse ? orderedValues(value, rank) : booleanMask(value, mask, rest);
  if (rank === 2) flat = expandDims(flat, -1);
  const width = rank === 2 ? toTensor([1], "int32") : dimensionsAfterSteps(value);
  const expected = concat([reshape(count, [1]), width], 0);
  const check = assertEqual(shapeOf(flat), expected, ["Tensor shape is incompatible with provided mask."]);
  return controlDependencies([check], () => build("Identity", [flat]));
}

function orderedValues(value: SparseTensor, rank: number): Tensor {
  const ordered = buildOp("SparseReorder", [value.indices, value.values, value.denseShape]).outputs[1]!;
  if (rank === 2) return ordered;
  const rows = concat([toTensor([-1], "int32"), dimensionsAfterSteps(value)], 0);
  return reshape(value.values, rows);
}

function dimensionsAfterSteps(value: Tensor | SparseTensor): Tensor {
  if (value instanceof SparseTensor) return cast(sliceFirst(value.denseShape, { begin: 2 }), "int32");
  return sliceFirst(build("Shape", [value]), { begin: 2 });
}

/** The entries of the first two dimensions where the mask is true (`tf.boolean_mask`). */
function booleanMask(value: Tensor, mask: Tensor, rest: readonly number[]): Tensor {
  return nameScope("boolean_mask", () => {
    const rows = reshape(value, [-1, ...rest]);
    const places = build("Squeeze", [build("Where", [reshape(mask, [-1])])], { squeeze_dims: [1] });
    return build("GatherV2", [rows, places, toTensor(0, "int32")]);
  });
}
