import { type StatusCodeName, StatusError } from "../status-error.js";

/** What an HTTP status of an object store stands for; others above 499 are UNAVAILABLE, below it INVALID_ARGUMENT. */
const codes: Readonly<Record<number, StatusCodeName>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "UNAVAILABLE",
  // Of S3: another operation on the same object is under way.
  409: "UNAVAILABLE",
  410: "NOT_FOUND",
  412: "FAILED_PRECONDITION",
  416: "OUT_OF_RANGE",
  429: "UNAVAILABLE",
  501: "UNIMPLEMENTED",
};

/** Codes that come with a status which says something else. */
const namedCodes: Readonly<Record<string, StatusCodeName>> = {
  CredentialsProviderError: "UNAUTHENTICATED",
  ExpiredToken: "UNAUTHENTICATED",
  RequestTimeout: "UNAVAILABLE",
  SlowDown: "UNAVAILABLE",
  // Node's and the SDKs' names for connections that were not made, or broke.
  TimeoutError: "UNAVAILABLE",
  AbortError: "UNAVAILABLE",
  FetchError: "UNAVAILABLE",
  // The content was not what its checksum says: it may be when it is read again.
  CONTENT_DOWNLOAD_MISMATCH: "UNAVAILABLE",
};

/** What is known of a failed request. */
export interface StoreFailure {
  /** The URI that it was about. */
  readonly uri: string;
  readonly error: unknown;
  /** HTTP status of the answer, where there was one. */
  readonly status: number | undefined;
}

/** A failed request as a StatusError that names the URI; UNAVAILABLE for what may pass. */
export function storeError({ uri, error, status }: StoreFailure): StatusError {
  if (error instanceof StatusError) return error;
  const { name, code, message } = error as { name?: string; code?: unknown; message?: string };
  const named = namedCodes[name ?? ""] ?? namedCodes[String(code)];
  const text = `${uri}: ${name === undefined || name === "Error" ? "" : `${name}: `}${message ?? String(error)}`;
  return new StatusError(named ?? codeOf(status, code, message), text, { cause: error });
}

function codeOf(status: number | undefined, code: unknown, message: string | undefined): StatusCodeName {
  if (status !== undefined && status >= 400)
    return codes[status] ?? (status >= 500 ? "UNAVAILABLE" : "INVALID_ARGUMENT");
  // System calls' errors (ECONNRESET, ENOTFOUND, …), Node's ERR_STREAM_PREMATURE_CLOSE, undici's UND_ERR_….
  const isConnection =
    typeof code === "string" && /^(?:E[A-Z]+|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_.*|HPE_.*)$/.test(code);
  if (isConnection || /aborted|socket hang up|fetch failed|premature close/i.test(message ?? "")) return "UNAVAILABLE";
  return "UNKNOWN";
}
