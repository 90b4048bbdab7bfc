import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { checkModelAccess } from "../gate/access-policy.js";
import type { ServableHandle } from "../manager/servable-harness.js";
import type { ApiContext, CallContext } from "./request-context.js";

/**
 * A handle on the servable that a request means, if its caller may use it; a promise of one where the model is loaded by its first request.
 *
 * PERMISSION_DENIED for a model that the caller may not use, before anything is said of it; else as ServerCore.acquire.
 */
export function acquireServable(
  { core }: ApiContext,
  spec: ModelSpecMessage | undefined,
  { caller, deadline }: CallContext,
): ServableHandle | Promise<ServableHandle> {
  if (spec !== undefined) checkModelAccess(caller, spec.name);
  return core.acquire(spec, deadline);
}
