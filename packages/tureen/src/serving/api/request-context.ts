import type { Caller } from "../gate/access-policy.js";
import type { ServerCore } from "../manager/server-core.js";
import type { RequestRecord } from "../monitoring/request-record.js";
import type { ServingMetrics } from "../monitoring/serving-metrics.js";
import type { RequestLog } from "../request-log/request-log.js";

/** What every handler works with. */
export interface ApiContext {
  readonly core: ServerCore;
  readonly metrics: ServingMetrics;
  /** `--enable_signature_method_name_check`. */
  readonly checkMethodName: boolean;
  /** Where answered requests are logged; undefined during start-up. */
  readonly requestLog?: RequestLog;
}

/** What the transport knows of one call. */
export interface CallContext {
  /** Milliseconds of `performance.now()` after which nobody waits for the answer. */
  readonly deadline?: number;
  /** Whether the client has gone. */
  readonly isCancelled?: () => boolean;
  /** Who calls, where that was asked. */
  readonly caller?: Caller | undefined;
  /** Whether the call may load, unload and reconfigure models. */
  readonly mayManage?: boolean;
  /** Where handlers note which servable answered and how long its run took. */
  readonly record?: RequestRecord | undefined;
  /** Called by a handler that keeps nothing of the request's bytes, not even byte strings in them: their memory is used again at once. */
  readonly releaseBody?: () => void;
}
