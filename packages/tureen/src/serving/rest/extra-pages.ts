import type { ServerCore } from "../manager/server-core.js";
import type { ServingMetrics } from "../monitoring/serving-metrics.js";
import type { Servable } from "../servable/servable.js";

/** A page that is not TensorFlow Serving's. */
export interface Page {
  readonly type: string;
  readonly body: Uint8Array;
  /** Beside the content's type and length. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it tells of models, so that callers must be known where there is an access file. */
  readonly needsCaller: boolean;
}

/** Pages that a program adds to the REST ports. */
export interface ExtraPages {
  /** The path of the page for people who ask for none; default none. */
  readonly home?: string;
  /** The page of a path without its query; undefined for a path of others. */
  page(path: string): Page | undefined;
  close(): void;
}

/** What pages may show of a server. */
export interface PageSources {
  readonly core: ServerCore;
  readonly metrics: ServingMetrics;
  readonly loaded: () => readonly Servable[];
}
