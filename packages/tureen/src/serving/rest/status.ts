import { type StatusCodeName, type StatusError, toStatusError } from "../../core/status-error.js";
import { quoteText } from "./json-text.js";

/** A failure as REST answers it: the code, and a body of one member, `error`. */
export function restStatus(error: unknown): {
  readonly code: StatusCodeName;
  readonly body: string;
  readonly error: StatusError;
} {
  const status: StatusError = toStatusError(error, "INTERNAL");
  return { code: status.code, body: errorBody(status.message), error: status };
}

/** The body that carries an error's text. */
export function errorBody(message: string): string {
  return `{\n    "error": ${quoteText(message)}\n}`;
}
