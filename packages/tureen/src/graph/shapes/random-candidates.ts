import type { ShapeRule, ShapeTable } from "../infer-shapes.js";
import { withRank } from "./array/partial-shape.js";

const sampled: ShapeRule = ({ attrs, inputs }) => {
  const count = attrs.int("num_sampled");
  const [rows] = withRank(inputs[0]!.shape, 2);
  return [[count], [rows!, attrs.int("num_true")], [count]];
};

/** Shapes of the samplers of candidate classes. */
export const randomCandidateShapes: ShapeTable = {
  UniformCandidateSampler: sampled,
  LogUniformCandidateSampler: sampled,
  LearnedUnigramCandidateSampler: sampled,
  ThreadUnsafeUnigramCandidateSampler: sampled,
  FixedUnigramCandidateSampler: sampled,
  AllCandidateSampler: sampled,
  ComputeAccidentalHits: () => [[-1], [-1], [-1]],
};
