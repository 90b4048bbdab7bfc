import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** The loss of connectionist temporal classification for each sequence, and its gradient. */
export function ctcLoss(
  inputs: TensorLike,
  labelsIndices: TensorLike,
  labelsValues: TensorLike,
  sequenceLength: TensorLike,
  options: {
    readonly preprocessCollapseRepeated?: boolean;
    readonly ctcMergeRepeated?: boolean;
    readonly ignoreLongerOutputsThanInputs?: boolean;
    readonly name?: string;
  } = {},
): { readonly loss: Tensor; readonly gradient: Tensor } {
  const { outputs } = buildOp(
    "CTCLoss",
    [inputs, labelsIndices, labelsValues, sequenceLength],
    {
      preprocess_collapse_repeated: options.preprocessCollapseRepeated,
      ctc_merge_repeated: options.ctcMergeRepeated,
      ignore_longer_outputs_than_inputs: options.ignoreLongerOutputsThanInputs,
    },
    options,
  );
  return { loss: outputs[0]!, gradient: outputs[1]! };
}

/** The likeliest label sequences by prefix beam search: for each path indices, values and shape, then the scores. */
export function ctcBeamSearchDecoder(
  inputs: TensorLike,
  sequenceLength: TensorLike,
  options: {
    readonly beamWidth: number;
    readonly topPaths: number;
    readonly mergeRepeated?: boolean;
    readonly name?: string;
  },
): Operation {
  return buildOp(
    "CTCBeamSearchDecoder",
    [inputs, sequenceLength],
    { beam_width: options.beamWidth, top_paths: options.topPaths, merge_repeated: options.mergeRepeated },
    options,
  );
}

/** Floats as quantized integers of a range, and the range that they mean. */
export function quantizeV2(
  input: TensorLike,
  minRange: TensorLike,
  maxRange: TensorLike,
  options: {
    readonly T: DType;
    readonly mode?: "MIN_COMBINED" | "MIN_FIRST" | "SCALED";
    readonly roundMode?: "HALF_AWAY_FROM_ZERO" | "HALF_TO_EVEN";
    readonly narrowRange?: boolean;
    readonly axis?: number;
    readonly ensureMinimumRange?: number;
    readonly name?: string;
  },
): { readonly output: Tensor; readonly outputMin: Tensor; readonly outputMax: Tensor } {
  checkOptions("quantizeV2", options, {
    T: "required",
    mode: "optional",
    roundMode: "optional",
    narrowRange: "optional",
    axis: "optional",
    ensureMinimumRange: "optional",
    name: "optional",
  });
  const { outputs } = buildOp(
    "QuantizeV2",
    [input, minRange, maxRange],
    {
      T: options.T,
      mode: options.mode,
      round_mode: options.roundMode,
      narrow_range: options.narrowRange,
      axis: options.axis,
      ensure_minimum_range: options.ensureMinimumRange,
    },
    options.name,
  );
  return { output: outputs[0]!, outputMin: outputs[1]!, outputMax: outputs[2]! };
}

/** Quantized integers as the floats that they mean. */
export function dequantize(
  input: TensorLike,
  minRange: TensorLike,
  maxRange: TensorLike,
  options: {
    readonly mode?: "MIN_COMBINED" | "MIN_FIRST" | "SCALED";
    readonly narrowRange?: boolean;
    readonly axis?: number;
    readonly dtype?: DType;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "Dequantize",
    [input, minRange, maxRange],
    { mode: options.mode, narrow_range: options.narrowRange, axis: options.axis, dtype: options.dtype },
    options,
  );
}

/** Rounds to the levels of a symmetric quantized range, the first form of the op. */
export function quantizeAndDequantize(
  input: TensorLike,
  options: {
    readonly signedInput?: boolean;
    readonly numBits?: number;
    readonly rangeGiven?: boolean;
    readonly inputMin?: number;
    readonly inputMax?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "QuantizeAndDequantize",
    [input],
    {
      signed_input: options.signedInput,
      num_bits: options.numBits,
      range_given: options.rangeGiven,
      input_min: options.inputMin,
      input_max: options.inputMax,
    },
    options,
  );
}
