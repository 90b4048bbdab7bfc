import { failedPrecondition } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Variable } from "../graph/variable.js";
import { defaultContainer, type ResourceHandle, type VariableResource } from "../runtime/resource-manager.js";
import type { Session } from "../runtime/session.js";

function handleOf(variable: Variable): ResourceHandle {
  return { container: defaultContainer, name: variable.name, kind: "Var" };
}

/** A variable's value in a session, without a run; FAILED_PRECONDITION where it has none. The value stays as it is when the variable changes. */
export function getVariable(session: Session, variable: Variable): TensorValue {
  const resource = session.resources.find<VariableResource>(handleOf(variable));
  if (resource?.value === undefined) throw failedPrecondition(`Variable ${variable.name} is not initialized`);
  resource.shared = true;
  return resource.value;
}

/** Sets a variable in a session, without a run; others may hold the value too. */
export function setVariable(session: Session, variable: Variable, value: TensorValue): void {
  const create = (): VariableResource => ({ kind: "Var", dtype: variable.dtype, value: undefined, shared: true });
  const resource = session.resources.getOrCreate(handleOf(variable), create);
  resource.value = value;
  resource.shared = true;
}
