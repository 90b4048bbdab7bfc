import { checkOptions } from "../../core/check-options.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { type Initializer, Variable } from "../../graph/variable.js";
import { randomUniformInitializer } from "./initializers.js";
import { type Regularizer, regularize } from "./regularizers.js";

/** Options of `embedding`. */
export interface EmbeddingLayerOptions {
  /** Rows of the table. */
  readonly inputDim: number;
  /** Width of a row. */
  readonly outputDim: number;
  /** Default: uniform in [-0.05, 0.05). */
  readonly embeddingsInitializer?: Initializer;
  readonly embeddingsRegularizer?: Regularizer;
  readonly trainable?: boolean;
  readonly name?: string;
}

/** Rows of a table at ids [...]: [..., outputDim] (`tf.keras.layers.Embedding`); variable `embeddings` [inputDim, outputDim]. */
export function embedding(ids: Tensor, options: EmbeddingLayerOptions): Tensor {
  checkOptions("embedding", options, {
    inputDim: "required",
    outputDim: "required",
    embeddingsInitializer: "optional",
    embeddingsRegularizer: "optional",
    trainable: "optional",
    name: "optional",
  });
  return nameScope(options.name ?? "embedding", (scope) => {
    const table = new Variable({
      name: `${scope}embeddings`,
      dtype: "float32",
      shape: [options.inputDim, options.outputDim],
      initializer: options.embeddingsInitializer ?? randomUniformInitializer(),
      trainable: options.trainable ?? true,
    });
    regularize(table, options.embeddingsRegularizer);
    return table.gather(ids, "embedding_lookup");
  });
}
