import { elementCount, type Shape, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument, notFound, outOfRange } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Attrs } from "../../graph/attr-value.js";
import { sliceMasks } from "../../graph/shapes/array/strided-slice.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { defaultContainer, handleOf, handleValue, type VariableResource } from "../resource-manager.js";
import { accumulator, type ScatterKind } from "./array/accumulate.js";
import { integersValue } from "./array/cells.js";
import { gatherRows, gatherTuples } from "./array/gather-rows.js";
import { checkTuples, scatterTuples } from "./array/scatter-tuples.js";
import { gatherPlan } from "./array-gather.js";
import { putSlice, sliceOf } from "./array-slice.js";
import { checkResourceUpdates, scatterRows } from "./state/scatter-rows.js";
import { checkDType, handOut, ownValue, readableVariable, resourceVariable } from "./state/variable-access.js";

/** The handle of a variable's node: named by shared_name, or by the node where that is empty. */
export const variableHandle: KernelFactory = ({ name, attrs }) => {
  const outputs = [variableHandleValue(name, attrs)];
  return () => outputs;
};

/** What a VarHandleOp gives: its name and attributes alone say which variable it is. */
export function variableHandleValue(name: string, attrs: Attrs): TensorValue<"resource"> {
  const container = attrs.text("container");
  const sharedName = attrs.text("shared_name");
  return handleValue({
    container: container === "" ? defaultContainer : container,
    name: sharedName === "" ? name : sharedName,
    kind: "Var",
    shape: attrs.shape("shape"),
  });
}

const isInitialized: KernelFactory =
  () =>
  (inputs, { resources }) => {
    const variable = resources.find<VariableResource>(handleOf(inputs[0]!));
    return [tensorValue("bool", [], Uint8Array.of(variable?.value === undefined ? 0 : 1))];
  };

const read: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("dtype");
  return (inputs, { resources }) => {
    const variable = readableVariable(inputs[0]!, resources);
    checkDType(variable, dtype, "read");
    return [handOut(variable)];
  };
};

const readSeveral: KernelFactory =
  () =>
  (inputs, { resources }) =>
    inputs.map((handle) => handOut(readableVariable(handle, resources)));

const assign: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("dtype");
  const validate = attrs.bool("validate_shape");
  return (inputs, { resources }) => {
    const [handle, value] = inputs as [TensorValue, TensorValue];
    const variable = resources.getOrCreate<VariableResource>(handleOf(handle), () => ({
      kind: "Var",
      dtype,
      value: undefined,
      shared: true,
    }));
    checkDType(variable, dtype, "assign");
    if (validate && variable.value !== undefined && !sameShape(variable.value.shape, value.shape)) {
      throw invalidArgument(
        `Trying to assign to variable with tensor with wrong shape. Expected ${shapeText(variable.value.shape)} got ${shapeText(value.shape)}`,
      );
    }
    variable.value = value;
    // The value came from elsewhere, such as a Const's attribute, and stays theirs.
    variable.shared = true;
    return [];
  };
};

function assignUpdate(kind: ScatterKind): KernelFactory {
  return () =>
    (inputs, { resources }) => {
      const [handle, value] = inputs as [TensorValue, TensorValue];
      const variable = resourceVariable(handle, resources);
      const { shape } = variable.value;
      if (!sameShape(shape, value.shape)) {
        throw invalidArgument(
          `Cannot update variable with shape ${shapeText(shape)} using a Tensor with shape ${shapeText(value.shape)}, shapes must be equal.`,
        );
      }
      const target = ownValue(variable);
      accumulator(kind, target, value)(0, 0, elementCount(shape), 1);
      return [];
    };
}

const destroy: KernelFactory = ({ attrs }) => {
  const ignoresMissing = attrs.bool("ignore_lookup_error");
  return (inputs, { resources }) => {
    const handle = handleOf(inputs[0]!);
    if (!resources.delete(handle) && !ignoresMissing) {
      throw notFound(`Resource ${handle.container}/${handle.name}/<unknown> does not exist.`);
    }
    return [];
  };
};

const variableShape: KernelFactory =
  ({ outputTypes }) =>
  (inputs, { resources }) => {
    const { shape } = resourceVariable(inputs[0]!, resources).value;
    return [integersValue(outputTypes[0]!, [shape.length], shape)];
  };

const gather: KernelFactory = ({ attrs }) => {
  const batch = attrs.int("batch_dims");
  return (inputs, { resources }) => {
    const [handle, indices] = inputs as [TensorValue, TensorValue];
    const { value } = resourceVariable(handle, resources);
    const { axis, batchDims } = gatherPlan(value, indices, batch, batch);
    return [gatherRows(value, indices, axis, batchDims)];
  };
};

const gatherNd: KernelFactory =
  ({ name }) =>
  (inputs, { resources }) => {
    return [gatherTuples(resourceVariable(inputs[0]!, resources).value, inputs[1]!, name)];
  };

function scatter(kind: ScatterKind): KernelFactory {
  return () =>
    (inputs, { resources }) => {
      const [handle, indices, updates] = inputs as [TensorValue, TensorValue, TensorValue];
      const variable = resourceVariable(handle, resources);
      checkResourceUpdates(variable.value.shape, indices, updates);
      if (elementCount(indices.shape) > 0) scatterRows(kind, ownValue(variable), indices, updates);
      return [];
    };
}

function scatterNd(kind: ScatterKind): KernelFactory {
  return () =>
    (inputs, { resources }) => {
      const [handle, indices, updates] = inputs as [TensorValue, TensorValue, TensorValue];
      const variable = resourceVariable(handle, resources);
      checkTuples(indices, updates, variable.value.shape);
      scatterTuples(kind, ownValue(variable), indices, updates);
      return [];
    };
}

const stridedSliceAssign: KernelFactory = ({ attrs }) => {
  const masks = sliceMasks(attrs);
  return (inputs, { resources }) => {
    const [handle, begin, end, strides, value] = inputs as TensorValue[];
    const variable = resourceVariable(handle!, resources);
    const resolved = sliceOf(variable.value.shape, begin!, end!, strides!, masks);
    putSlice(ownValue(variable), resolved, value!);
    return [];
  };
};

/** The value of a counter before it grows by one; OUT_OF_RANGE at the limit. */
export function countUp(
  value: TensorValue,
  limit: bigint,
): { readonly before: TensorValue; readonly after: TensorValue } {
  const count = BigInt((value.data as ArrayLike<number | bigint>)[0]!);
  if (count >= limit) throw outOfRange(`Reached limit of ${limit}`);
  return { before: value, after: integersValue(value.dtype, [] as Shape, [Number(count) + 1]) };
}

const countUpTo: KernelFactory = ({ attrs }) => {
  const limit = attrs.bigint("limit");
  return (inputs, { resources }) => {
    const variable = resourceVariable(inputs[0]!, resources);
    const { before, after } = countUp(variable.value, limit);
    variable.value = after;
    variable.shared = false;
    return [before];
  };
};

/** Host kernels of resource variables. */
export const stateVariableKernels: KernelTable = {
  VarHandleOp: variableHandle,
  VarIsInitializedOp: isInitialized,
  ReadVariableOp: read,
  _ReadVariablesOp: readSeveral,
  AssignVariableOp: assign,
  AssignAddVariableOp: assignUpdate("add"),
  AssignSubVariableOp: assignUpdate("sub"),
  DestroyResourceOp: destroy,
  VariableShape: variableShape,
  ResourceGather: gather,
  ResourceGatherNd: gatherNd,
  ResourceScatterAdd: scatter("add"),
  ResourceScatterSub: scatter("sub"),
  ResourceScatterMul: scatter("mul"),
  ResourceScatterDiv: scatter("div"),
  ResourceScatterMin: scatter("min"),
  ResourceScatterMax: scatter("max"),
  ResourceScatterUpdate: scatter("update"),
  ResourceScatterNdUpdate: scatterNd("update"),
  ResourceScatterNdAdd: scatterNd("add"),
  ResourceScatterNdSub: scatterNd("sub"),
  ResourceScatterNdMin: scatterNd("min"),
  ResourceScatterNdMax: scatterNd("max"),
  ResourceStridedSliceAssign: stridedSliceAssign,
  ResourceCountUpTo: countUpTo,
};
