import { elementCount } from "../../core/shape.js";
import { internal, invalidArgument } from "../../core/status-error.js";
import { floatValue, intValue, type TensorValue } from "../../core/tensor-value.js";
import type { Kernel, KernelFactory, KernelTable } from "../kernel.js";
import type { RunContext } from "../run-context.js";
import { fillBuckets } from "./quantile-and-trees/fill-buckets.js";
import { floatScalar, floats, integerScalar, requireRank } from "./quantile-and-trees/input-checks.js";
import {
  QuantileStream,
  type QuantileStreamResource,
  quantileStreamKind,
  quantileStreamResource,
  resetStreams,
} from "./quantile-and-trees/quantile-stream.js";
import {
  boundariesOf,
  type QuantileSummary,
  quantilesOf,
  summaryFromRows,
  summaryRows,
} from "./quantile-and-trees/quantile-summary.js";
import { handleOp, isInitializedOp, resourceOf, typedHandle } from "./quantile-and-trees/typed-handle.js";

function streamsOf(handle: TensorValue, context: RunContext): QuantileStreamResource {
  return resourceOf<QuantileStreamResource>(handle, quantileStreamKind, context);
}

function summaryValue(summary: QuantileSummary): TensorValue {
  return floatValue(summaryRows(summary), [summary.size, 4]);
}

const bucketize: KernelFactory = ({ attrs }) => {
  const count = attrs.int("num_features");
  return (inputs) => {
    if (count > 0) {
      if (inputs[count]!.shape.length !== 1) throw invalidArgument("Buckets should be flat vectors.");
    }
    return Array.from({ length: count }, (_, f) => {
      const { shape, data } = inputs[f]!;
      const boundaries = floats(inputs[count + f]!);
      const size = shape[0] ?? 1;
      const buckets = new Int32Array(size);
      if (boundaries.length > 0) fillBuckets(buckets, data as Float32Array, boundaries);
      return intValue(buckets);
    });
  };
};

const makeSummaries: KernelFactory = ({ attrs }) => {
  const count = attrs.int("num_features");
  return (inputs) => {
    if (count === 0) return [];
    const weights = floats(inputs[count]!);
    const epsilon = floatScalar(inputs[count + 1]!, "epsilon");
    const batch = elementCount(inputs[0]!.shape);
    if (weights.length !== 1 && weights.length !== batch) {
      throw invalidArgument("Weights should be a single value or same size as features.");
    }
    return inputs.slice(0, count).map((values, f) => {
      if (floats(values).length !== batch) {
        throw invalidArgument(`Feature ${f} has ${floats(values).length} values, the first has ${batch}`);
      }
      const stream = new QuantileStream(epsilon, batch + 1);
      stream.pushValues(floats(values), weights);
      return summaryValue(stream.finalize());
    });
  };
};

const create: KernelFactory = ({ attrs }) => {
  const maxElements = attrs.int("max_elements");
  return ([handle, epsilonValue, countValue], { resources }) => {
    const epsilon = floatScalar(epsilonValue!, "epsilon");
    if (!(epsilon > 0)) throw invalidArgument("An epsilon value of zero is not allowed.");
    const count = integerScalar(countValue!, "num_streams");
    if (count < 0) throw invalidArgument("Num_streams input cannot be a negative integer");
    const key = typedHandle(handle!, quantileStreamKind);
    resources.getOrCreate(key, () => quantileStreamResource(epsilon, maxElements, count));
    return [];
  };
};

/** INVALID_ARGUMENT unless as many tensors are given as there are streams: there TensorFlow ends its process. */
function checkCount(resource: QuantileStreamResource, count: number): void {
  const { length } = resource.streams;
  if (count !== length) throw invalidArgument(`${count} features for a resource of ${length} quantile streams`);
}

const addSummaries: Kernel = ([handle, ...summaries], context) => {
  const resource = streamsOf(handle!, context);
  checkCount(resource, summaries.length);
  for (const [i, summary] of summaries.entries()) {
    requireRank(summary, 2, "summaries");
    if (summary.shape[1] !== 4) throw invalidArgument(`Each summary must have 4 columns, got ${summary.shape[1]}`);
    resource.streams[i]!.pushSummary(summaryFromRows(floats(summary)));
  }
  return [];
};

const deserialize: Kernel = ([handle, ...boundaries], context) => {
  const resource = streamsOf(handle!, context);
  checkCount(resource, boundaries.length);
  for (const [i, value] of boundaries.entries()) {
    requireRank(value, 1, "bucket_boundaries");
    resource.boundaries[i] = floats(value);
  }
  return [];
};

const flush: KernelFactory = ({ attrs }) => {
  const generateQuantiles = attrs.bool("generate_quantiles");
  return ([handle, buckets], context) => {
    const resource = streamsOf(handle!, context);
    const count = integerScalar(buckets!, "num_buckets");
    for (const [i, stream] of resource.streams.entries()) {
      const summary = stream.finalize();
      if (!generateQuantiles) {
        resource.boundaries[i] = boundariesOf(summary, count);
        continue;
      }
      const quantiles = quantilesOf(summary, count - 1);
      if (quantiles.length !== count)
        throw internal(`Check failed: boundaries.size() == num_quantiles (${quantiles.length} vs. ${count})`);
      resource.boundaries[i] = quantiles;
    }
    resetStreams(resource);
    return [];
  };
};

const flushSummaries: KernelFactory = ({ attrs }) => {
  const count = attrs.int("num_features");
  return ([handle], context) => {
    const resource = streamsOf(handle!, context);
    checkCount(resource, count);
    const summaries = resource.streams.map((stream) => summaryValue(stream.finalize()));
    resetStreams(resource);
    return summaries;
  };
};

const getBoundaries: KernelFactory = ({ attrs }) => {
  const count = attrs.int("num_features");
  return ([handle], context) => {
    const resource = streamsOf(handle!, context);
    checkCount(resource, count);
    return resource.boundaries.map((boundaries) => floatValue(boundaries));
  };
};

/** Host kernels of quantile sketches and of the buckets made from them. */
export const quantileKernels: KernelTable = {
  BoostedTreesBucketize: bucketize,
  BoostedTreesMakeQuantileSummaries: makeSummaries,
  BoostedTreesQuantileStreamResourceHandleOp: handleOp(quantileStreamKind),
  IsBoostedTreesQuantileStreamResourceInitialized: isInitializedOp(quantileStreamKind),
  BoostedTreesCreateQuantileStreamResource: create,
  BoostedTreesQuantileStreamResourceAddSummaries: () => addSummaries,
  BoostedTreesQuantileStreamResourceDeserialize: () => deserialize,
  BoostedTreesQuantileStreamResourceFlush: flush,
  BoostedTreesFlushQuantileSummaries: flushSummaries,
  BoostedTreesQuantileStreamResourceGetBucketBoundaries: getBoundaries,
};
