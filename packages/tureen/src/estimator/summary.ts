import { stringValue } from "../core/tensor-value.js";
import { build, constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import type { Tensor } from "../graph/graph.js";
import { currentGraph, nameScope } from "../graph/scope.js";

/** How a summary is filed. */
export interface SummaryOptions {
  /** The collections it is added to; default `summaries`, which hooks and `mergeAll` write. */
  readonly collections?: readonly string[] | undefined;
  /** A group that TensorBoard shows it in. */
  readonly family?: string | undefined;
}

/** Adds a scalar to the graph's summaries under a tag (`tf.compat.v1.summary.scalar`). */
export function scalarSummary(tag: string, value: Tensor, options: SummaryOptions = {}): Tensor {
  return filed(tag, options, (full, scope) =>
    build("ScalarSummary", [constant(stringValue([full], []), undefined, "tags"), value], {}, scope),
  );
}

/** Adds a histogram of values to the graph's summaries under a tag (`tf.compat.v1.summary.histogram`). */
export function histogramSummary(tag: string, values: Tensor, options: SummaryOptions = {}): Tensor {
  return filed(tag, options, (full, scope) =>
    build("HistogramSummary", [constant(stringValue([full], []), undefined, "tag"), values], {}, scope),
  );
}

/** One Summary, serialized, of several (`tf.compat.v1.summary.merge`). */
export function mergeSummaries(
  inputs: readonly Tensor[],
  options: Pick<SummaryOptions, "collections"> & { readonly name?: string } = {},
): Tensor {
  const merged = nameScope(options.name ?? "Merge", () => build("MergeSummary", [[...inputs]], {}, "MergeSummary"));
  for (const key of options.collections ?? []) currentGraph().addToCollection(key, merged);
  return merged;
}

/** One Summary of all that the graph has in a collection, or undefined where it has none (`tf.compat.v1.summary.merge_all`). */
export function mergeAllSummaries(key: string = collectionKeys.summaries): Tensor | undefined {
  const all = currentGraph().getCollection<Tensor>(key);
  return all.length === 0 ? undefined : mergeSummaries(all);
}

/** A family stands before the tag, and in the scope a second time: TensorFlow's `summary_scope`. */
function filed(
  tag: string,
  { collections, family }: SummaryOptions,
  make: (tag: string, scope: string) => Tensor,
): Tensor {
  return nameScope(family === undefined ? tag : `${family}/${tag}`, (scope) => {
    const own = scope.slice(0, -1);
    const summary = make(family === undefined ? own : `${family}/${own}`, scope);
    for (const key of collections ?? [collectionKeys.summaries]) currentGraph().addToCollection(key, summary);
    return summary;
  });
}

/** Adds the training loss to the summaries, unless the model has done so. */
export function lossSummary(loss: Tensor): void {
  const summaries = currentGraph().getCollection<Tensor>(collectionKeys.summaries);
  if (!summaries.some((summary) => summary.op.name === "loss")) scalarSummary("loss", loss);
}
