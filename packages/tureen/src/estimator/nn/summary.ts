import { toTensor } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";

/** Adds a scalar summary tagged with its name under the current scope (`tf.compat.v1.summary.scalar`). */
export function scalarSummary(name: string, value: Tensor): Tensor {
  return summary("ScalarSummary", name, value);
}

/** Adds a histogram summary tagged with its name under the current scope (`tf.compat.v1.summary.histogram`). */
export function histogramSummary(name: string, values: Tensor): Tensor {
  return summary("HistogramSummary", name, values);
}

function summary(type: string, name: string, value: Tensor): Tensor {
  // What is not allowed in a node name becomes an underscore, as TensorFlow's summary_scope does it.
  const clean = name.replace(/[^-/\w.]/g, "_").replace(/^\/+/, "");
  return nameScope(clean, (scope) => {
    const op = build(type, [toTensor(scope.slice(0, -1), "string"), value], {}, scope);
    currentGraph().addToCollection(collectionKeys.summaries, op);
    return op;
  });
}
