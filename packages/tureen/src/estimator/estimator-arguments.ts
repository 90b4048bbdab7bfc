import { existsSync } from "node:fs";
import { checkOptions, type OptionTable } from "../core/check-options.js";
import { invalidArgument } from "../core/status-error.js";
import { Dataset } from "../data/dataset.js";
import { bundleIndexPath } from "../formats/index.js";
import type { EstimatorOptions, EvaluateOptions, PredictOptions, TrainOptions } from "./estimator.js";
import type { ExportAllOptions, ExportOptions } from "./export/export-model.js";
import { pythonText } from "./feature-column/python-text.js";
import type { RunConfig } from "./run-config.js";

/** Options of Estimator. */
export const estimatorOptions: OptionTable<EstimatorOptions> = {
  modelFn: "required",
  modelDir: "optional",
  config: "optional",
  params: "optional",
  clock: "optional",
  createsGlobalStep: "optional",
  warmStartFrom: "optional",
};

/** Options of `train`. */
export const trainOptions: OptionTable<TrainOptions> = {
  steps: "optional",
  maxSteps: "optional",
  hooks: "optional",
  savingListeners: "optional",
  signal: "optional",
};

/** Options of `evaluate`. */
export const evaluateOptions: OptionTable<EvaluateOptions> = {
  steps: "optional",
  hooks: "optional",
  checkpointPath: "optional",
  name: "optional",
};

/** Options of `predict`. */
export const predictOptions: OptionTable<PredictOptions> = {
  predictKeys: "optional",
  hooks: "optional",
  checkpointPath: "optional",
  yieldSingleExamples: "optional",
};

/** Options of exports of several modes. */
export const exportAllOptions: OptionTable<ExportAllOptions> = {
  assetsExtra: "optional",
  asText: "optional",
  checkpointPath: "optional",
};

/** Options of `exportSavedModel`. */
export const exportOptions: OptionTable<ExportOptions> = {
  ...exportAllOptions,
  experimentalMode: "optional",
  stripDefaultAttrs: "optional",
  warmupRequests: "optional",
  featureStatistics: "optional",
  exportsToKeep: "optional",
};

/** Checks what `train`, `evaluate` and `predict` are called with: INVALID_ARGUMENT for what is no input function, number of steps or hook. */
export function checkCall<
  T extends { readonly steps?: number; readonly maxSteps?: number; readonly hooks?: readonly object[] },
>(call: string, inputFn: unknown, options: T, table: OptionTable<T>): void {
  if (typeof inputFn !== "function") {
    const given =
      inputFn instanceof Dataset
        ? "a Dataset; it takes a function that makes one, anew for each run"
        : pythonText(inputFn);
    throw invalidArgument(`\`input_fn\` must be callable, given: ${given}`);
  }
  checkOptions(call, options, table);
  checkNumber("steps", options.steps);
  checkNumber("max_steps", options.maxSteps);
  const hooks: unknown = options.hooks ?? [];
  for (const hook of Array.isArray(hooks) ? (hooks as readonly unknown[]) : [hooks]) {
    if (!isHook(hook)) throw invalidArgument(`Hooks must be a SessionRunHook, given: ${valueText(hook)}`);
  }
}

function checkNumber(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "number") {
    throw invalidArgument(`${name} must be a number, given: ${valueText(value)}`);
  }
}

const hookMethods = ["begin", "afterCreateSession", "beforeRun", "afterRun", "end"];

function isHook(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return hookMethods.some((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === "function");
}

/** INVALID_ARGUMENT for what `runConfig` did not make. */
export function checkRunConfig(config: RunConfig): void {
  if (typeof (config as Partial<RunConfig> | null)?.logger?.log === "function") return;
  throw invalidArgument(`config must be an instance of \`RunConfig\`, but provided ${valueText(config)}.`);
}

/** INVALID_ARGUMENT for the prefix of no checkpoint. */
export function checkCheckpoint(prefix: string | undefined): void {
  if (prefix === undefined || existsSync(bundleIndexPath(prefix))) return;
  throw invalidArgument(`The passed save_path is not a valid checkpoint: ${prefix}`);
}

/** A value as Python prints it, with what a plain object holds. */
function valueText(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return pythonText(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) return pythonText(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `'${key}': ${pythonText(item)}`)
    .join(", ")}}`;
}
