import type { StatusCodeName } from "../../core/status-error.js";

const hopeless: ReadonlySet<StatusCodeName> = new Set([
  "DATA_LOSS",
  "INVALID_ARGUMENT",
  "FAILED_PRECONDITION",
  "NOT_FOUND",
  "UNIMPLEMENTED",
  "INTERNAL",
]);

/** Whether the input, the model or the request is at fault, so that another try would end in the same way. */
export function isHopeless(code: StatusCodeName): boolean {
  return hopeless.has(code);
}
