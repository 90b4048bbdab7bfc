import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";
import type { Variable } from "../../graph/variable.js";
import { type Combiner, embeddingLookup as lookUp, safeEmbeddingLookup } from "../feature-column/embedding-lookup.js";
import { clipByNorm } from "./clip.js";

/** Rows of a table at ids [...], [..., width]; rows of a greater L2 norm than `maxNorm` are scaled to it (`tf.nn.embedding_lookup`). */
export function embeddingLookup(
  params: Variable | Tensor,
  ids: Tensor,
  options: { readonly maxNorm?: number; readonly name?: string } = {},
): Tensor {
  checkOptions("embeddingLookup", options, { maxNorm: "optional", name: "optional" });
  return nameScope(options.name ?? "embedding_lookup", () => {
    const rows =
      params instanceof Tensor
        ? build("GatherV2", [params, ids, constant(0, "int32", "axis")], {}, "GatherV2")
        : params.gather(ids, "Gather");
    if (options.maxNorm === undefined) return build("Identity", [rows], {}, "Identity");
    const [first, last] = [ids.shape!.length, rows.shape!.length];
    return clipByNorm(rows, options.maxNorm, { axes: Array.from({ length: last - first }, (_, i) => first + i) });
  });
}

/** Options of the sparse lookups. */
export interface SparseLookupOptions {
  readonly combiner?: Combiner;
  readonly maxNorm?: number;
  readonly name?: string;
}

/** The same for `checkOptions`. */
const sparseLookupOptionsTable: OptionTable<SparseLookupOptions> = {
  combiner: "optional",
  maxNorm: "optional",
  name: "optional",
};

/** Combined rows of a table for each row of sparse ids (`tf.nn.embedding_lookup_sparse`); no row may be empty. Default combiner "mean". */
export function embeddingLookupSparse(
  params: Variable,
  spIds: SparseTensor,
  spWeights?: SparseTensor,
  options: SparseLookupOptions = {},
): Tensor {
  checkOptions("embeddingLookupSparse", options, sparseLookupOptionsTable);
  const pair = { idTensor: spIds, weightTensor: spWeights };
  return lookUp(params, pair, {
    ...options,
    combiner: options.combiner ?? "mean",
    name: options.name ?? "embedding_lookup_sparse",
  });
}

/** `embeddingLookupSparse` that leaves out ids below 0 and weights not above 0 and gives zeros for empty rows (`tf.nn.safe_embedding_lookup_sparse`). */
export function safeEmbeddingLookupSparse(
  params: Variable,
  spIds: SparseTensor,
  spWeights?: SparseTensor,
  options: SparseLookupOptions = {},
): Tensor {
  checkOptions("safeEmbeddingLookupSparse", options, sparseLookupOptionsTable);
  const pair = { idTensor: spIds, weightTensor: spWeights };
  return safeEmbeddingLookup(params, pair, {
    ...options,
    combiner: options.combiner ?? "mean",
    name: options.name ?? "embedding_lookup",
  });
}

/** The `k` greatest along the last dimension and their places, greatest first (`tf.nn.top_k`). */
export function topK(
  input: Tensor,
  options: { readonly k?: number; readonly sorted?: boolean; readonly name?: string } = {},
): { readonly values: Tensor; readonly indices: Tensor } {
  checkOptions("topK", options, { k: "optional", sorted: "optional", name: "optional" });
  const k = constant(options.k ?? 1, "int32", "k");
  const [values, indices] = buildOp("TopKV2", [input, k], { sorted: options.sorted }, options.name ?? "TopKV2").outputs;
  return { values: values!, indices: indices! };
}

/** Whether each target is among the `k` best predictions of its row (`tf.nn.in_top_k`). */
export function inTopK(
  targets: Tensor,
  predictions: Tensor,
  options: { readonly k: number; readonly name?: string },
): Tensor {
  checkOptions("inTopK", options, { k: "required", name: "optional" });
  return build("InTopKV2", [predictions, targets, constant(options.k, targets.dtype, "k")], {}, options.name);
}

/** `x` times weights plus biases (`tf.nn.xw_plus_b`). */
export function xwPlusB(x: Tensor, weights: Tensor, biases: Tensor, options: { readonly name?: string } = {}): Tensor {
  checkOptions("xwPlusB", options, nameOnly);
  return nameScope(options.name ?? "xw_plus_b", (scope) =>
    build("BiasAdd", [build("MatMul", [x, weights], {}, "MatMul"), biases], {}, scope),
  );
}
