import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";
import { cast, greater, mul } from "../nn/arithmetic.js";
import { expandDims, reduceAll, reduceSum, reshape } from "../nn/tensor-shape.js";
import { alignRanks, spreadWeights } from "./align.js";
import { added, metricVariable } from "./metric-variable.js";

/** What is counted: true and false positives and negatives. */
export type CountName = "truePositives" | "falseNegatives" | "trueNegatives" | "falsePositives";

/** The counts at each threshold. */
export type Counts = Readonly<Record<CountName, Tensor>>;

const variableNames: Readonly<Record<CountName, string>> = {
  truePositives: "true_positives",
  falseNegatives: "false_negatives",
  trueNegatives: "true_negatives",
  falsePositives: "false_positives",
};

/**
 * The weights of labels that are (not) positive with predictions that are (not) above each threshold; float32 [thresholds] each.
 *
 * `predictions` must be in [0, 1]. `read` are the sums of all batches, `updated` the same after this one.
 */
export function confusionAtThresholds<K extends CountName>(
  labels: Tensor,
  predictions: Tensor,
  thresholds: readonly number[],
  weights: Tensor | undefined,
  includes: readonly K[],
): { readonly read: Readonly<Record<K, Tensor>>; readonly updated: Readonly<Record<K, Tensor>> } {
  const [truth, scores] = alignRanks(cast(labels, "bool"), cast(predictions, "float32"));
  const spread = spreadWeights(weights, scores);
  const checked = controlDependencies(inUnitRange(scores), () => build("Identity", [scores], {}, "Identity"));
  const limits = expandDims(constant([...thresholds], "float32", "thresholds"), 1);
  const above = greater(reshape(checked, [1, -1]), limits);
  const positive = reshape(truth, [1, -1]);
  const not = (x: Tensor): Tensor => build("LogicalNot", [x], {}, "LogicalNot");
  const where: Readonly<Record<CountName, readonly [Tensor, Tensor]>> = {
    truePositives: [positive, above],
    falseNegatives: [positive, not(above)],
    trueNegatives: [not(positive), not(above)],
    falsePositives: [not(positive), above],
  };
  const read: Partial<Record<K, Tensor>> = {};
  const updated: Partial<Record<K, Tensor>> = {};
  for (const key of includes) {
    const variable = metricVariable(variableNames[key], [thresholds.length]);
    const [a, b] = where[key];
    const hits = cast(build("LogicalAnd", [a, b], {}, "LogicalAnd"), "float32");
    const weighted = spread === undefined ? hits : mul(hits, reshape(spread, [1, -1]));
    read[key] = variable.read();
    updated[key] = added(variable, reduceSum(weighted, [1]));
  }
  return { read: read as Record<K, Tensor>, updated: updated as Record<K, Tensor> };
}

function inUnitRange(scores: Tensor): Operation[] {
  const text = constant("predictions must be in [0, 1]", "string", "message");
  const check = (type: string, bound: number): Operation => {
    const good = reduceAll(build(type, [scores, constant(bound, "float32")], {}, type));
    return buildOp("Assert", [good, [text]], {}, "Assert");
  };
  return [check("GreaterEqual", 0), check("LessEqual", 1)];
}

/** Evenly spread thresholds in [0, 1] with one just beyond 0 and one at `last`. */
export function spreadThresholds(count: number, last: number): number[] {
  const between = Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1));
  return [-1e-7, ...between, last];
}
