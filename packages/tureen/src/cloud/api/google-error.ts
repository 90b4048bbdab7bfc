import { type StatusCodeName, StatusError } from "../../core/status-error.js";

/** HTTP statuses of the canonical codes, as google.rpc.Code documents them. */
const httpStatuses: Readonly<Record<StatusCodeName, number>> = {
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
};

/** The HTTP status that goes with a canonical code. */
export function httpStatus(code: StatusCodeName): number {
  return httpStatuses[code];
}

/** A fault in one field of a request: `Field: model.name Error: …`. */
export class FieldError extends StatusError {
  readonly field: string;
  readonly description: string;

  constructor(code: StatusCodeName, field: string, description: string) {
    super(code, `Field: ${field} Error: ${description}`);
    this.field = field;
    this.description = description;
  }
}

/** The body of a failed call in Google's JSON error model, with a BadRequest detail for faults in a field. */
export function googleErrorBody(error: StatusError): string {
  const details =
    error instanceof FieldError
      ? [
          {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            fieldViolations: [{ field: error.field, description: error.description }],
          },
        ]
      : undefined;
  const body = {
    code: httpStatus(error.code),
    message: error.message,
    status: error.code,
    ...(details && { details }),
  };
  return `${JSON.stringify({ error: body }, null, 2)}\n`;
}
