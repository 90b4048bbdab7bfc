import { type StatusCodeName, type StatusError, toStatusError } from "../../core/status-error.js";
import { quoteText } from "./json-text.js";

const httpCodes: Readonly<Record<StatusCodeName, number>> = Object.freeze({
  OK: 200,
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
});

/** The HTTP code of a status code (model_servers/http_server.cc). */
export function httpCode(code: StatusCodeName): number {
  return httpCodes[code];
}

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
