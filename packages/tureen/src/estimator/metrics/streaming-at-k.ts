import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { Metric } from "../metric.js";
import { add, cast, div, divNoNan, mul } from "../nn/arithmetic.js";
import { expandDims, onesLike, reduceSum } from "../nn/tensor-shape.js";
import type { MetricOptions } from "./align.js";
import { metricOptionsTable } from "./align.js";
import { added, metricVariable } from "./metric-variable.js";

/** Class indices of each row, int64 [..., labels] or one a row [...]; a sparse tensor where rows have different numbers. */
export type RankedLabels = Tensor | SparseTensor;

/** Options of the metrics over the best k. */
export interface AtKOptions extends MetricOptions {
  /** Counts one class only. */
  readonly classId?: number;
}

/** The same for `checkOptions`. */
const atKOptionsTable: OptionTable<AtKOptions> = { classId: "optional", weights: "optional", name: "optional" };

/** Fills the rows of sparse labels; no class has this index, and unlike -1 nobody writes it for "none". */
const filler = -(2n ** 62n);

/** Labels [..., n] as int64, and which of them count: the first of equal ones, no fillers. */
function denseLabels(labels: RankedLabels, predictions: Tensor): readonly [labels: Tensor, counts: Tensor] {
  let dense: Tensor;
  if (labels instanceof SparseTensor) {
    const { indices, denseShape, values } = labels;
    const fill = constant(filler, "int64", "filler");
    dense = build("SparseToDense", [indices, denseShape, cast(values, "int64"), fill], {}, "labels");
  } else {
    dense = cast(labels, "int64");
  }
  if (dense.shape !== undefined && dense.shape.length === predictions.shape!.length - 1) dense = expandDims(dense, -1);
  const same = build("Equal", [expandDims(dense, -1), expandDims(dense, -2)], {}, "Equal");
  const pairs = cast(same, "float64");
  // Entry (i, j) with j < i says that an earlier label is the same.
  const upToDiagonal = build("MatrixBandPart", [pairs, constant(-1n, "int64"), constant(0n, "int64")], {}, "band");
  const first = build("LessEqual", [reduceSum(upToDiagonal, [-1]), constant(1, "float64")], {}, "LessEqual");
  const real = build("NotEqual", [dense, constant(filler, "int64")], {}, "NotEqual");
  return [dense, build("LogicalAnd", [first, real], {}, "LogicalAnd")];
}

function both(a: Tensor, b: Tensor): Tensor {
  return build("LogicalAnd", [a, b], {}, "LogicalAnd");
}

function anyOf(x: Tensor, axis: number): Tensor {
  return build("Any", [x, constant(axis, "int32")], {}, "Any");
}

function not(x: Tensor): Tensor {
  return build("LogicalNot", [x], {}, "LogicalNot");
}

function total(name: string, hits: Tensor, weights: Tensor | undefined): { read: Tensor; updated: Tensor } {
  return nameScope(name, () => {
    const perRow = reduceSum(cast(hits, "float64"), [-1]);
    const weighted = weights === undefined ? perRow : mul(perRow, cast(weights, "float64"));
    const variable = metricVariable("count", [], "float64");
    return { read: variable.read(), updated: added(variable, reduceSum(weighted)) };
  });
}

function share(
  name: string,
  labels: RankedLabels,
  predictions: Tensor,
  options: AtKOptions,
  kind: "precision" | "recall",
): Metric {
  return nameScope(options.name ?? name, () => {
    const guesses = cast(predictions, "int64");
    const [truth, counts] = denseLabels(labels, guesses);
    const same = build("Equal", [expandDims(guesses, -1), expandDims(truth, -2)], {}, "Equal");
    const ofClass = (x: Tensor): Tensor | undefined =>
      options.classId === undefined
        ? undefined
        : build("Equal", [x, constant(BigInt(options.classId), "int64")], {}, "Equal");
    const only = (hits: Tensor, ids: Tensor): Tensor => {
      const chosen = ofClass(ids);
      return chosen === undefined ? hits : both(hits, chosen);
    };
    const found = anyOf(same, -1);
    const tp = total("true_positive", only(found, guesses), options.weights);
    const misses =
      kind === "precision"
        ? total("false_positive", only(not(found), guesses), options.weights)
        : total("false_negative", only(both(counts, not(anyOf(same, -2))), truth), options.weights);
    const ratio = (a: Tensor, b: Tensor): Tensor => div(a, add(a, b));
    return { value: ratio(tp.read, misses.read), update: ratio(tp.updated, misses.updated) };
  });
}

/** The share of labels among the given best indices [..., k] (`tf.compat.v1.metrics.recall_at_top_k`); float64, NaN where nothing counts. */
export function recallAtTopK(labels: RankedLabels, predictionsIdx: Tensor, options: AtKOptions = {}): Metric {
  checkOptions("recallAtTopK", options, atKOptionsTable);
  return share("recall_at_top_k", labels, predictionsIdx, options, "recall");
}

/** The share of the given best indices [..., k] that are labels (`tf.compat.v1.metrics.precision_at_top_k`). */
export function precisionAtTopK(labels: RankedLabels, predictionsIdx: Tensor, options: AtKOptions = {}): Metric {
  checkOptions("precisionAtTopK", options, atKOptionsTable);
  return share("precision_at_top_k", labels, predictionsIdx, options, "precision");
}

function best(predictions: Tensor, k: number): Tensor {
  if (!(k >= 1)) throw invalidArgument(`Invalid k=${k}`);
  return buildOp("TopKV2", [predictions, constant(k, "int32", "k")], {}, "TopKV2").outputs[1]!;
}

/** The share of labels whose score [..., classes] is among the k best (`tf.compat.v1.metrics.recall_at_k`). */
export function recallAtK(
  labels: RankedLabels,
  predictions: Tensor,
  options: AtKOptions & { readonly k: number },
): Metric {
  checkOptions("recallAtK", options, { ...atKOptionsTable, k: "required" });
  const { k, ...others } = options;
  return recallAtTopK(labels, best(predictions, k), { name: `recall_at_${k}`, ...others });
}

/** The share of the k best scores [..., classes] that are labels (`tf.compat.v1.metrics.precision_at_k`). */
export function precisionAtK(
  labels: RankedLabels,
  predictions: Tensor,
  options: AtKOptions & { readonly k: number },
): Metric {
  checkOptions("precisionAtK", options, { ...atKOptionsTable, k: "required" });
  const { k, ...others } = options;
  return precisionAtTopK(labels, best(predictions, k), { name: `precision_at_${k}`, ...others });
}

/** `precisionAtK` by its older name. */
export const sparsePrecisionAtK: typeof precisionAtK = precisionAtK;

/**
 * The mean over rows of the average precision of the k best scores (`tf.compat.v1.metrics.average_precision_at_k`); float64.
 *
 * A row's sum of precisions at its hits is divided by the lesser of k and the number of its labels in [0, classes).
 */
export function averagePrecisionAtK(
  labels: RankedLabels,
  predictions: Tensor,
  options: MetricOptions & { readonly k: number },
): Metric {
  checkOptions("averagePrecisionAtK", options, { ...metricOptionsTable, k: "required" });
  const { k, weights } = options;
  return nameScope(options.name ?? `average_precision_at_${k}`, () => {
    const guesses = cast(best(predictions, k), "int64");
    const [truth, firsts] = denseLabels(labels, guesses);
    const same = build("Equal", [expandDims(guesses, -1), expandDims(truth, -2)], {}, "Equal");
    const hits = cast(anyOf(same, -1), "float64");
    const running = (x: Tensor): Tensor => build("Cumsum", [x, constant(-1, "int32")], {}, "Cumsum");
    const precisions = mul(div(running(hits), running(onesLike(hits))), hits);
    const inRange = both(
      build("GreaterEqual", [truth, constant(0n, "int64")], {}, "GreaterEqual"),
      build("Less", [truth, constant(BigInt(predictions.shape!.at(-1)!), "int64")], {}, "Less"),
    );
    // Dense labels count as often as they are written, sparse ones once.
    const relevant = reduceSum(cast(labels instanceof SparseTensor ? both(inRange, firsts) : inRange, "float64"), [-1]);
    const most = build("Minimum", [relevant, constant(k, "float64")], {}, "num_relevant");
    const average = div(reduceSum(precisions, [-1]), most);
    const spread = weights === undefined ? undefined : mul(cast(weights, "float64"), onesLike(average));
    const sum = metricVariable("total", [], "float64");
    const greatest = metricVariable("max", [], "float64");
    const batchMax = reduceSum(spread ?? onesLike(average));
    const newMax = added(greatest, batchMax);
    const newSum = added(sum, reduceSum(spread === undefined ? average : mul(average, spread)));
    return { value: divNoNan(sum.read(), greatest.read(), "mean"), update: divNoNan(newSum, newMax, "update") };
  });
}

/** `averagePrecisionAtK` by its older name. */
export const sparseAveragePrecisionAtK: typeof averagePrecisionAtK = averagePrecisionAtK;
