import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { denseFeatures, type FeatureColumn, sequenceFeatures } from "../feature-column/index.js";
import { dense } from "../layers/dense.js";
import { rnn } from "../layers/recurrent/rnn.js";
import type { RnnCell } from "../layers/recurrent/rnn-cell.js";
import type { Features } from "../model-fn.js";
import { cast, maximum } from "../nn/arithmetic.js";
import { concat, expandDims, sliceFirst } from "../nn/tensor-shape.js";
import { histogramSummary } from "../summary.js";
import { type Created, trackCreated } from "./created-variables.js";

/** The recurrent part of an RNN estimator. */
export interface RnnLayers {
  /** Columns of sequences: sequence numeric columns, and embeddings and indicators of sequence categorical columns. */
  readonly sequenceFeatureColumns: readonly FeatureColumn[];
  /** Dense columns whose values each step gets beside its own. */
  readonly contextFeatureColumns?: readonly FeatureColumn[] | undefined;
}

/** A recurrent layer by its name and cells. */
export interface RecurrentLayer {
  readonly name: string;
  readonly cells: readonly RnnCell[];
}

/** Logits, and which steps are no padding, bool [batch, steps]. */
export interface RnnLogits {
  readonly logits: Tensor;
  readonly mask: Tensor;
}

/** How the logits are made. */
export interface RnnLogitsOptions extends RnnLayers {
  readonly units: number;
  readonly layer: RecurrentLayer;
  readonly returnSequences: boolean;
  readonly training: boolean;
}

/** Logits of a recurrent network on sequence columns, [batch, units] or [batch, steps, units] (TensorFlow's `RNNModel`). */
export function rnnLogits(features: Features, options: RnnLogitsOptions): Created<RnnLogits> {
  const { units, layer, returnSequences, training } = options;
  if (!Number.isInteger(units)) throw invalidArgument(`units must be an int.  Given type: ${typeof units}`);
  return trackCreated(() =>
    nameScope("rnn_model", () => {
      const { inputs, lengths } = nameScope("sequence_input_layer", () => sequenceInput(features, options));
      const mask = sequenceMask(lengths);
      const outputs = rnn(inputs, { cells: layer.cells, mask, returnSequences, training, name: layer.name });
      return { logits: dense(outputs, { units, name: "logits" }), mask };
    }),
  );
}

function sequenceInput(
  features: Features,
  { sequenceFeatureColumns, contextFeatureColumns = [] }: RnnLayers,
): { readonly inputs: Tensor; readonly lengths: Tensor } {
  // Keras names the variables of both layers after the layers alone.
  const sequence = sequenceFeatures(features, sequenceFeatureColumns, { variableScope: "sequence_features" });
  histogramSummary("sequence_length", sequence.sequenceLength);
  const inputs = sequence.denseTensor;
  if (contextFeatureColumns.length === 0) return { inputs, lengths: sequence.sequenceLength };
  const context = denseFeatures(features, contextFeatureColumns, { variableScope: "dense_features" });
  return { inputs: concatenateContextInput(context, inputs), lengths: sequence.sequenceLength };
}

/** The context [batch, width] beside every step of sequences [batch, steps, width] (`concatenate_context_input`). */
function concatenateContextInput(context: Tensor, sequence: Tensor): Tensor {
  const steps = sliceFirst(build("Shape", [sequence]), { begin: 1, shrink: true });
  const times = build("Pack", [[constant(1, "int32"), steps, constant(1, "int32")]]);
  const tiled = build("Tile", [expandDims(context, 1), times]);
  const joined = concat([sequence, tiled], 2);
  joined.shape = [-1, -1, sequence.shape!.at(-1)! + context.shape!.at(-1)!];
  return joined;
}

/** Whether each step is within its row's length, bool [batch, longest] (`tf.sequence_mask`). */
function sequenceMask(lengths: Tensor): Tensor {
  return nameScope("SequenceMask", () => {
    const zero = constant(0, lengths.dtype);
    const longest = maximum(zero, build("Max", [lengths, toTensor([0], "int32")], {}, "Max"));
    const steps = build("Range", [zero, longest, constant(1, lengths.dtype)], {}, "Range");
    const rows = cast(expandDims(lengths, -1), lengths.dtype);
    const mask = build("Less", [steps, rows], {}, "Less");
    mask.shape = [-1, -1];
    return mask;
  });
}
