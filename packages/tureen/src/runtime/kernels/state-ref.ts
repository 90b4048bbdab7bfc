import { elementCount, isFullyDefined, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, zeros } from "../../core/tensor-value.js";
import { sliceMasks } from "../../graph/shapes/array/strided-slice.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import {
  defaultContainer,
  handleOf,
  handleValue,
  type ResourceHandle,
  type VariableResource,
} from "../resource-manager.js";
import { accumulator, type ScatterKind } from "./array/accumulate.js";
import { checkTuples, scatterTuples } from "./array/scatter-tuples.js";
import { putSlice, sliceOf } from "./array-slice.js";
import { checkRefUpdates, scatterRows } from "./state/scatter-rows.js";
import { handOut, ownValue, refVariable } from "./state/variable-access.js";
import { countUp, variableHandle } from "./state-variable.js";

/*
 * A ref tensor travels as the handle of its variable: kernels that take a ref get the handle as their first input and give the new value.
 * The plan compiler puts a _ReadRef between a ref and whoever takes a plain value.
 */

const readRef: KernelFactory =
  () =>
  (inputs, { resources }) => [handOut(refVariable(inputs[0]!, resources))];

const isVariableInitialized: KernelFactory =
  () =>
  (inputs, { resources }) => {
    const variable = resources.find<VariableResource>(handleOf(inputs[0]!));
    return [tensorValue("bool", [], Uint8Array.of(variable?.value === undefined ? 0 : 1))];
  };

const assign: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("T");
  const validate = attrs.bool("validate_shape");
  return (inputs, { resources }) => {
    const [handle, value] = inputs as [TensorValue, TensorValue];
    const variable = resources.getOrCreate<VariableResource>(handleOf(handle), () => ({
      kind: "Var",
      dtype,
      value: undefined,
      shared: true,
    }));
    const expected = variable.value?.shape ?? handleOf(handle).shape;
    if (validate && isFullyDefined(expected) && !sameShape(expected, value.shape)) {
      throw invalidArgument(
        `Assign requires shapes of both tensors to match. lhs shape= ${shapeText(expected)} rhs shape= ${shapeText(value.shape)}`,
      );
    }
    variable.value = value;
    variable.shared = true;
    return [value];
  };
};

function assignUpdate(kind: ScatterKind): KernelFactory {
  return () =>
    (inputs, { resources }) => {
      const [handle, value] = inputs as [TensorValue, TensorValue];
      const variable = refVariable(handle, resources);
      if (!sameShape(variable.value.shape, value.shape)) {
        throw invalidArgument("Parameters and update must be the same size");
      }
      accumulator(kind, ownValue(variable), value)(0, 0, elementCount(value.shape), 1);
      return [handOut(variable)];
    };
}

function scatter(kind: ScatterKind): KernelFactory {
  return () =>
    (inputs, { resources }) => {
      const [handle, indices, updates] = inputs as [TensorValue, TensorValue, TensorValue];
      const variable = refVariable(handle, resources);
      checkRefUpdates(variable.value.shape, indices, updates);
      if (elementCount(indices.shape) > 0) scatterRows(kind, ownValue(variable), indices, updates);
      return [handOut(variable)];
    };
}

function scatterNd(kind: ScatterKind): KernelFactory {
  return () =>
    (inputs, { resources }) => {
      const [handle, indices, updates] = inputs as [TensorValue, TensorValue, TensorValue];
      const variable = refVariable(handle, resources);
      checkTuples(indices, updates, variable.value.shape);
      scatterTuples(kind, ownValue(variable), indices, updates);
      return [handOut(variable)];
    };
}

const stridedSliceAssign: KernelFactory = ({ attrs }) => {
  const masks = sliceMasks(attrs);
  return (inputs, { resources }) => {
    const [handle, begin, end, strides, value] = inputs as TensorValue[];
    const variable = refVariable(handle!, resources);
    const resolved = sliceOf(variable.value.shape, begin!, end!, strides!, masks);
    putSlice(ownValue(variable), resolved, value!);
    return [handOut(variable)];
  };
};

const countUpTo: KernelFactory = ({ attrs }) => {
  const limit = attrs.bigint("limit");
  return (inputs, { resources }) => {
    const variable = refVariable(inputs[0]!, resources);
    const { before, after } = countUp(variable.value, limit);
    variable.value = after;
    variable.shared = false;
    return [before];
  };
};

function temporaryHandle(name: string): ResourceHandle {
  return { container: defaultContainer, name, kind: "Var" };
}

const temporaryVariable: KernelFactory = ({ name, attrs }) => {
  const dtype = attrs.type("dtype");
  const varName = attrs.text("var_name");
  const handle = temporaryHandle(`tmp_var/${varName === "" ? name : varName}`);
  const shape = attrs.shape("shape") ?? [];
  const outputs = [handleValue(handle)];
  return (_, { resources }) => {
    resources.set(handle, { kind: "Var", dtype, value: zeros(dtype, shape), shared: false } as VariableResource);
    return outputs;
  };
};

const destroyTemporaryVariable: KernelFactory =
  () =>
  (inputs, { resources }) => {
    const { value } = refVariable(inputs[0]!, resources);
    resources.delete(handleOf(inputs[0]!));
    return [value];
  };

/** Host kernels of TF1's ref variables. */
export const stateRefKernels: KernelTable = {
  VariableV2: variableHandle,
  Variable: variableHandle,
  TemporaryVariable: temporaryVariable,
  DestroyTemporaryVariable: destroyTemporaryVariable,
  _ReadRef: readRef,
  IsVariableInitialized: isVariableInitialized,
  Assign: assign,
  AssignAdd: assignUpdate("add"),
  AssignSub: assignUpdate("sub"),
  ScatterAdd: scatter("add"),
  ScatterSub: scatter("sub"),
  ScatterMul: scatter("mul"),
  ScatterDiv: scatter("div"),
  ScatterMin: scatter("min"),
  ScatterMax: scatter("max"),
  ScatterUpdate: scatter("update"),
  ScatterNdUpdate: scatterNd("update"),
  ScatterNdAdd: scatterNd("add"),
  ScatterNdSub: scatterNd("sub"),
  ScatterNdMax: scatterNd("max"),
  ScatterNdMin: scatterNd("min"),
  StridedSliceAssign: stridedSliceAssign,
  CountUpTo: countUpTo,
};
