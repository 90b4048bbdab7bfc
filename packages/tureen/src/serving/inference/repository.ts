import { StatusError } from "../../core/status-error.js";
import type { ApiContext, CallContext } from "../api/request-context.js";
import type { VersionState } from "../manager/servable-state.js";

/** A version in the index of the model repository. */
export interface IndexedModel {
  readonly name: string;
  /** "" for a model of which no version was ever seen. */
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

/** The protocol's words for a version's state. */
const stateNames: Readonly<Record<VersionState, string>> = Object.freeze({
  START: "LOADING",
  LOADING: "LOADING",
  AVAILABLE: "READY",
  UNLOADING: "UNLOADING",
  END: "UNAVAILABLE",
});

/** Every version of every model that is known; only those that answer under `readyOnly`. */
export function repositoryIndex(context: ApiContext, readyOnly: boolean): IndexedModel[] {
  return context.core
    .list()
    .flatMap(({ name, versions, problem = "unloaded" }): IndexedModel[] => {
      if (versions.length === 0) {
        return [{ name, version: "", state: "UNAVAILABLE", reason: problem }];
      }
      return versions.map(({ version, state, error, lastFailure }) => ({
        name,
        version: String(version),
        state: stateNames[state],
        reason: (error ?? lastFailure)?.message ?? (state === "END" ? "unloaded" : ""),
      }));
    })
    .filter(({ state }) => !readyOnly || state === "READY");
}

/** PERMISSION_DENIED where models cannot be managed at run time: somebody who can reach the port is not yet an operator. */
export function checkManagement({ mayManage, caller }: CallContext): void {
  if (mayManage === true) return;
  throw new StatusError(
    "PERMISSION_DENIED",
    caller?.mayManage === false
      ? `${caller.name} may not manage models`
      : "Models cannot be managed through this port: start the server with --enable_model_management",
  );
}
