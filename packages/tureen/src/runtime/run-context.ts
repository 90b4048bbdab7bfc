import type { TensorValue } from "../core/tensor-value.js";
import type { FunctionRunner } from "./function-runner.js";
import type { ResourceManager } from "./resource-manager.js";

/** What a kernel may reach beyond its inputs during one run. */
export interface RunContext {
  /** The variables, tables and other state of the session. */
  readonly resources: ResourceManager;
  /** Runs a function of the graph's library, for If, While, MapDefun and the like. */
  readonly functions: FunctionRunner;
  /** Unique to each run of a session, so that a stateful kernel can tell runs apart. */
  readonly stepId: number;
  /** Milliseconds of `performance.now()` after which the run is cancelled; Infinity for none. */
  readonly deadline: number;
  /** The one folder that file ops may touch while a SavedModel is restored and initialised; undefined forbids all files. */
  readonly fileRoot: string | undefined;
  /** Whether files may only be read. */
  readonly filesReadOnly?: boolean;
  /** Where RestoreV2 looks for a tensor before it reads it, and where it puts what it reads, in memory that threads can share; undefined for none. */
  readonly restored?: RestoredTensors;
  /** Where ops without a seed take 32 random bits from; default the machine. */
  readonly entropy?: () => number;
  /** How many iterations one while loop may take; default unlimited. */
  readonly loopLimit?: number;
}

/** Tensors of a bundle: see `RunContext.restored`. The keys are RestoreV2's own. */
export type RestoredTensors = Map<string, TensorValue>;
