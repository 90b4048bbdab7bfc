import { checkOptions } from "../../core/check-options.js";
import { buildOp, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";

/** What a decoder of connectionist temporal classification found. */
export interface CtcDecoded {
  /** One sparse tensor of class ids [batch, …] for each path, the best first. */
  readonly decoded: readonly SparseTensor[];
  /** float32 [batch, paths]: log probabilities, or for the greedy decoder the negative sum of the best logits. */
  readonly logProbability: Tensor;
}

/**
 * The most probable class at each step, without blanks (`tf.nn.ctc_greedy_decoder`): `inputs` [time, batch, classes].
 *
 * The blank is the last class unless `blankIndex` says otherwise; classes that repeat are merged by default.
 */
export function ctcGreedyDecoder(
  inputs: Tensor,
  sequenceLength: TensorLike,
  options: { readonly mergeRepeated?: boolean; readonly blankIndex?: number; readonly name?: string } = {},
): CtcDecoded {
  checkOptions("ctcGreedyDecoder", options, { mergeRepeated: "optional", blankIndex: "optional", name: "optional" });
  const { mergeRepeated = true, blankIndex = -1 } = options;
  const [indices, values, shape, logProbability] = buildOp(
    "CTCGreedyDecoder",
    [inputs, sequenceLength],
    { merge_repeated: mergeRepeated, blank_index: blankIndex },
    options.name,
  ).outputs;
  return { decoded: [new SparseTensor(indices!, values!, shape!)], logProbability: logProbability! };
}

/** The most probable sequences found by a beam search (`tf.compat.v1.nn.ctc_beam_search_decoder`); beam width 100, one path and merging by default. */
export function ctcBeamSearchDecoder(
  inputs: Tensor,
  sequenceLength: TensorLike,
  options: {
    readonly beamWidth?: number;
    readonly topPaths?: number;
    readonly mergeRepeated?: boolean;
    readonly name?: string;
  } = {},
): CtcDecoded {
  checkOptions("ctcBeamSearchDecoder", options, {
    beamWidth: "optional",
    topPaths: "optional",
    mergeRepeated: "optional",
    name: "optional",
  });
  const { beamWidth = 100, topPaths = 1, mergeRepeated = true } = options;
  const { outputs } = buildOp(
    "CTCBeamSearchDecoder",
    [inputs, sequenceLength],
    { beam_width: beamWidth, top_paths: topPaths, merge_repeated: mergeRepeated },
    options.name,
  );
  const decoded = Array.from(
    { length: topPaths },
    (_, i) => new SparseTensor(outputs[i]!, outputs[topPaths + i]!, outputs[2 * topPaths + i]!),
  );
  return { decoded, logProbability: outputs[3 * topPaths]! };
}

/** `ctcBeamSearchDecoder` that does not merge what repeats (`tf.nn.ctc_beam_search_decoder` of TensorFlow 2). */
export function ctcBeamSearchDecoderV2(
  inputs: Tensor,
  sequenceLength: TensorLike,
  options: { readonly beamWidth?: number; readonly topPaths?: number; readonly name?: string } = {},
): CtcDecoded {
  checkOptions("ctcBeamSearchDecoderV2", options, { beamWidth: "optional", topPaths: "optional", name: "optional" });
  return ctcBeamSearchDecoder(inputs, sequenceLength, { ...options, mergeRepeated: false });
}
