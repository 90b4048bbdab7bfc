import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { kmeansPlusPlusInitialization } from "../../graph/ops/clustering.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { group } from "../head/train-op.js";
import type { SessionRunHook } from "../hooks/session-run-hook.js";
import { cast, equal, sub } from "../nn/arithmetic.js";
import { assertTrue } from "../nn/assertions.js";
import { getSeed } from "../nn/random-seed.js";
import { concat, reshape, sliceFirst } from "../nn/tensor-shape.js";
import { choose } from "./branch.js";
import type { InitialClusters, KMeansOptions } from "./k-means-options.js";
import { l2Normalize } from "./l2-normalize.js";

/** The centers while they are chosen. */
export interface StartingCenters {
  readonly centers: Variable;
  /** The copy that mini-batches move, where there is one. */
  readonly updated: Variable | undefined;
  readonly initialized: Variable;
}

/**
 * Chooses centers of one batch until there are as many as wanted; to be run until `initialized` holds true (TensorFlow's
 * `_InitializeClustersOpFactory`). `numClusters` is an int32 scalar.
 */
export function startClusters(
  inputs: Tensor,
  numClusters: Tensor,
  { centers, updated, initialized }: StartingCenters,
  options: KMeansOptions,
): Operation {
  const known = centers.read();
  const selected = sliceFirst(build("Shape", [known]), { begin: 0, shrink: true });
  const wanted = sub(numClusters, selected);
  return nameScope("cond", () => {
    const cosine = options.distanceMetric === "cosine";
    const chosen = chooseCenters(inputs, wanted, options, cosine);
    const added = cosine ? l2Normalize(chosen) : chosen;
    // Before the first choice the centers are an empty vector, which nothing can be joined to.
    const [all] = choose(
      equal(selected, 0),
      () => [build("Identity", [added])],
      () => [concat([known, added], 0)],
    ) as [Tensor];
    const left = sub(numClusters, sliceFirst(build("Shape", [all]), { begin: 0, shrink: true }));
    return group([
      centers.assign(all),
      ...(updated === undefined ? [] : [updated.assign(all)]),
      initialized.assign(equal(left, 0)),
    ]);
  });
}

function chooseCenters(inputs: Tensor, wanted: Tensor, options: KMeansOptions, cosine: boolean): Tensor {
  const initial: InitialClusters = options.initialClusters ?? "random";
  const points = sliceFirst(build("Shape", [inputs]), { begin: 0, shrink: true });
  if (typeof initial === "function") return initial(inputs, wanted);
  if (initial === "random") return randomCenters(inputs, points, wanted, options.seed);
  if (initial === "kmeans_plus_plus") {
    const enough = assertTrue(build("GreaterEqual", [points, wanted]), [
      "Condition x >= y did not hold.",
      `x (${points.name}) = `,
      points,
      `y (${wanted.name}) = `,
      wanted,
    ]);
    const { seed } = kmeansSeed(options.seed);
    if (seed === undefined) throw invalidArgument("None values not supported.");
    return controlDependencies([enough], () =>
      kmeansPlusPlusInitialization(
        cosine ? l2Normalize(inputs) : inputs,
        cast(wanted, "int64"),
        toTensor(seed, "int64"),
        toTensor(options.kmeansPlusPlusNumRetries ?? 2, "int64"),
      ),
    );
  }
  return givenCenters(initial);
}

/** The centers that were given, as a constant. */
export function givenCenters(initial: Exclude<InitialClusters, string | ((...args: never) => unknown)>): Tensor {
  return constant("dtype" in initial ? initial : toTensor(initial, "float32"), "float32", "initial_clusters");
}

/** TensorFlow takes the first half of the pair of seeds: the run's, where it has one. */
function kmeansSeed(seed: number | undefined): { readonly seed: number | undefined } {
  const pair = getSeed(seed);
  return { seed: pair.seed === 0 && pair.seed2 === 0 ? undefined : pair.seed };
}

/** All points of a batch that has no more than are wanted, else as many at random, some of them twice. */
function randomCenters(inputs: Tensor, points: Tensor, wanted: Tensor, seed: number | undefined): Tensor {
  const [chosen] = choose(
    build("LessEqual", [points, wanted]),
    () => [build("Identity", [inputs])],
    () => {
      const bounds = [toTensor(0n, "int64"), cast(points, "int64")] as const;
      const indices = build("RandomUniformInt", [reshape(wanted, [-1]), ...bounds], getSeed(kmeansSeed(seed).seed));
      return [build("GatherV2", [inputs, indices, toTensor(0, "int32")])];
    },
  );
  return chosen!;
}

/** Chooses the first centers before the first step, of as many batches as it takes (TensorFlow's `_InitializeClustersHook`). */
export function startClustersHook(start: Operation, initialized: Tensor, needsInput: boolean): SessionRunHook {
  return {
    afterCreateSession: async (session, nextFeeds) => {
      while (session.run([initialized])[0]!.data[0] !== 1) {
        const feeds = needsInput ? await nextFeeds() : new Map();
        if (feeds === undefined) throw failedPrecondition("The input ended before all clusters had a center");
        session.run([], feeds, [start]);
      }
    },
  };
}
