import { describe, expect, it } from "vitest";
import { build, constant } from "../../graph/build-op.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import {
  type CandidateTensors,
  fixedUnigramCandidateSampler,
  learnedUnigramCandidateSampler,
  uniformCandidateSampler,
} from "./candidate-sampling.js";
import { nceLoss, sampledSoftmaxLoss } from "./sampled-losses.js";

interface Case {
  readonly loss: "sampled_softmax_loss" | "nce_loss";
  readonly true: string;
  readonly sampler: "default" | "uniform" | "learned" | "fixed";
  readonly hits: boolean;
  /** The losses, and the gradients of their sum by weights, biases and inputs. */
  readonly values: readonly StoredTensor[];
}

const fixture = readFixture<{
  readonly weights: StoredTensor;
  readonly biases: StoredTensor;
  readonly inputs: StoredTensor;
  readonly labels: Readonly<Record<string, StoredTensor>>;
  readonly sampled: number;
  readonly cases: readonly Case[];
}>("sampled-losses");
const [numClasses] = fixture.weights.s as readonly [number];
const numSampled = fixture.sampled;

function drawn(sampler: Case["sampler"], labels: Tensor, numTrue: number): CandidateTensors | undefined {
  const options = { numTrue, numSampled, rangeMax: numClasses, seed: 3 };
  if (sampler === "uniform") return uniformCandidateSampler(labels, { ...options, unique: true });
  if (sampler === "learned") return learnedUnigramCandidateSampler(labels, { ...options, unique: false });
  if (sampler === "default") return undefined;
  const unigrams = Array.from({ length: numClasses }, (_, i) => i + 1);
  return fixedUnigramCandidateSampler(labels, { ...options, unique: true, unigrams, distortion: 0.75 });
}

describe("losses over a sample of the classes, and their gradients, are TensorFlow's", () => {
  for (const one of fixture.cases) {
    it(`${one.loss} of ${one.true} true, ${one.sampler} sampler, ${one.hits ? "without" : "with"} accidental hits`, () => {
      const graph = new Graph();
      graph.seed = 11;
      const [fetches, start] = withGraph(graph, () => {
        const variable = (name: string, stored: StoredTensor): Variable =>
          new Variable({ name, initializer: restored(stored) });
        const [weights, biases] = [variable("weights", fixture.weights), variable("biases", fixture.biases)];
        const inputs = constant(restored(fixture.inputs));
        const labels = constant(restored(fixture.labels[one.true]!));
        const numTrue = Number(one.true);
        const sampledValues = drawn(one.sampler, labels, numTrue);
        const losses = (one.loss === "nce_loss" ? nceLoss : sampledSoftmaxLoss)({
          weights,
          biases,
          labels,
          inputs,
          numSampled,
          numClasses,
          numTrue,
          removeAccidentalHits: one.hits,
          ...(sampledValues === undefined ? {} : { sampledValues }),
          ...(one.loss === "nce_loss" ? {} : { seed: 7 }),
        });
        const changes = gradients([losses], [weights.handle, biases.handle, inputs]).map((gradient, i) => {
          if (gradient instanceof Tensor) return gradient;
          // Rows that a look-up gave: their sum by row is the dense gradient.
          const { values, indices } = gradient!;
          const rows = constant(numClasses, "int32");
          return build("UnsortedSegmentSum", [values, indices, rows], {}, `dense_${i}`);
        });
        return [
          [losses, ...changes],
          [weights.initializer, biases.initializer],
        ] as const;
      });
      const session = new Session(graph);
      session.run([], new Map(), start);
      const values = session.run(fetches);
      values.forEach((value, i) => {
        expect(largestError(value, restored(one.values[i]!)), String(i)).toBeLessThan(2e-6);
      });
    });
  }
});
