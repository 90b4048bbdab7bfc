import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** What the samplers of candidate classes have in common. */
export interface CandidateSamplerAttrs {
  readonly numTrue: number;
  readonly numSampled: number;
  readonly unique: boolean;
  readonly seed?: number;
  readonly seed2?: number;
  readonly name?: string;
}

/** The same with the number of classes. */
export interface RangedCandidateSamplerAttrs extends CandidateSamplerAttrs {
  readonly rangeMax: number;
}

/** The same for `checkOptions`. */
const rangedCandidateSamplerAttrsTable: OptionTable<RangedCandidateSamplerAttrs> = {
  rangeMax: "required",
  numTrue: "required",
  numSampled: "required",
  unique: "required",
  seed: "optional",
  seed2: "optional",
  name: "optional",
};

/** Candidates [numSampled], and how often the true classes and the candidates are expected among them. */
export type CandidateTensors = readonly [candidates: Tensor, trueExpected: Tensor, sampledExpected: Tensor];

function sample(
  type: string,
  trueClasses: TensorLike,
  { name, ...options }: CandidateSamplerAttrs,
  more: Readonly<Record<string, unknown>>,
): CandidateTensors {
  const { numTrue, numSampled, unique, seed, seed2 } = options;
  const attrs = { num_true: numTrue, num_sampled: numSampled, unique, seed, seed2, ...more };
  return buildOp(type, [trueClasses], attrs as Parameters<typeof buildOp>[2], name)
    .outputs as unknown as CandidateTensors;
}

/** All classes as candidates: what a sampled loss is tested with. */
export function allCandidateSampler(trueClasses: TensorLike, options: CandidateSamplerAttrs): CandidateTensors {
  checkOptions("allCandidateSampler", options, {
    numTrue: "required",
    numSampled: "required",
    unique: "required",
    seed: "optional",
    seed2: "optional",
    name: "optional",
  });
  return sample("AllCandidateSampler", trueClasses, options, {});
}

/** Candidates of which all classes are alike. */
export function uniformCandidateSampler(
  trueClasses: TensorLike,
  options: RangedCandidateSamplerAttrs,
): CandidateTensors {
  checkOptions("uniformCandidateSampler", options, rangedCandidateSamplerAttrsTable);
  return sample("UniformCandidateSampler", trueClasses, options, { range_max: options.rangeMax });
}

/** Candidates by Zipf's law, for classes sorted by falling frequency. */
export function logUniformCandidateSampler(
  trueClasses: TensorLike,
  options: RangedCandidateSamplerAttrs,
): CandidateTensors {
  checkOptions("logUniformCandidateSampler", options, rangedCandidateSamplerAttrsTable);
  return sample("LogUniformCandidateSampler", trueClasses, options, { range_max: options.rangeMax });
}

/** Candidates in proportion to how often classes were true in earlier runs. */
export function learnedUnigramCandidateSampler(
  trueClasses: TensorLike,
  options: RangedCandidateSamplerAttrs,
): CandidateTensors {
  checkOptions("learnedUnigramCandidateSampler", options, rangedCandidateSamplerAttrsTable);
  return sample("LearnedUnigramCandidateSampler", trueClasses, options, { range_max: options.rangeMax });
}

/** The same without a lock, which has no meaning here. */
export function threadUnsafeUnigramCandidateSampler(
  trueClasses: TensorLike,
  options: RangedCandidateSamplerAttrs,
): CandidateTensors {
  checkOptions("threadUnsafeUnigramCandidateSampler", options, rangedCandidateSamplerAttrsTable);
  return sample("ThreadUnsafeUnigramCandidateSampler", trueClasses, options, { range_max: options.rangeMax });
}

/** Candidates in proportion to given counts, raised to the power of `distortion`. */
export function fixedUnigramCandidateSampler(
  trueClasses: TensorLike,
  options: RangedCandidateSamplerAttrs & {
    readonly unigrams?: readonly number[];
    readonly vocabFile?: string;
    readonly distortion?: number;
    readonly numReservedIds?: number;
    readonly numShards?: number;
    readonly shard?: number;
  },
): CandidateTensors {
  checkOptions("fixedUnigramCandidateSampler", options, {
    ...rangedCandidateSamplerAttrsTable,
    unigrams: "optional",
    vocabFile: "optional",
    distortion: "optional",
    numReservedIds: "optional",
    numShards: "optional",
    shard: "optional",
  });
  return sample("FixedUnigramCandidateSampler", trueClasses, options, {
    range_max: options.rangeMax,
    vocab_file: options.vocabFile,
    distortion: options.distortion,
    num_reserved_ids: options.numReservedIds,
    num_shards: options.numShards,
    shard: options.shard,
    unigrams: options.unigrams,
  });
}

/** Where candidates are true classes of a row: rows, places among the candidates, and weights that hide them in a sum of logits. */
export function computeAccidentalHits(
  trueClasses: TensorLike,
  sampledCandidates: TensorLike,
  options: { readonly numTrue: number; readonly seed?: number; readonly seed2?: number; readonly name?: string },
): readonly [indices: Tensor, ids: Tensor, weights: Tensor] {
  const attrs = { num_true: options.numTrue, seed: options.seed, seed2: options.seed2 };
  const op = buildOp("ComputeAccidentalHits", [trueClasses, sampledCandidates], attrs, options);
  return op.outputs as unknown as readonly [Tensor, Tensor, Tensor];
}
