import type { StatusError } from "../../core/status-error.js";

/** Codes of a store that gave no answer of its own. What a store refuses, or says that it does not have, is an answer. */
const awayCodes: ReadonlySet<string> = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "UNAUTHENTICATED"]);

/** Whether an error means that a store cannot be asked: it is not reached, or there are no credentials to ask it with. */
export function isAway({ code }: StatusError): boolean {
  return awayCodes.has(code);
}
