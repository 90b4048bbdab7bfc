import { stringValue } from "../core/tensor-value.js";
import { build, constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import type { Tensor } from "../graph/graph.js";
import { currentGraph, nameScope } from "../graph/scope.js";

/** Adds a scalar to the graph's summaries under a tag (`tf.compat.v1.summary.scalar`). */
export function scalarSummary(tag: string, value: Tensor): Tensor {
  return nameScope(tag, (scope) => {
    const tags = constant(stringValue([scope.slice(0, -1)], []), undefined, "tags");
    const summary = build("ScalarSummary", [tags, value], {}, scope);
    currentGraph().addToCollection(collectionKeys.summaries, summary);
    return summary;
  });
}

/** Adds a histogram of values to the graph's summaries under a tag (`tf.compat.v1.summary.histogram`). */
export function histogramSummary(tag: string, values: Tensor): Tensor {
  return nameScope(tag, (scope) => {
    const name = constant(stringValue([scope.slice(0, -1)], []), undefined, "tag");
    const summary = build("HistogramSummary", [name, values], {}, scope);
    currentGraph().addToCollection(collectionKeys.summaries, summary);
    return summary;
  });
}

/** Adds the training loss to the summaries, unless the model has done so. */
export function lossSummary(loss: Tensor): void {
  const summaries = currentGraph().getCollection<Tensor>(collectionKeys.summaries);
  if (!summaries.some((summary) => summary.op.name === "loss")) scalarSummary("loss", loss);
}
