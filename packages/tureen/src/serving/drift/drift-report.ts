import type { TensorValue } from "../../core/tensor-value.js";
import type { LiveDrift } from "./feature-counter.js";

/** A tensor of a request and the input that it is for. */
export interface OfferedTensor {
  readonly input: { readonly alias: string };
  readonly value: TensorValue;
}

/** What watches a version's requests. */
export interface DriftWatch {
  /** Looks at a request if it is one of the sample; its tensors are not held on to. */
  offer(feeds: readonly OfferedTensor[]): void;
  report(): DriftReport;
  close(): void;
}

/** What a feature's index means: beyond what chance explains, below 0.1 nothing has moved, above 0.25 much has. */
export type DriftState = "steady" | "moving" | "moved";

/** One feature of a report. */
export interface ReportedFeature extends LiveDrift {
  readonly name: string;
  readonly state: DriftState;
}

/** How the requests of the last while differ from what a version was trained on. */
export interface DriftReport {
  /** Share of the requests that is looked at. */
  readonly samplingRate: number;
  /** Seconds that the report goes back, at most. */
  readonly seconds: number;
  /** Rows of requests that were compared in that time. */
  readonly rows: number;
  /** Rows that were sampled and could not be looked at, since the version was loaded: too many at once, or no Examples. */
  readonly skippedRows: number;
  readonly trainingRows: number;
  /** The farthest first; features that no request has had are left out. */
  readonly features: readonly ReportedFeature[];
}

/** The state of a feature that has moved so far. */
export function driftState({ index, noise }: LiveDrift): DriftState {
  const moved = index - 2 * noise;
  if (moved >= 0.25) return "moved";
  return moved >= 0.1 ? "moving" : "steady";
}
