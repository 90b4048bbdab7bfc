import { zeros } from "../../core/tensor-value.js";
import { build, constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import {
  concatV2,
  dynamicPartition,
  expandDims,
  gatherV2,
  parallelDynamicStitch,
  range,
  reshape,
  scatterNd,
  select,
  selectV2,
  shape,
} from "../ops/array.js";
import { broadcastAxes, denseOf, shapeTensor, sumOver, zerosLikeTensor } from "./array/build-math.js";

const selectRule: GradientRule = (op, grads) => {
  const [condition, a] = op.inputs;
  const grad = denseOf(grads);
  const zero = zerosLikeTensor(a!);
  return [null, select(condition!, grad, zero), select(condition!, zero, grad)];
};

const selectV2Rule: GradientRule = (op, grads) => {
  const [condition, a, b] = op.inputs;
  const grad = denseOf(grads);
  const zero = constant(zeros(grad.dtype, []));
  const outputShape = shapeTensor(op.output);
  const reduced = (side: Tensor, masked: Tensor): Tensor => {
    const sideShape = shapeTensor(side);
    const [axes] = broadcastAxes(sideShape, outputShape);
    return reshape(sumOver(masked, axes, true), sideShape);
  };
  return [null, reduced(a!, selectV2(condition!, grad, zero)), reduced(b!, selectV2(condition!, zero, grad))];
};

const topK: GradientRule = (op, grads) => {
  const input = op.inputs[0]!;
  const [, places] = op.outputs as readonly [Tensor, Tensor];
  const inputShape = shape(input);
  const lastOf = (vector: Tensor): Tensor => build("StridedSlice", [vector, [-1], [0], [1]], { shrink_axis_mask: 1 });
  const columns = lastOf(inputShape);
  const flatPlaces = reshape(places, concatV2([constant([-1], "int32"), expandDims(lastOf(shape(places)), 0)], 0));
  const rows = build("StridedSlice", [shape(flatPlaces), [0], [1], [1]], { shrink_axis_mask: 1 });
  const starts = expandDims(range(0, build("Mul", [rows, columns]), columns), -1);
  const wide = flatPlaces.dtype === "int32" ? flatPlaces : build("Cast", [flatPlaces], { DstT: "int32" });
  const flat = reshape(build("AddV2", [wide, starts]), [-1]);
  const total = expandDims(build("Prod", [inputShape, [0]]), 0);
  const spread = scatterNd(expandDims(flat, -1), reshape(denseOf(grads), [-1]), total);
  return [reshape(spread, inputShape), ...op.inputs.slice(1).map(() => null)];
};

/** Equal elements share the gradient. */
const nthElement: GradientRule = (op, grads) => {
  const input = op.inputs[0]!;
  const chosen = build("Cast", [build("Equal", [expandDims(op.output, -1), input])], { DstT: input.dtype });
  const count = expandDims(build("Sum", [chosen, -1]), -1);
  return [build("Mul", [build("RealDiv", [chosen, count]), expandDims(denseOf(grads), -1)]), null];
};

const partition: GradientRule = (op, grads) => {
  const [data, partitions] = op.inputs;
  const count = op.attrs.int("num_partitions");
  const prefix = shape(partitions!);
  const places = reshape(range(0, build("Prod", [prefix, [0]]), 1), prefix);
  const parts = dynamicPartition(places, partitions!, { numPartitions: count });
  const stitched = parallelDynamicStitch(
    [...parts],
    op.outputs.map((_, i) => denseOf(grads, i)),
  );
  return [reshape(stitched, shape(data!)), null];
};

const stitch: GradientRule = (op, grads) => {
  const count = op.attrs.int("N");
  const grad = denseOf(grads);
  const indices = op.inputs.slice(0, count);
  return [...indices.map(() => null), ...indices.map((places) => gatherV2(grad, places, 0))];
};

/** Gradients of what chooses, searches and compares elements. */
export const arraySelectGradients: GradientTable = {
  Select: selectRule,
  SelectV2: selectV2Rule,
  TopK: topK,
  TopKV2: topK,
  ApproxTopK: topK,
  NthElement: nthElement,
  DynamicPartition: partition,
  DynamicStitch: stitch,
  ParallelDynamicStitch: stitch,
  Where: null,
  OneHot: null,
  Unique: null,
  UniqueV2: null,
  UniqueWithCounts: null,
  UniqueWithCountsV2: null,
  ListDiff: null,
  InvertPermutation: null,
  LowerBound: null,
  UpperBound: null,
  EditDistance: null,
  Fingerprint: null,
};
