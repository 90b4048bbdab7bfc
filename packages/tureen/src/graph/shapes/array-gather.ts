import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";
import { axisOf, joinShapes, knownInteger, unknownSizes, withRankAtLeast } from "./array/partial-shape.js";

function gather({ inputs: [params, indices] }: ShapeNode): readonly [PartialShape] {
  return [joinShapes(indices!.shape, withRankAtLeast(params!.shape, 1)?.slice(1))];
}

/** The shape of a gather along a known or unknown axis. */
export function gatheredShape(
  params: PartialShape,
  indices: PartialShape,
  axisValue: number | undefined,
  batch: number,
): PartialShape {
  withRankAtLeast(params, 1);
  if (params === undefined || indices === undefined) return undefined;
  const batchDims = batch < 0 ? batch + indices.length : batch;
  if (batchDims < 0 || batchDims > indices.length || batchDims >= params.length) {
    throw invalidArgument(`batch_dims (${batchDims}) must be less than rank(params) (${params.length}).`);
  }
  if (axisValue === undefined) return unknownSizes(params.length + indices.length - 1 - batchDims);
  const axis = axisOf(axisValue, params.length);
  if (batchDims > axis) {
    throw invalidArgument(`batch_dims (${batchDims}) must be less than or equal to axis (${axis}).`);
  }
  return [...params.slice(0, axis), ...indices.slice(batchDims), ...params.slice(axis + 1)];
}

/** The shape of a GatherNd. */
export function gatheredTuples(params: PartialShape, indices: PartialShape): PartialShape {
  withRankAtLeast(indices, 1);
  const depth = indices?.[indices.length - 1] ?? -1;
  if (params === undefined || indices === undefined || depth < 0) return undefined;
  if (depth > params.length) {
    throw invalidArgument(
      `indices.shape[-1] must be <= params.rank, but saw indices shape: [${indices.join(",")}] and params shape: [${params.join(",")}]`,
    );
  }
  return [...indices.slice(0, -1), ...params.slice(depth)];
}

function scatterNd(node: ShapeNode): readonly [PartialShape] {
  const shape = node.shapeOf(2);
  if (shape !== undefined) return [shape];
  const length = node.inputs[2]!.shape?.[0] ?? -1;
  return [length < 0 ? undefined : unknownSizes(length)];
}

const asTensor = ({ inputs: [input] }: ShapeNode): readonly [PartialShape] => [withRankAtLeast(input!.shape, 1)];

/** Shape rules of what takes slices by index and puts them back. */
export const arrayGatherShapes: ShapeTable = {
  Gather: gather,
  GatherV2: (node) => {
    const [params, indices] = node.inputs;
    const axis = knownInteger(node.constant(2));
    return [gatheredShape(params!.shape, indices!.shape, axis, node.attrs.int("batch_dims"))];
  },
  GatherNd: ({ inputs: [params, indices] }) => [gatheredTuples(params!.shape, indices!.shape)],
  ScatterNd: scatterNd,
  ScatterNdNonAliasingAdd: asTensor,
  TensorScatterUpdate: asTensor,
  TensorScatterAdd: asTensor,
  TensorScatterSub: asTensor,
  TensorScatterMax: asTensor,
  TensorScatterMin: asTensor,
};
