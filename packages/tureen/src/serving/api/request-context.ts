import type { ServerCore } from "../manager/server-core.js";
import type { ServingMetrics } from "../monitoring/serving-metrics.js";

/** What every handler works with. */
export interface ApiContext {
  readonly core: ServerCore;
  readonly metrics: ServingMetrics;
  /** `--enable_signature_method_name_check`. */
  readonly checkMethodName: boolean;
}

/** What the transport knows of one call. */
export interface CallContext {
  /** Milliseconds of `performance.now()` after which nobody waits for the answer. */
  readonly deadline?: number;
  /** Whether the client has gone. */
  readonly isCancelled?: () => boolean;
}
