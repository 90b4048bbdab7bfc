import type { DType } from "../../../core/dtype.js";
import { dtypeLabel } from "../../../core/dtype.js";
import { failedPrecondition, internal, invalidArgument, notFound } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { handleOf, type ResourceManager, type VariableResource } from "../../resource-manager.js";
import { copyOf } from "../array-slice.js";

/** A variable that has a value. */
export type HeldVariable = VariableResource & { value: TensorValue };

/** How a kernel reaches its variables: by the handle in an input, failing in its op's own words where there is no value. */
export type FindVariable = (handle: TensorValue, resources: ResourceManager) => HeldVariable;

function held(handle: TensorValue, resources: ResourceManager): HeldVariable | undefined {
  const variable = resources.find<VariableResource>(handleOf(handle));
  return variable?.value === undefined ? undefined : (variable as HeldVariable);
}

/** The variable of a resource handle; NOT_FOUND where it has no value. */
export const resourceVariable: FindVariable = (handle, resources) => {
  const variable = held(handle, resources);
  if (variable === undefined) throw notFound(resources.missingText(handleOf(handle)));
  return variable;
};

/** The variable of a resource handle for ReadVariableOp, which explains at length that it is not there. */
export const readableVariable: FindVariable = (handle, resources) => {
  const variable = held(handle, resources);
  if (variable !== undefined) return variable;
  const { name, container } = handleOf(handle);
  throw failedPrecondition(
    `Could not find variable ${name}. This could mean that the variable has been deleted. In TF1, it can also mean the variable is uninitialized. Debug info: container=${container}, status error message=${resources.missingText(handleOf(handle))}`,
  );
};

/** The variable of a resource handle for an optimizer's op. */
export const trainableVariable: FindVariable = (handle, resources) => {
  const variable = held(handle, resources);
  if (variable === undefined) throw internal("Invalid variable reference.");
  return variable;
};

/** The variable behind a ref. */
export const refVariable: FindVariable = (handle, resources) => {
  const variable = held(handle, resources);
  if (variable === undefined) {
    throw failedPrecondition(`Attempting to use uninitialized value ${handleOf(handle).name}`);
  }
  return variable;
};

/** The value for someone else to keep: the next update in place copies it first. */
export function handOut(variable: HeldVariable): TensorValue {
  variable.shared = true;
  return variable.value;
}

/** The value for the caller to write into, copied where someone else may hold it. */
export function ownValue(variable: HeldVariable): TensorValue {
  if (variable.shared) {
    variable.value = copyOf(variable.value);
    variable.shared = false;
  }
  return variable.value;
}

/** INVALID_ARGUMENT where a variable is not of the dtype that a node says. */
export function checkDType(variable: VariableResource, dtype: DType, doing: string): void {
  if (variable.dtype === dtype) return;
  throw invalidArgument(
    `Trying to ${doing} variable with wrong dtype. Expected ${dtypeLabel(variable.dtype)} got ${dtypeLabel(dtype)}`,
  );
}
