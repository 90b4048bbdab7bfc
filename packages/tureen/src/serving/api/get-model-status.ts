import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument, notFound } from "../../core/status-error.js";
import { checkModelAccess } from "../gate/access-policy.js";
import type { VersionStatus } from "../manager/servable-state.js";
import type { ApiContext, CallContext } from "./request-context.js";

/**
 * ModelService.GetModelStatus: one version, or all that ever were, highest first (model_servers/get_model_status_impl.cc).
 *
 * A version label is not looked at: it answers all versions, as TensorFlow Serving does.
 */
export function getModelStatus(
  context: ApiContext,
  spec: ModelSpecMessage | undefined,
  { caller }: CallContext,
): readonly VersionStatus[] {
  if (spec === undefined) throw invalidArgument("Missing ModelSpec");
  checkModelAccess(caller, spec.name);
  const { name, version } = spec;
  const { monitor } = context.core;
  if (version !== undefined) {
    const status = monitor.stateOf(name, version);
    if (status === undefined) throw notFound(`Could not find version ${version} of model ${name}`);
    return [status];
  }
  const all = monitor.statesOf(name);
  if (all.length === 0) throw context.core.noVersionOf(name);
  return all;
}
