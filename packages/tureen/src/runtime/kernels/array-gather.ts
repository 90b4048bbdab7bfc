import { elementCount, type Shape, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { ScatterKind } from "./array/accumulate.js";
import { integerOf, newValue } from "./array/cells.js";
import { gatherRows, gatherTuples } from "./array/gather-rows.js";
import { checkSlices, scatterTuples } from "./array/scatter-tuples.js";
import { shapeFromSizes } from "./array-basic.js";
import { copyOf } from "./array-slice.js";

const gather: KernelFactory = () => (inputs) => {
  const [params, indices] = inputs as [TensorValue, TensorValue];
  if (params.shape.length < 1) throw invalidArgument("params must be at least 1 dimensional");
  return [gatherRows(params, indices, 0, 0)];
};

/** Checks a gather's axis and batch dimensions as TensorFlow's GatherOp does, and gives both as non-negative numbers. */
export function gatherPlan(
  params: TensorValue,
  indices: TensorValue,
  givenAxis: number,
  givenBatch: number,
): { readonly axis: number; readonly batchDims: number } {
  const rank = params.shape.length;
  if (rank < 1) throw invalidArgument("params must be at least 1 dimensional");
  if (givenAxis < -rank || givenAxis >= rank) {
    const least = givenAxis < 0 ? -givenAxis : givenAxis + 1;
    throw invalidArgument(`Shape must be at least rank ${least} but is rank ${rank}`);
  }
  const axis = givenAxis < 0 ? givenAxis + rank : givenAxis;
  const most = indices.shape.length;
  let batchDims = givenBatch;
  if (batchDims !== 0) {
    if (batchDims < -most || batchDims > most) {
      throw invalidArgument(`Expected batch_dims in the range [${-most}, ${most}], but got ${batchDims}`);
    }
    if (batchDims < 0) batchDims += most;
    if (batchDims >= rank) {
      throw invalidArgument(`batch_dims (${batchDims}) must be less than rank(params) (${rank}).`);
    }
    if (axis < batchDims) {
      throw invalidArgument(`batch_dims (${batchDims}) must be less than or equal to axis (${axis}).`);
    }
    for (let d = 0; d < batchDims; d++) {
      if (params.shape[d] !== indices.shape[d]) {
        throw invalidArgument(
          `params.shape[${d}]: ${params.shape[d]} should be equal to indices.shape[${d}]: ${indices.shape[d]}`,
        );
      }
    }
  }
  return { axis, batchDims };
}

const gatherV2: KernelFactory = ({ attrs }) => {
  const batch = attrs.int("batch_dims");
  return (inputs) => {
    const [params, indices, axisValue] = inputs as [TensorValue, TensorValue, TensorValue];
    if (params.shape.length < 1) throw invalidArgument("params must be at least 1 dimensional");
    if (axisValue.shape.length !== 0) throw invalidArgument("axis must be scalar");
    const { axis, batchDims } = gatherPlan(params, indices, integerOf(axisValue), batch);
    return [gatherRows(params, indices, axis, batchDims)];
  };
};

const gatherNd: KernelFactory = ({ name }) => {
  return (inputs) => [gatherTuples(inputs[0]!, inputs[1]!, name)];
};

const scatterNd: KernelFactory = () => (inputs) => {
  const [indices, updates, sizes] = inputs as [TensorValue, TensorValue, TensorValue];
  if (indices.shape.length < 1) {
    throw invalidArgument(`Indices shape must have rank at least one. Found:${shapeText(indices.shape)}`);
  }
  if (updates.shape.length < 1) {
    throw invalidArgument(`Updates shape must have rank at least one. Found:${shapeText(updates.shape)}`);
  }
  if (sizes.shape.length !== 1) throw invalidArgument("Shape must be a vector");
  const shape = shapeFromSizes(toIntegers(sizes));
  if (elementCount(shape) === 0 && (elementCount(indices.shape) > 0 || elementCount(updates.shape) > 0)) {
    throw invalidArgument(
      `Indices and updates specified for empty output.  indices shape: ${shapeText(indices.shape)}`,
    );
  }
  for (let d = 0; d < indices.shape.length - 1; d++) {
    if (indices.shape[d] !== updates.shape[d]) {
      throw invalidArgument(
        `Dimensions [0,${indices.shape.length - 1}) of indices[shape=${shapeText(indices.shape)}] must match dimensions [0,${indices.shape.length - 1}) of updates[shape=${shapeText(updates.shape)}]`,
      );
    }
  }
  const depth = indices.shape[indices.shape.length - 1]!;
  const lead = indices.shape.length - 1;
  checkSlices(shape, depth, updates, lead);
  const output = newValue(updates.dtype, shape);
  scatterTuples("add", output, indices, updates);
  return [output];
};

function checkUpdates(indices: TensorValue, updates: TensorValue, shape: Shape): void {
  const lead = indices.shape.length - 1;
  if (!sameShape(indices.shape.slice(0, -1), updates.shape.slice(0, lead))) {
    throw invalidArgument(
      `Outer dimensions of indices and update must match. Indices shape: ${shapeText(indices.shape)}, updates shape:${shapeText(updates.shape)}`,
    );
  }
  if (!sameShape(shape.slice(indices.shape[lead]!), updates.shape.slice(lead)) || indices.shape[lead]! > shape.length) {
    throw invalidArgument(
      `Inner dimensions of output shape must match inner dimensions of updates shape. Output: ${shapeText(shape)} updates: ${shapeText(updates.shape)}`,
    );
  }
}

function tensorScatter(kind: ScatterKind): KernelFactory {
  return () => (inputs) => {
    const [input, indices, updates] = inputs as [TensorValue, TensorValue, TensorValue];
    if (indices.shape.length < 1) {
      throw invalidArgument(`Indices shape must have rank at least one. Found:${shapeText(indices.shape)}`);
    }
    if (updates.shape.length < 1) {
      throw invalidArgument(`Updates shape must have rank at least one. Found:${shapeText(updates.shape)}`);
    }
    checkUpdates(indices, updates, input.shape);
    const output = copyOf(input);
    scatterTuples(kind, output, indices, updates);
    return [output];
  };
}

/** Host kernels that take slices by index and put them back. */
export const arrayGatherKernels: KernelTable = {
  Gather: gather,
  GatherV2: gatherV2,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  ScatterNdNonAliasingAdd: tensorScatter("add"),
  TensorScatterUpdate: tensorScatter("update"),
  TensorScatterAdd: tensorScatter("add"),
  TensorScatterSub: tensorScatter("sub"),
  TensorScatterMax: tensorScatter("max"),
  TensorScatterMin: tensorScatter("min"),
};
