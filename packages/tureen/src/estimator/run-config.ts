import { checkOptions, type OptionTable } from "../core/check-options.js";
import { invalidArgument } from "../core/status-error.js";
import { pythonText } from "./feature-column/python-text.js";
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
  /** Whether `graph.pbtxt` and `.meta` files are written. */
  readonly checkpointSaveGraphDef: boolean;
  /** As TensorFlow's, which waits so long for other machines; training here has none to wait for. */
  readonly sessionCreationTimeoutSecs: number;
  /** Where INFO lines go; default stderr. */
  readonly logger: Logger;
  /** Whether dense math may run in ONNX Runtime; default true. */
  readonly useOnnxRuntime: boolean;
}

const runConfigOptions: OptionTable<Partial<RunConfig>> = {
  modelDir: "optional",
  tfRandomSeed: "optional",
  saveSummarySteps: "optional",
  saveCheckpointsSteps: "optional",
  saveCheckpointsSecs: "optional",
  keepCheckpointMax: "optional",
  keepCheckpointEveryNHours: "optional",
  logStepCountSteps: "optional",
  checkpointSaveGraphDef: "optional",
  sessionCreationTimeoutSecs: "optional",
  logger: "optional",
  useOnnxRuntime: "optional",
};

const tenMinutes = 600;

const notNegative = (value: number): boolean => typeof value === "number" && value >= 0;
const positive = (value: number): boolean => typeof value === "number" && value > 0;

/** What values must be, with TensorFlow's texts. */
const checks: readonly (readonly [keyof RunConfig, (value: never) => boolean, string])[] = [
  ["modelDir", (value: string) => typeof value === "string" && value !== "", "model_dir should be non-empty"],
  ["saveSummarySteps", notNegative, "save_summary_steps should be >= 0"],
  ["saveCheckpointsSteps", notNegative, "save_checkpoints_steps should be >= 0"],
  ["saveCheckpointsSecs", notNegative, "save_checkpoints_secs should be >= 0"],
  ["keepCheckpointMax", notNegative, "keep_checkpoint_max should be >= 0"],
  ["keepCheckpointEveryNHours", positive, "keep_checkpoint_every_n_hours should be > 0"],
  ["logStepCountSteps", positive, "log_step_count_steps should be > 0"],
  ["tfRandomSeed", Number.isInteger, "tf_random_seed must be integer."],
  ["sessionCreationTimeoutSecs", positive, "session_creation_timeout_secs should be > 0"],
];

interface TfConfig {
  readonly cluster?: Readonly<Record<string, readonly string[]>>;
  readonly model_dir?: string;
}

/** The environment variable by which schedulers tell TensorFlow of a cluster; a warning where it asks for more than one machine. */
function readTfConfig(logger: Logger = stderrLogger()): TfConfig {
  const text = process.env["TF_CONFIG"];
  if (text === undefined || text === "") return {};
  let config: TfConfig;
  try {
    config = JSON.parse(text) as TfConfig;
  } catch (error) {
    throw invalidArgument(`TF_CONFIG is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (Object.keys(config).length === 0) return config;
  logger.log("INFO", `TF_CONFIG environment variable: ${text}`);
  const machines = Object.values(config.cluster ?? {}).flat().length;
  if (machines > 1) {
    logger.log(
      "WARNING",
      `TF_CONFIG names a cluster of ${machines} tasks; training runs in this process alone, as if it were the only one.`,
    );
  }
  return config;
}

function modelDirOf(modelDir: string | undefined, config: TfConfig): { readonly modelDir?: string } {
  const fromEnvironment = config.model_dir;
  if (fromEnvironment === undefined) return {};
  if (fromEnvironment === "") throw invalidArgument("model_dir in TF_CONFIG should be non-empty.");
  if (modelDir !== undefined && modelDir !== fromEnvironment) {
    throw invalidArgument(
      `\`model_dir\` provided in RunConfig construct, if set, must have the same value as the model_dir in TF_CONFIG. model_dir: ${modelDir}\nTF_CONFIG["model_dir"]: ${fromEnvironment}.\n`,
    );
  }
  return { modelDir: fromEnvironment };
}

/**
 * A RunConfig with TensorFlow's defaults: checkpoints every 600 seconds, five kept, summaries and log lines every 100 steps.
 *
 * Both `saveCheckpointsSteps` and `saveCheckpointsSecs` is INVALID_ARGUMENT; either as undefined given explicitly turns that trigger off.
 */
export function runConfig(options: Partial<RunConfig> = {}): RunConfig {
  checkOptions("runConfig", options, runConfigOptions);
  if (options.saveCheckpointsSteps !== undefined && options.saveCheckpointsSecs !== undefined) {
    throw invalidArgument("`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.");
  }
  const cluster = readTfConfig(options.logger);
  const given = { ...options, ...modelDirOf(options.modelDir, cluster) };
  for (const [key, isValid, message] of checks) {
    const value = given[key];
    if (value !== undefined && !isValid(value as never)) throw invalidArgument(message);
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
    sessionCreationTimeoutSecs: 7200,
    logger: options.logger ?? stderrLogger(),
    useOnnxRuntime: true,
    ...given,
  });
}

/** A configuration as TensorFlow logs it: a Python dictionary of its fields. */
export function runConfigText(config: RunConfig): string {
  const { logger: _logger, ...fields } = config;
  const snake = (key: string): string => `_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  return `{${Object.entries(fields)
    .map(([key, value]) => `'${snake(key)}': ${pythonText(value)}`)
    .join(", ")}}`;
}
