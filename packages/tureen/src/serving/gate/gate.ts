import type { AccessPolicy, Caller, Credentials } from "./access-policy.js";
import type { Admission } from "./admission.js";

/** What every request passes before a handler sees it, whatever its transport. */
export interface Gate {
  readonly admission: Admission;
  /** Who may use what; undefined where nobody is asked. May be exchanged while the server runs. */
  readonly access: { policy: AccessPolicy | undefined };
  /** Whether models can be managed through the port at all. */
  readonly management: boolean;
  /** Bytes of a request, after unpacking; 0 for no limit. */
  readonly maxRequestBytes: number;
}

/** Whoever sends a request: undefined where there is no policy; UNAUTHENTICATED where they are nobody. */
export function callerOf({ access }: Gate, credentials: () => Credentials): Caller | undefined {
  return access.policy?.identify(credentials());
}

/** Whether a caller may manage models through this gate. */
export function mayManage(gate: Gate, caller: Caller | undefined): boolean {
  return gate.management && (gate.access.policy === undefined || caller?.mayManage === true);
}
