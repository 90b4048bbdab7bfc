import { existsSync } from "node:fs";
import { basename } from "node:path";
import { failedPrecondition, invalidArgument } from "../core/status-error.js";
import { Estimator, type EvaluationResult } from "../estimator/estimator.js";
import type { ExportOptions } from "../estimator/export/export-model.js";
import { progressHook } from "../estimator/hooks/progress-hook.js";
import type { SessionRunHook } from "../estimator/hooks/session-run-hook.js";
import { trainAndEvaluate } from "../estimator/training/train-and-evaluate.js";
import type { TrainingModel } from "../estimator/training/training-model.js";
import { plotLines, readScalars } from "./loss-plot.js";
import { statusLine } from "./status-line.js";
import { loadTrainModule } from "./train-module.js";

/** Flags of exports. */
interface ExportChoices {
  readonly asText?: true;
  readonly exportsToKeep?: number;
  readonly warmupRequests?: number;
  readonly featureStatistics?: true;
}

/** Flags of `tureen train`. */
export interface TrainFlags extends ExportChoices {
  readonly steps?: number;
  readonly maxSteps?: number;
  readonly modelDir?: string;
  readonly evaluate: boolean;
  readonly plot: boolean;
  readonly quiet?: true;
  readonly exportDir?: string;
}

/** Flags of `tureen evaluate`. */
export interface EvaluateFlags {
  readonly steps?: number;
  readonly modelDir?: string;
  readonly checkpointPath?: string;
  readonly name?: string;
  readonly json?: true;
}

/** Flags of `tureen export`. */
export interface ExportFlags extends ExportChoices {
  readonly exportDir: string;
  readonly modelDir?: string;
  readonly checkpointPath?: string;
}

/** Trains; with an evalSpec (and without `--steps`) evaluates checkpoints on the way; at the end exports, prints the metrics and the loss. */
export async function train(file: string, flags: TrainFlags): Promise<void> {
  if (flags.steps !== undefined && flags.maxSteps !== undefined) {
    throw invalidArgument("Can not provide both steps and max_steps.");
  }
  const model = await loadTrainModule(file, { modelDir: flags.modelDir });
  const { estimator } = model;
  const { inputFn, maxSteps: specified, ...trainSpec } = needed(model, "trainSpec", file);
  // Before hours of training, not after.
  if (flags.exportDir !== undefined) exportSettings(model, file, flags);
  const maxSteps = flags.steps === undefined ? (flags.maxSteps ?? specified) : undefined;
  const began = stepOf(estimator.latestCheckpoint());
  const steps = flags.steps ?? (maxSteps === undefined ? undefined : Math.max(0, maxSteps - began));
  const line = statusLine(process.stderr);
  const stop = stopOnInterrupt();
  const progress =
    flags.quiet === true ? [] : [progressHook({ output: line, ...(steps === undefined ? {} : { steps }) })];
  const hooks = [...(trainSpec.hooks ?? []), stop.hook, ...progress];
  let metrics: EvaluationResult | undefined;
  try {
    if (model.evalSpec !== undefined && flags.evaluate && flags.steps === undefined) {
      if (!(estimator instanceof Estimator)) {
        throw failedPrecondition(
          `${file} imports another copy of tureen than this command: run the one of the module's own project, npx tureen`,
        );
      }
      const spec = { ...trainSpec, inputFn, hooks, ...(maxSteps === undefined ? {} : { maxSteps }) };
      [metrics] = await trainAndEvaluate(estimator, spec, model.evalSpec);
    } else {
      const limit = flags.steps === undefined ? (maxSteps === undefined ? {} : { maxSteps }) : { steps: flags.steps };
      await estimator.train(inputFn, { ...trainSpec, ...limit, hooks });
    }
  } finally {
    stop.close();
    line.close();
  }
  if (metrics !== undefined) process.stdout.write(metricsText(metrics));
  if (flags.plot) plotLoss(estimator.modelDir);
  if (stop.isStopped) process.exitCode = interruptedExit;
  else if (flags.exportDir !== undefined)
    process.stdout.write(`${await doExport(model, file, flags, flags.exportDir)}\n`);
}

/** Evaluates a checkpoint and prints its metrics. */
export async function evaluate(file: string, flags: EvaluateFlags): Promise<void> {
  const model = await loadTrainModule(file, { modelDir: flags.modelDir });
  const spec = needed(model, "evalSpec", file);
  const { estimator } = model;
  if (flags.checkpointPath === undefined && estimator.latestCheckpoint() === undefined) {
    throw failedPrecondition(
      `There is no checkpoint in ${estimator.modelDir}: train first, or name one with --checkpoint_path`,
    );
  }
  // An EvalSpec that is not complete has TensorFlow's hundred batches; null evaluates all of the data.
  const steps = flags.steps ?? (spec.steps === undefined ? 100 : spec.steps);
  const name = flags.name ?? spec.name;
  const metrics = await estimator.evaluate(spec.inputFn, {
    ...(steps === null ? {} : { steps }),
    ...(spec.hooks === undefined ? {} : { hooks: spec.hooks }),
    ...(flags.checkpointPath === undefined ? {} : { checkpointPath: flags.checkpointPath }),
    ...(name === undefined ? {} : { name }),
  });
  process.stdout.write(flags.json === true ? `${JSON.stringify(metrics)}\n` : metricsText(metrics));
}

/** Exports a checkpoint for serving and prints the folder. */
export async function exportModel(file: string, flags: ExportFlags): Promise<void> {
  const model = await loadTrainModule(file, { modelDir: flags.modelDir });
  process.stdout.write(`${await doExport(model, file, flags, flags.exportDir, flags.checkpointPath)}\n`);
}

function doExport(
  model: TrainingModel,
  file: string,
  flags: ExportChoices,
  base: string,
  checkpointPath?: string,
): Promise<string> {
  const { receiver, options } = exportSettings(model, file, flags);
  return model.estimator.exportSavedModel(base, receiver, { ...options, checkpointPath });
}

function exportSettings(
  model: TrainingModel,
  file: string,
  { asText, exportsToKeep, warmupRequests, featureStatistics }: ExportChoices,
): { readonly receiver: NonNullable<TrainingModel["servingInputReceiverFn"]>; readonly options: ExportOptions } {
  const receiver = needed(model, "servingInputReceiverFn", file);
  const options = {
    asText,
    exportsToKeep,
    warmupRequests:
      warmupRequests === undefined
        ? undefined
        : {
            inputFn: (model.evalSpec ?? needed(model, "trainSpec", file)).inputFn,
            requestsPerSignature: warmupRequests,
          },
    featureStatistics:
      featureStatistics === undefined ? undefined : { inputFn: needed(model, "trainSpec", file).inputFn },
  };
  return { receiver, options };
}

function needed<Name extends keyof TrainingModel>(
  model: TrainingModel,
  name: Name,
  file: string,
): NonNullable<TrainingModel[Name]> {
  const value = model[name];
  if (value === undefined) throw invalidArgument(`${file} exports no ${name}, which this command needs`);
  return value as NonNullable<TrainingModel[Name]>;
}

/** The global step in a checkpoint's name. */
function stepOf(checkpoint: string | undefined): number {
  return Number(/-(\d+)$/.exec(basename(checkpoint ?? ""))?.[1] ?? 0);
}

function metricsText(metrics: EvaluationResult): string {
  const width = Math.max(...Object.keys(metrics).map((name) => name.length));
  return Object.keys(metrics)
    .sort()
    .map((name) => `${name.padEnd(width)}  ${Number(metrics[name]!.toPrecision(7))}\n`)
    .join("");
}

/** Letters a line has where the output is no terminal. */
const defaultColumns = 80;

function plotLoss(modelDir: string): void {
  if (!existsSync(modelDir)) return;
  const language = process.env["LC_ALL"] || process.env["LC_CTYPE"] || process.env["LANG"] || "";
  const columns = process.stdout.columns ?? defaultColumns;
  const ascii = !/utf-?8/i.test(language);
  process.stdout.write(plotLines("loss", readScalars(modelDir, "loss"), { columns, ascii }));
}

/** What shells report of a program that was interrupted: 128 and the signal's number. */
const interruptedExit = 130;

/** Ends training after its step at the first interrupt, so that a last checkpoint is written; the second one ends the program. */
function stopOnInterrupt(): { readonly hook: SessionRunHook; readonly isStopped: boolean; close(): void } {
  let isStopped = false;
  const stop = (): void => {
    if (isStopped) process.exit(interruptedExit);
    isStopped = true;
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    hook: {
      afterRun: (context) => {
        if (isStopped) context.requestStop();
      },
    },
    get isStopped() {
      return isStopped;
    },
    close: () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
