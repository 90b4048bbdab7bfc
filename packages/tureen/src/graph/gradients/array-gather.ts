import { unimplemented } from "../../core/status-error.js";
import { build, constant, type TensorLike } from "../build-op.js";
import { constantValue } from "../constant-value.js";
import type { Gradient, GradientRule, GradientTable, IndexedSlices } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import {
  concatV2,
  expandDims,
  gatherNd,
  range,
  reshape,
  scatterNd,
  shape,
  size,
  squeeze,
  tensorScatterUpdate,
  transpose,
} from "../ops/array.js";
import { colocateWith } from "../scope.js";
import { denseOf, tailOf, zerosLikeTensor } from "./array/build-math.js";

/** The gradient of a gather of rows: the rows of the output's gradient at the indices. */
export function rowGradient(grad: Tensor, indices: Tensor, paramsShape: Tensor): IndexedSlices {
  const count = expandDims(size(indices), 0);
  const values = reshape(grad, concatV2([count, tailOf(paramsShape, 1)], 0));
  return { values, indices: reshape(indices, count), denseShape: paramsShape };
}

function shapeOfParams(op: Operation): Tensor {
  const params = op.inputs[0]!;
  const wide = colocateWith(params.op, () => shape(params, { outType: "int64" }));
  return build("Cast", [wide], { DstT: "int32" });
}

const gatherRule: GradientRule = (op, grads) => [rowGradient(denseOf(grads), op.inputs[1]!, shapeOfParams(op)), null];

const gatherV2Rule: GradientRule = (op, grads) => {
  const [params, indices, axisTensor] = op.inputs;
  const axisValue = constantValue(axisTensor!);
  const axis = axisValue === undefined ? undefined : Number((axisValue.data as ArrayLike<number | bigint>)[0]);
  if (axis === 0) return [rowGradient(denseOf(grads), indices!, shapeOfParams(op)), null, null];
  const paramsRank = params!.shape?.length;
  const indicesRank = indices!.shape?.length;
  if (axis === undefined || paramsRank === undefined || indicesRank === undefined) {
    throw unimplemented(`The gradient of '${op.name}' needs a constant axis and tensors of known rank`);
  }
  const batch = op.attrs.int("batch_dims");
  const place = {
    axis: axis < 0 ? axis + paramsRank : axis,
    batch: batch < 0 ? batch + indicesRank : batch,
    rank: paramsRank,
  };
  return [axisGradient(op, denseOf(grads), place), null, null];
};

interface GatherPlace {
  readonly axis: number;
  readonly batch: number;
  readonly rank: number;
}

/** The gradient of a gather along an inner axis: the axis is brought behind the batch, rows are summed there, and it goes back. */
function axisGradient(op: Operation, grad: Tensor, { axis, batch, rank }: GatherPlace): Tensor {
  const indices = op.inputs[1]!;
  const paramsShape = shapeOfParams(op);
  const part = (from: number, to: number): Tensor => build("StridedSlice", [paramsShape, [from], [to], [1]]);
  const values = reshape(grad, concatV2([part(0, axis), constant([-1], "int32"), part(axis + 1, rank)], 0));
  const order = Array.from({ length: rank }, (_, d) => d);
  const moved = [...order.slice(0, batch), axis, ...order.slice(batch, axis), ...order.slice(axis + 1)];
  const rows = build("StridedSlice", [paramsShape, [axis], [axis + 1], [1]], { shrink_axis_mask: 1 });
  const summed = batchRows(transpose(values, moved), indices, rows, batch);
  const back = moved.map((_, d) => moved.indexOf(d));
  return transpose(summed, back);
}

/** Sums rows into places along the dimension behind the batch. */
function batchRows(values: Tensor, indices: Tensor, rows: Tensor, batch: number): Tensor {
  const count = expandDims(size(indices), 0);
  if (batch === 0) return build("UnsortedSegmentSum", [values, reshape(indices, count), rows]);
  const valuesShape = shape(values);
  const outer = build("StridedSlice", [valuesShape, [0], [batch], [1]]);
  const inner = tailOf(valuesShape, batch + 1);
  const flat = concatV2([constant([-1], "int32"), inner], 0);
  const batches = build("Prod", [outer, [0]]);
  const places = reshape(offsetIndices(indices, rows, outer, batches, batch), count);
  const summed = build("UnsortedSegmentSum", [reshape(values, flat), places, build("Mul", [rows, batches])]);
  return reshape(summed, concatV2([outer, flat], 0));
}

/** The indices with each batch entry's rows behind those of the entry before. */
function offsetIndices(indices: Tensor, rows: Tensor, outer: Tensor, batches: Tensor, batch: number): Tensor {
  const cast = (value: Tensor): Tensor =>
    value.dtype === indices.dtype ? value : build("Cast", [value], { DstT: indices.dtype });
  const step = cast(rows);
  const starts = build("Mul", [cast(range(0, batches, 1)), step]);
  const ones = (indices.shape ?? []).slice(batch).map(() => 1);
  const spread: TensorLike = ones.length === 0 ? outer : concatV2([outer, constant(ones, "int32")], 0);
  return build("AddV2", [indices, reshape(starts, spread)]);
}

/** The gradient of GatherNd by the shape of what was gathered from. */
export function tupleGradient(grad: Tensor, indices: Tensor, paramsShape: Tensor): Gradient {
  if (indices.shape?.length === 2 && indices.shape[1] === 1) {
    return { values: grad, indices: squeeze(indices, { squeezeDims: [-1] }), denseShape: paramsShape };
  }
  return scatterNd(indices, grad, paramsShape);
}

const gatherNdRule: GradientRule = (op, grads) => {
  const [params, indices] = op.inputs;
  return [tupleGradient(denseOf(grads), indices!, shape(params!, { outType: indices!.dtype })), null];
};

const scatterNdRule: GradientRule = (op, grads) => [null, gatherNd(denseOf(grads), op.inputs[0]!), null];

const additive: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  return [build("Identity", [grad]), null, gatherNd(grad, op.inputs[1]!)];
};

const scatterUpdate: GradientRule = (op, grads) => {
  const [, indices, updates] = op.inputs;
  const grad = denseOf(grads);
  return [
    tensorScatterUpdate(build("Identity", [grad]), indices!, zerosLikeTensor(updates!)),
    null,
    gatherNd(grad, indices!),
  ];
};

const scatterSub: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  return [build("Identity", [grad]), null, build("Neg", [gatherNd(grad, op.inputs[1]!)])];
};

/** Where the output is what the input was, the gradient goes to the input; where it is the update, to the update; shared when both are. */
const scatterExtreme: GradientRule = (op, grads) => {
  const [input, indices, updates] = op.inputs;
  const grad = denseOf(grads);
  const { output } = op;
  const cast = (value: Tensor): Tensor => build("Cast", [value], { DstT: grad.dtype });
  const gathered = gatherNd(output, indices!);
  const fromInput = cast(build("Equal", [output, input!]));
  const fromUpdates = cast(build("Equal", [gathered, updates!]));
  const reached = build("TensorScatterAdd", [fromInput, indices!, fromUpdates]);
  // Shared between everything that gave the value, as TensorFlow divides it.
  const share = build("RealDiv", [grad, reached]);
  const inputGrad = build("Mul", [share, fromInput]);
  return [inputGrad, null, build("Mul", [gatherNd(share, indices!), fromUpdates])];
};

/** Gradients of what takes slices by index and puts them back. */
export const arrayGatherGradients: GradientTable = {
  Gather: gatherRule,
  GatherV2: gatherV2Rule,
  GatherNd: gatherNdRule,
  ScatterNd: scatterNdRule,
  ScatterNdNonAliasingAdd: additive,
  TensorScatterUpdate: scatterUpdate,
  TensorScatterAdd: additive,
  TensorScatterSub: scatterSub,
  TensorScatterMax: scatterExtreme,
  TensorScatterMin: scatterExtreme,
};
