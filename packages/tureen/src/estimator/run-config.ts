import { invalidArgument } from "../core/status-error.js";
import { type Logger, stderrLogger } from "./log.js";

/** How an Estimator runs (`tf.estimator.RunConfig`). */
export interface RunConfig {
  /** Where checkpoints and events go; undefined is a new temporary folder. */
  readonly modelDir: string | undefined;
  readonly tfRandomSeed: number | undefined;
  /** Steps between summaries; undefined writes none. */
  readonly saveSummarySteps: number | undefined;
  readonly saveCheckpointsSteps: number | undefined;
  readonly saveCheckpointsSecs: number | undefined;
  /** How many checkpoints stay; 0 or undefined keeps all. */
  readonly keepCheckpointMax: number | undefined;
  readonly keepCheckpointEveryNHours: number;
  /** Steps between log lines; undefined logs none. */
  readonly logStepCountSteps: number | undefined;
  readonly checkpointSaveGraphDef: boolean;
  /** Where INFO lines go; default stderr. */
  readonly logger: Logger;
  /** Whether dense math may run in ONNX Runtime; default true. */
  readonly useOnnxRuntime: boolean;
}

const tenMinutes = 600;

/**
 * A RunConfig with TensorFlow's defaults: checkpoints every 600 seconds, five kept, summaries and log lines every 100 steps.
 *
 * Both `saveCheckpointsSteps` and `saveCheckpointsSecs` is INVALID_ARGUMENT; either as undefined given explicitly turns that trigger off.
 */
export function runConfig(options: Partial<RunConfig> = {}): RunConfig {
  if (options.saveCheckpointsSteps !== undefined && options.saveCheckpointsSecs !== undefined) {
    throw invalidArgument("`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.");
  }
  for (const key of ["saveSummarySteps", "saveCheckpointsSteps", "saveCheckpointsSecs", "keepCheckpointMax", "logStepCountSteps"] as const) {
    const value = options[key];
    if (value !== undefined && value < 0) throw invalidArgument(`${key} should be >= 0, given ${value}`);
  }
  const either = "saveCheckpointsSteps" in options || "saveCheckpointsSecs" in options;
  return Object.freeze({
    modelDir: undefined,
    tfRandomSeed: undefined,
    saveSummarySteps: 100,
    saveCheckpointsSteps: undefined,
    saveCheckpointsSecs: either ? undefined : tenMinutes,
    keepCheckpointMax: 5,
    keepCheckpointEveryNHours: 10000,
    logStepCountSteps: 100,
    checkpointSaveGraphDef: true,
    logger: options.logger ?? stderrLogger(),
    useOnnxRuntime: true,
    ...options,
  });
}
