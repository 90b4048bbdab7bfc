import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { Tensor } from "../../graph/graph.js";
import * as ops from "../../graph/ops/random-candidates.js";
import { getSeed } from "./random-seed.js";

export type { CandidateTensors } from "../../graph/ops/random-candidates.js";

/** How many candidates of which classes are drawn. */
export interface CandidateSamplerOptions {
  /** True classes of a row; default 1. */
  readonly numTrue?: number;
  readonly numSampled: number;
  /** Whether no class is drawn twice. */
  readonly unique: boolean;
  /** The number of classes. */
  readonly rangeMax: number;
  readonly seed?: number;
  readonly name?: string;
}

/** The same for `checkOptions`. */
const candidateSamplerOptionsTable: OptionTable<CandidateSamplerOptions> = {
  numTrue: "optional",
  numSampled: "required",
  unique: "required",
  rangeMax: "required",
  seed: "optional",
  name: "optional",
};

type Sampler = (trueClasses: Tensor, options: ops.RangedCandidateSamplerAttrs) => ops.CandidateTensors;

function seeded<T extends CandidateSamplerOptions>(
  sampler: Sampler,
  trueClasses: Tensor,
  options: T,
): ops.CandidateTensors {
  return sampler(trueClasses, { ...options, numTrue: options.numTrue ?? 1, ...getSeed(options.seed) });
}

/**
 * Candidates of which all classes are alike (`tf.random.uniform_candidate_sampler`).
 *
 * `trueClasses` int64 [batch, numTrue]; gives candidates int64 [numSampled] and how often the true classes and the candidates are expected
 * among them, float32. The same for all samplers. INVALID_ARGUMENT in the run where `unique` asks for more candidates than there are classes.
 */
export function uniformCandidateSampler(trueClasses: Tensor, options: CandidateSamplerOptions): ops.CandidateTensors {
  checkOptions("uniformCandidateSampler", options, candidateSamplerOptionsTable);
  return seeded(ops.uniformCandidateSampler, trueClasses, options);
}

/** Candidates by Zipf's law, for classes sorted by falling frequency (`tf.random.log_uniform_candidate_sampler`). */
export function logUniformCandidateSampler(
  trueClasses: Tensor,
  options: CandidateSamplerOptions,
): ops.CandidateTensors {
  checkOptions("logUniformCandidateSampler", options, candidateSamplerOptionsTable);
  return seeded(ops.logUniformCandidateSampler, trueClasses, options);
}

/** Candidates in proportion to how often classes were true in earlier runs (`tf.random.learned_unigram_candidate_sampler`). */
export function learnedUnigramCandidateSampler(
  trueClasses: Tensor,
  options: CandidateSamplerOptions,
): ops.CandidateTensors {
  checkOptions("learnedUnigramCandidateSampler", options, candidateSamplerOptionsTable);
  return seeded(ops.learnedUnigramCandidateSampler, trueClasses, options);
}

/** What a fixed distribution is made of besides. */
export interface FixedUnigramOptions extends CandidateSamplerOptions {
  /** How often each class occurs. */
  readonly unigrams: readonly number[];
  /** The power that the counts are raised to; default 1. */
  readonly distortion?: number;
  /** Classes below it are never drawn; default 0. The counts are those of the classes that follow. */
  readonly numReservedIds?: number;
  readonly numShards?: number;
  readonly shard?: number;
}

/** Candidates in proportion to given counts (`tf.random.fixed_unigram_candidate_sampler`); counts in a file are UNIMPLEMENTED. */
export function fixedUnigramCandidateSampler(trueClasses: Tensor, options: FixedUnigramOptions): ops.CandidateTensors {
  checkOptions("fixedUnigramCandidateSampler", options, {
    unigrams: "required",
    distortion: "optional",
    numReservedIds: "optional",
    numShards: "optional",
    shard: "optional",
    numTrue: "optional",
    numSampled: "required",
    unique: "required",
    rangeMax: "required",
    seed: "optional",
    name: "optional",
  });
  return seeded(ops.fixedUnigramCandidateSampler, trueClasses, options);
}

/** All classes as candidates (`tf.random.all_candidate_sampler`). */
export function allCandidateSampler(
  trueClasses: Tensor,
  options: Omit<CandidateSamplerOptions, "rangeMax">,
): ops.CandidateTensors {
  checkOptions("allCandidateSampler", options, {
    name: "optional",
    numTrue: "optional",
    numSampled: "required",
    unique: "required",
    seed: "optional",
  });
  return ops.allCandidateSampler(trueClasses, { ...options, numTrue: options.numTrue ?? 1, ...getSeed(options.seed) });
}

/** Where candidates are true classes of a row (`tf.nn.compute_accidental_hits`): rows, places among the candidates, weights that hide them. */
export function computeAccidentalHits(
  trueClasses: Tensor,
  sampledCandidates: Tensor,
  options: { readonly numTrue?: number; readonly seed?: number; readonly name?: string } = {},
): readonly [indices: Tensor, ids: Tensor, weights: Tensor] {
  checkOptions("computeAccidentalHits", options, { numTrue: "optional", seed: "optional", name: "optional" });
  const { numTrue = 1, seed, name } = options;
  const seeds = getSeed(seed);
  return ops.computeAccidentalHits(trueClasses, sampledCandidates, {
    numTrue,
    ...seeds,
    ...(name === undefined ? {} : { name }),
  });
}
