/**
 * The canonical status codes, with the numbers of `google.rpc.Code` and `tensorflow.error.Code`.
 */
export const StatusCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** The name of a canonical status code. */
export type StatusCodeName = keyof typeof StatusCode;

/**
 * The one shape of a failure, from a kernel to the wire: a canonical code and TensorFlow's own text.
 *
 * `cause` stays inside the process: no transport writes it out.
 */
export class StatusError extends Error {
  readonly code: StatusCodeName;

  constructor(code: StatusCodeName, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "StatusError";
    this.code = code;
  }

  /** `CODE: message`, as TensorFlow's `Status::ToString` prints it. */
  override toString(): string {
    return `${this.code}: ${this.message}`;
  }
}

/** Turns anything caught into a StatusError; what is not one already becomes `fallback` (UNKNOWN unless said). */
export function toStatusError(error: unknown, fallback: StatusCodeName = "UNKNOWN"): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof Error) return new StatusError(fallback, error.message, { cause: error });
  return new StatusError(fallback, String(error));
}

/** An INVALID_ARGUMENT error, the code of nearly every bad input. */
export function invalidArgument(message: string): StatusError {
  return new StatusError("INVALID_ARGUMENT", message);
}

/** A FAILED_PRECONDITION error. */
export function failedPrecondition(message: string): StatusError {
  return new StatusError("FAILED_PRECONDITION", message);
}

/** A NOT_FOUND error. */
export function notFound(message: string): StatusError {
  return new StatusError("NOT_FOUND", message);
}

/** An INTERNAL error: a broken promise of our own code or of a graph that validation let through. */
export function internal(message: string): StatusError {
  return new StatusError("INTERNAL", message);
}

/** An UNIMPLEMENTED error. */
export function unimplemented(message: string): StatusError {
  return new StatusError("UNIMPLEMENTED", message);
}

/** A DATA_LOSS error: bytes that are not what they should be. */
export function dataLoss(message: string): StatusError {
  return new StatusError("DATA_LOSS", message);
}

/** An OUT_OF_RANGE error; a Dataset's end is one too. */
export function outOfRange(message: string): StatusError {
  return new StatusError("OUT_OF_RANGE", message);
}

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

/** The HTTP code of a status code, as google.rpc.Code documents it and TensorFlow Serving answers (model_servers/http_server.cc). */
export function httpCode(code: StatusCodeName): number {
  return httpCodes[code];
}
