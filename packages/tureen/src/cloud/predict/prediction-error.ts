import { type StatusCodeName, StatusError } from "../../core/status-error.js";

/** The name of a kind of failure, as the library's class has it. */
export type PredictionErrorName =
  | "FAILED_TO_LOAD_MODEL"
  | "INVALID_INPUTS"
  | "FAILED_TO_RUN_MODEL"
  | "INVALID_OUTPUTS"
  | "INVALID_USER_CODE";

/** What kinds of failure a prediction has, in the order of their numbers: the texts of Cloud ML's prediction library. */
const kinds: readonly { readonly name: PredictionErrorName; readonly text: string; readonly status: StatusCodeName }[] =
  [
    { name: "FAILED_TO_LOAD_MODEL", text: "Failed to load model", status: "FAILED_PRECONDITION" },
    { name: "INVALID_INPUTS", text: "Invalid inputs", status: "INVALID_ARGUMENT" },
    { name: "FAILED_TO_RUN_MODEL", text: "Failed to run the provided model", status: "INVALID_ARGUMENT" },
    { name: "INVALID_OUTPUTS", text: "There was a problem processing the outputs", status: "INTERNAL" },
    { name: "INVALID_USER_CODE", text: "There was a problem processing the user code", status: "INTERNAL" },
  ];

/** A prediction that failed: `Invalid inputs: Unexpected tensor name: y (Error code: 1)`. */
export class PredictionError extends StatusError {
  /** The library's number of the kind: 0 to 4. */
  readonly errorCode: number;
  /** What failed in particular. */
  readonly detail: string;

  constructor(kind: PredictionErrorName, detail: string, options?: { readonly cause?: unknown }) {
    const errorCode = kinds.findIndex(({ name }) => name === kind);
    const { text, status } = kinds[errorCode]!;
    super(status, `${text}: ${detail} (Error code: ${errorCode})`, options);
    this.name = "PredictionError";
    this.errorCode = errorCode;
    this.detail = detail;
  }
}

/** An INVALID_INPUTS error. */
export function invalidInputs(detail: string): PredictionError {
  return new PredictionError("INVALID_INPUTS", detail);
}

/** A FAILED_TO_RUN_MODEL error, worded as what went wrong in `Session.run`. */
export function runFailure(detail: string, cause?: unknown): PredictionError {
  return new PredictionError("FAILED_TO_RUN_MODEL", `Exception during running the graph: ${detail}`, { cause });
}
