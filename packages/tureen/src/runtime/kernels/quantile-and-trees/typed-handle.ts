import { invalidArgument } from "../../../core/status-error.js";
import { scalarValue, type TensorValue } from "../../../core/tensor-value.js";
import type { KernelFactory } from "../../kernel.js";
import { defaultContainer, handleOf, handleValue, type Resource, type ResourceHandle } from "../../resource-manager.js";
import type { RunContext } from "../../run-context.js";

/** The op that gives a resource's handle. Without a shared name the name is empty: all such nodes share one resource, as in TensorFlow. */
export function handleOp(kind: string): KernelFactory {
  return ({ attrs }) => {
    const container = attrs.text("container");
    const name = attrs.text("shared_name");
    const outputs = [handleValue({ container: container === "" ? defaultContainer : container, name, kind })];
    return () => outputs;
  };
}

/** The op that says whether a resource is there. */
export function isInitializedOp(kind: string): KernelFactory {
  return () => {
    const [yes, no] = [[scalarValue("bool", true)], [scalarValue("bool", false)]];
    return ([handle], { resources }) => (resources.find(typedHandle(handle!, kind)) === undefined ? no : yes);
  };
}

/** The handle in a tensor; INVALID_ARGUMENT with TensorFlow's text where it points to another kind. */
export function typedHandle(value: TensorValue, kind: string): ResourceHandle {
  const handle = handleOf(value);
  if (handle.kind !== kind) {
    throw invalidArgument(`Trying to access resource using the wrong type. Expected ${handle.kind} got ${kind}`);
  }
  return handle;
}

/** The resource that a tensor's handle points to. */
export function resourceOf<R extends Resource>(value: TensorValue, kind: R["kind"], { resources }: RunContext): R {
  return resources.get<R>(typedHandle(value, kind));
}
