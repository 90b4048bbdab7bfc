import type { StatusCodeName } from "../../core/status-error.js";
import type { BatchOptions } from "./batch-options.js";
import type { Shard } from "./plan-shards.js";
import type { ShardResult } from "./shard-files.js";

/** What the parent tells a worker process. */
export type ToWorker =
  | { readonly kind: "start"; readonly options: BatchOptions; readonly fingerprint: string; readonly count: number }
  | { readonly kind: "shard"; readonly shard: Shard; readonly deadly: readonly number[]; readonly journal?: string };

/** What a worker process tells its parent. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly result: ShardResult }
  | { readonly kind: "done"; readonly result: ShardResult }
  | { readonly kind: "failed"; readonly code: StatusCodeName; readonly message: string };
