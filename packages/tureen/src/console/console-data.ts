import type { DriftReport } from "../serving/drift/drift-report.js";

/** An input or output of a signature, as the page shows it. */
export interface OverviewTensor {
  readonly name: string;
  readonly dtype: string;
  /** -1 for a dimension that requests choose; undefined where even the rank is theirs. */
  readonly shape?: readonly number[];
}

/** A signature, as the page shows it. */
export interface OverviewSignature {
  readonly name: string;
  readonly method: string;
  readonly inputs: readonly OverviewTensor[];
  readonly outputs: readonly OverviewTensor[];
  /** The features of the Examples that it parses; absent where it parses none. Those without a shape have as many values as they have. */
  readonly features?: readonly OverviewTensor[];
  /** A serialized Example with all of them, zeros and "0", in base64. */
  readonly example?: string;
}

/** A version of a model, as the page shows it. */
export interface OverviewVersion {
  readonly version: string;
  readonly state: string;
  readonly error?: string;
  /** Why its last attempt to load failed, where it waits for the next. */
  readonly lastFailure?: string;
  readonly memoryBytes?: number;
  /** How its requests differ from its training data, where that is watched. */
  readonly drift?: DriftReport;
  readonly signatures: readonly OverviewSignature[];
}

/** A model, as the page shows it. */
export interface OverviewModel {
  readonly name: string;
  readonly basePath: string;
  readonly origin: "config" | "folder" | "request";
  readonly isWanted: boolean;
  /** Why there is no version, where one is wanted. */
  readonly problem?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly versions: readonly OverviewVersion[];
}

/** How one model did over time, an entry a sample. */
export interface ModelHistory {
  readonly requestsPerSecond: number[];
  readonly errorsPerSecond: number[];
  /** Milliseconds; null where there was no request. */
  readonly median: (number | null)[];
  readonly percentile99: (number | null)[];
}

/** How the server did over time: lists of the same length, the oldest sample first. */
export interface ServerHistory {
  /** Unix seconds. */
  readonly time: number[];
  readonly residentBytes: number[];
  /** 0.99 quantile of how late the event loop came, in milliseconds. */
  readonly eventLoopDelay: number[];
  readonly models: Readonly<Record<string, ModelHistory>>;
}

/** What the page asks for every two seconds. */
export interface ConsoleData {
  readonly version: string;
  readonly startedAt: number;
  readonly models: readonly OverviewModel[];
  readonly history: ServerHistory;
}
