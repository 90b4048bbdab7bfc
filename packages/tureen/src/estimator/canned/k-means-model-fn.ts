import { toTensor, zeros } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { type Operation, Tensor } from "../../graph/graph.js";
import { nearestNeighbors } from "../../graph/ops/clustering.js";
import { controlDependencies } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { type ExportOutput, predictOutput } from "../export/export-output.js";
import { inputLayer } from "../feature-column/layers-v1.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { group } from "../head/train-op.js";
import type { SessionRunHook } from "../hooks/session-run-hook.js";
import { makeEstimatorSpec } from "../make-estimator-spec.js";
import { mean } from "../metrics/streaming.js";
import { ModeKeys } from "../mode-keys.js";
import type { Features, ModelFn } from "../model-fn.js";
import { add, cast, div, mul, sub, unary } from "../nn/arithmetic.js";
import { concat, reshape, sliceFirst } from "../nn/tensor-shape.js";
import { scalarSummary } from "../summary.js";
import { branch } from "./branch.js";
import type { KMeansOptions } from "./k-means-options.js";
import { givenCenters, startClusters, startClustersHook } from "./k-means-start.js";
import { l2Normalize } from "./l2-normalize.js";

/** Keys of KMeans's predictions, metrics and signatures. */
export const kMeansKeys = {
  clusterIndex: "cluster_index",
  allDistances: "all_distances",
  score: "score",
  /** The variable of the centers. */
  clusters: "clusters",
} as const;

/** Keeps a cluster without points from a division by zero. */
const epsilon = 1e-6;

interface Clusters {
  readonly centers: Variable;
  /** The centers that steps move: a copy where points are held against older ones for several batches. */
  readonly moved: Variable;
  readonly initialized: Variable;
  readonly counts: Variable | undefined;
  readonly updateInSteps: Variable | undefined;
}

/** The model function of KMeans (TensorFlow's `kmeans._ModelFn` on `clustering_ops.KMeans`). */
export function kMeansModelFn(options: KMeansOptions): ModelFn {
  const cosine = options.distanceMetric === "cosine";
  const steps = Math.trunc(options.miniBatchStepsPerIteration ?? 1);
  const useMiniBatch = options.useMiniBatch ?? true;
  /** Whether the centers are kept at length 1; with batches of their own iterations they are not. */
  const keptNormalized = cosine && (!useMiniBatch || steps > 1);
  return ({ features, mode }) => {
    const points = inputPoints(features, options);
    const initial = options.initialClusters ?? "random";
    const isGiven = typeof initial === "object";
    const numClusters = isGiven
      ? sliceFirst(build("Shape", [givenCenters(initial)]), { begin: 0, shrink: true })
      : constant(options.numClusters, "int32", "num_clusters");
    const clusters = makeVariables(numClusters, useMiniBatch, steps);
    const start = startClusters(
      points,
      numClusters,
      { ...clusters, updated: clusters.moved === clusters.centers ? undefined : clusters.moved },
      options,
    );
    const held = clusters.centers.read();
    const inputs = cosine ? l2Normalize(points) : points;
    const centers = cosine && !keptNormalized ? l2Normalize(held) : held;
    const allDistances = cosine
      ? sub(1, build("MatMul", [inputs, centers], { transpose_b: true }))
      : squaredDistances(inputs, centers);
    const nearestTo = cosine && !keptNormalized ? l2Normalize(centers) : centers;
    const nearest = nearestNeighbors(inputs, nearestTo, toTensor(1, "int64"));
    const distances = cosine ? mul(nearest.nearestCenterDistances, 0.5) : nearest.nearestCenterDistances;
    const losses = build("Squeeze", [distances], { squeeze_dims: [-1] }, "Squeeze");
    const index = build("Squeeze", [nearest.nearestCenterIndices], { squeeze_dims: [-1] }, "Squeeze_1");
    if (mode === ModeKeys.PREDICT) {
      // To TensorFlow the number of clusters, and so the shapes of what follows, are unknown.
      index.shape = undefined;
      allDistances.shape = undefined;
    } else index.shape = [-1];
    const trained = useMiniBatch
      ? miniBatchOp(clusters, inputs, index, steps, cosine, [index.op, losses.op])
      : fullBatchOp(clusters.centers, inputs, index, numClusters, keptNormalized);
    const loss = build("Sum", [losses, [0]], {}, "Sum_loss");
    loss.shape = [];
    scalarSummary("loss/raw", loss);
    const step = getOrCreateGlobalStep().assignAdd(toTensor(1n, "int64"));
    const hooks: SessionRunHook[] = [startClustersHook(start, clusters.initialized.read(), !isGiven)];
    if (options.relativeTolerance !== undefined) hooks.push(lossChangeHook(loss, options.relativeTolerance));
    return makeEstimatorSpec({
      mode,
      predictions: { [kMeansKeys.allDistances]: allDistances, [kMeansKeys.clusterIndex]: index },
      loss,
      trainOp: group([trained, step]),
      evalMetricOps: { [kMeansKeys.score]: mean(loss) },
      trainingHooks: hooks,
      exportOutputs: exportOutputs(allDistances, index),
    });
  };
}

function exportOutputs(allDistances: Tensor, index: Tensor): Record<string, ExportOutput> {
  return {
    [kMeansKeys.allDistances]: predictOutput(allDistances),
    [kMeansKeys.clusterIndex]: predictOutput(index),
    serving_default: predictOutput(index),
  };
}

function inputPoints(features: Features | Tensor, { featureColumns }: KMeansOptions): Tensor {
  if (features instanceof Tensor) return features;
  if (featureColumns !== undefined && featureColumns.length > 0) return inputLayer(features, featureColumns);
  return concat(
    Object.keys(features)
      .sort()
      .map((key) => features[key] as Tensor),
    1,
  );
}

function makeVariables(numClusters: Tensor, useMiniBatch: boolean, steps: number): Clusters {
  const plain = { trainable: true, validateShape: false };
  const empty = (name: string): Variable =>
    new Variable({ name, shape: [0], dtype: "float32", ...plain, initializer: () => constant(zeros("float32", [0])) });
  const centers = empty(kMeansKeys.clusters);
  const initialized = new Variable({
    name: "initialized",
    dtype: "bool",
    shape: [],
    initializer: () => constant(toTensor(false, "bool")),
  });
  const several = useMiniBatch && steps > 1;
  const moved = several ? empty("clusters_updated") : centers;
  const updateInSteps = several
    ? new Variable({
        name: "update_in_steps",
        dtype: "int64",
        shape: [],
        initializer: () => constant(toTensor(BigInt(steps), "int64")),
      })
    : undefined;
  const counts = useMiniBatch
    ? new Variable({
        // What TensorFlow names a variable without a name.
        name: "Variable",
        dtype: "int64",
        shape: [0],
        validateShape: false,
        initializer: () =>
          build("Fill", [reshape(numClusters, [1]), toTensor(several ? 0n : 1n, "int64")], {}, "initial_value"),
      })
    : undefined;
  return { centers, moved, initialized, counts, updateInSteps };
}

function squaredDistances(inputs: Tensor, centers: Tensor): Tensor {
  const squares = (x: Tensor): Tensor => build("Sum", [unary("Square", x), [1]], { keep_dims: true });
  const product = mul(2, build("MatMul", [inputs, centers], { transpose_b: true }));
  const transposed = build("Transpose", [squares(centers), [1, 0]]);
  return add(sub(squares(inputs), product), transposed);
}

/** Every center becomes the mean of its points. */
function fullBatchOp(
  centers: Variable,
  inputs: Tensor,
  index: Tensor,
  numClusters: Tensor,
  normalize: boolean,
): Operation {
  const sums = build("UnsortedSegmentSum", [inputs, index, numClusters]);
  const ones = build("Fill", [
    build("Pack", [[sliceFirst(build("Shape", [inputs]), { begin: 0, shrink: true }), 1]]),
    1,
  ]);
  const counts = build("UnsortedSegmentSum", [ones, index, numClusters]);
  const means = div(sums, add(counts, epsilon));
  return centers.assign(normalize ? l2Normalize(means) : means);
}

/** Every center moves towards the mean of its points of this batch, the less the more points it has seen. */
function miniBatchOp(
  { centers, moved, counts, updateInSteps }: Clusters,
  inputs: Tensor,
  index: Tensor,
  steps: number,
  cosine: boolean,
  read: readonly Operation[],
): Operation {
  // Points are held against the centers as they are before this step's synchronization.
  const synchronized = controlDependencies(read, () =>
    updateInSteps === undefined
      ? buildOp("NoOp", [])
      : synchronize(centers, moved, counts!, updateInSteps, steps, cosine),
  );
  return controlDependencies([synchronized], () => {
    const { outputs } = buildOp("Unique", [index]);
    const [ids, places] = outputs as [Tensor, Tensor];
    const count = build("Size", [ids]);
    const oldCenters = build("GatherV2", [moved.read(), ids, 0]);
    const added = build("UnsortedSegmentSum", [cast(build("OnesLike", [places]), "int64"), places, count]);
    const sums = build("UnsortedSegmentSum", [inputs, places, count]);
    const column = (x: Tensor): Tensor => build("Reshape", [x, [-1, 1]]);
    const pulls = sub(sums, mul(column(cast(added, "float32")), oldCenters));
    const counted = buildOp("ResourceScatterAdd", [counts!.handle, ids, added], { dtype: "int64" });
    // TensorFlow leaves open whether the counts are read before or after they grow; on one thread it is after.
    const newCounts = controlDependencies([counted], () => build("GatherV2", [counts!.read(), ids, 0]));
    const rate = build("Reciprocal", [cast(add(newCounts, added), "float32")]);
    const moves = mul(pulls, column(rate));
    return buildOp("ResourceScatterAdd", [moved.handle, ids, moves], { dtype: "float32" });
  });
}

/** Every few steps the moved centers become those that points are held against, and counting starts anew. */
function synchronize(
  centers: Variable,
  moved: Variable,
  counts: Variable,
  updateInSteps: Variable,
  steps: number,
  cosine: boolean,
): Operation {
  return branch(
    build("LessEqual", [updateInSteps.read(), toTensor(0n, "int64")]),
    () => {
      const value = moved.read();
      const assigned = centers.assign(cosine ? l2Normalize(value) : value);
      return group([
        assigned,
        updateInSteps.assign(toTensor(BigInt(steps - 1), "int64")),
        counts.assign(build("ZerosLike", [counts.read()])),
      ]);
    },
    () => updateInSteps.assignSub(toTensor(1n, "int64")),
  );
}

/** Stops where the loss changes by less than a share of it (TensorFlow's `_LossRelativeChangeHook`). */
function lossChangeHook(loss: Tensor, tolerance: number): SessionRunHook {
  const args = { fetches: { value: loss } };
  let before: number | undefined;
  return {
    beforeRun: () => args,
    afterRun: (context, { value }) => {
      const now = value!.data[0] as number;
      if (before !== undefined && before !== 0 && Math.abs(now - before) / (1 + Math.abs(before)) < tolerance) {
        context.requestStop();
      }
      before = now;
    },
  };
}
