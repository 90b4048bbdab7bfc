import { invalidArgument, unimplemented } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { Attrs } from "../../graph/attr-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { Resource, ResourceHandle } from "../resource-manager.js";
import {
  type ClassDistribution,
  learnedClasses,
  logUniformClasses,
  uniformClasses,
  weightedClasses,
} from "./random/class-distributions.js";
import { blockWords } from "./random/philox.js";
import { SampledNumbers } from "./random/sampled-integers.js";
import { sessionGenerator } from "./random/session-generator.js";

interface SamplerResource extends Resource {
  readonly kind: "RangeSampler";
  readonly classes: ClassDistribution;
}

/** Words that a run goes over for each candidate, however many it needs: TensorFlow's guess of the most that rejection takes. */
const reservedWords = 2048;
/** The weight that hides an accidental hit in a sum of logits. */
const hidden = -3.4028234663852886e38;

function checkTrueClasses({ shape }: TensorValue, attrs: Attrs): void {
  if (shape.length !== 2) throw invalidArgument("true_classes must be a matrix");
  const wanted = attrs.int("num_true");
  // TensorFlow's message has the two numbers this way round.
  if (shape[1] !== wanted) {
    throw invalidArgument(`true_classes must have num_true columns, expected: ${shape[1]} was: ${wanted}`);
  }
}

/** How often a class is expected among the candidates, where it took `tries` draws to find `count` of them; float32 throughout. */
function expectedCount(probability: number, count: number, tries: number): number {
  const p = Math.fround(probability);
  if (tries === count) return Math.fround(p * count);
  return -Math.fround(Math.expm1(Math.fround(tries * Math.fround(Math.log1p(-p)))));
}

function sampler(make: (attrs: Attrs) => ClassDistribution): KernelFactory {
  return (node) => {
    const { attrs, name } = node;
    const count = attrs.int("num_sampled");
    const unique = attrs.bool("unique");
    const reserve = sessionGenerator(node);
    const handle: ResourceHandle = { container: "", name, kind: "RangeSampler" };
    return (inputs, context) => {
      const [trueClasses] = inputs as [TensorValue];
      checkTrueClasses(trueClasses, attrs);
      const { classes } = context.resources.getOrCreate<SamplerResource>(handle, () => ({
        kind: "RangeSampler",
        classes: make(attrs),
      }));
      if (unique && count > attrs.int("range_max")) throw invalidArgument("Sampler's range is too small.");
      const numbers = new SampledNumbers(reserve(context, Math.ceil((count * reservedWords) / blockWords)));
      const candidates = new BigInt64Array(count);
      const seen = new Set<number>();
      let tries = 0;
      for (let found = 0; found < count; tries++) {
        const value = classes.sample(numbers);
        if (unique && seen.has(value)) continue;
        seen.add(value);
        candidates[found] = BigInt(value);
        found += 1;
      }
      const truth = trueClasses.data as BigInt64Array;
      const counts = (of: BigInt64Array): Float32Array =>
        Float32Array.from(of, (value) => expectedCount(classes.probability(Number(value)), count, tries));
      const outputs: TensorValue[] = [
        { dtype: "int64", shape: [count], data: candidates },
        { dtype: "float32", shape: trueClasses.shape, data: counts(truth) },
        { dtype: "float32", shape: [count], data: counts(candidates) },
      ];
      classes.update?.(truth);
      return outputs;
    };
  };
}

function fixedClasses(attrs: Attrs): ClassDistribution {
  const unigrams = attrs.floats("unigrams");
  if (attrs.text("vocab_file") !== "") throw unimplemented("vocab_file: give the counts as unigrams");
  if (unigrams.length === 0) throw invalidArgument("Must provide either vocab_file or unigrams.");
  const [reserved, shards, shard] = [attrs.int("num_reserved_ids"), attrs.int("num_shards"), attrs.int("shard")];
  const distortion = attrs.float("distortion");
  const all = [...new Array<number>(reserved).fill(0), ...unigrams.map((count) => Math.fround(count ** distortion))];
  return weightedClasses(
    attrs.int("range_max"),
    all.filter((_, id) => id % shards === shard),
  );
}

const allCandidates: KernelFactory = ({ attrs }) => {
  const count = attrs.int("num_sampled");
  return (inputs) => {
    const [trueClasses] = inputs as [TensorValue];
    checkTrueClasses(trueClasses, attrs);
    const ones = (length: number): Float32Array => new Float32Array(length).fill(1);
    return [
      { dtype: "int64", shape: [count], data: BigInt64Array.from({ length: count }, (_, i) => BigInt(i)) },
      { dtype: "float32", shape: trueClasses.shape, data: ones(trueClasses.data.length) },
      { dtype: "float32", shape: [count], data: ones(count) },
    ];
  };
};

const accidentalHits: KernelFactory =
  ({ attrs }) =>
  (inputs) => {
    const [trueClasses, candidates] = inputs as [TensorValue, TensorValue];
    const width = attrs.int("num_true");
    if (trueClasses.shape.length !== 2 || trueClasses.shape[1] !== width)
      throw invalidArgument("true_candidates must be a batch_size * num_true matrix");
    if (candidates.shape.length !== 1)
      throw invalidArgument("sampled_candidates must be a vector, which is typically an output from CandidateSampler");
    const places = new Map<bigint, number>();
    (candidates.data as BigInt64Array).forEach((value, i) => {
      places.set(value, i);
    });
    const indices: number[] = [];
    const ids: bigint[] = [];
    (trueClasses.data as BigInt64Array).forEach((value, i) => {
      const place = places.get(value);
      if (place === undefined) return;
      indices.push(Math.floor(i / width));
      ids.push(BigInt(place));
    });
    const shape = [ids.length];
    return [
      { dtype: "int32", shape, data: Int32Array.from(indices) },
      { dtype: "int64", shape, data: BigInt64Array.from(ids) },
      { dtype: "float32", shape, data: new Float32Array(ids.length).fill(hidden) },
    ];
  };

/** Host kernels of the samplers of candidate classes, whose draws are TensorFlow's for the same seeds. */
export const randomCandidateKernels: KernelTable = {
  UniformCandidateSampler: sampler((attrs) => uniformClasses(attrs.int("range_max"))),
  LogUniformCandidateSampler: sampler((attrs) => logUniformClasses(attrs.int("range_max"))),
  LearnedUnigramCandidateSampler: sampler((attrs) => learnedClasses(attrs.int("range_max"))),
  ThreadUnsafeUnigramCandidateSampler: sampler((attrs) => learnedClasses(attrs.int("range_max"))),
  FixedUnigramCandidateSampler: sampler(fixedClasses),
  AllCandidateSampler: allCandidates,
  ComputeAccidentalHits: accidentalHits,
};
