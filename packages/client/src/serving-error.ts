/** The canonical code names, by number. */
const codeNames = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** The name of a canonical status code, as gRPC and TensorFlow spell it. */
export type StatusCodeName = (typeof codeNames)[number];

/** What a server answered instead of a result, or why it could not be reached. */
export class ServingError extends Error {
  readonly code: StatusCodeName;

  constructor(code: StatusCodeName, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "ServingError";
    this.code = code;
  }
}

/** The name of a numeric code; UNKNOWN for what is none. */
export function codeName(code: number | undefined): StatusCodeName {
  return codeNames[code ?? 2] ?? "UNKNOWN";
}

/** The codes behind TensorFlow Serving's HTTP statuses; where several share one, the commonest. */
const byHttpStatus: Readonly<Record<number, StatusCodeName>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** The canonical code behind an HTTP status of the REST API. */
export function codeOfHttpStatus(status: number): StatusCodeName {
  return byHttpStatus[status] ?? "UNKNOWN";
}
