import { httpCode, type StatusCodeName, StatusError } from "../../core/status-error.js";

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
    code: httpCode(error.code),
    message: error.message,
    status: error.code,
    ...(details && { details }),
  };
  return `${JSON.stringify({ error: body }, null, 2)}\n`;
}
