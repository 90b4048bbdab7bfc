import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../core/clock.js";
import { invalidArgument, notFound } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { latestCheckpoint as latestCheckpointOf } from "../formats/checkpoint-state.js";
import { EventWriter } from "../formats/events.js";
import { openBundle } from "../formats/tensor-bundle-reader.js";
import { Graph, type Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { CheckpointStore } from "./checkpoint/checkpoint-store.js";
import type { EstimatorSpec } from "./estimator-spec.js";
import { evaluateLoop } from "./evaluate.js";
import { exportModel, type ExportOptions } from "./export/export-model.js";
import type { ServingInputReceiverFn } from "./export/serving-input.js";
import { checkpointSaverHook, type CheckpointSaverListener } from "./hooks/checkpoint-saver-hook.js";
import { loggingHook } from "./hooks/logging-hook.js";
import { nanTensorHook } from "./hooks/nan-tensor-hook.js";
import type { SessionRunHook } from "./hooks/session-run-hook.js";
import { stopAtStepHook } from "./hooks/stop-at-step-hook.js";
import { summarySaverHook } from "./hooks/summary-saver-hook.js";
import { type InputFn, openInput } from "./input.js";
import { type Mode, ModeKeys } from "./mode-keys.js";
import type { Features, Labels, ModelFn, Params } from "./model-fn.js";
import { ModelSession } from "./model-session.js";
import { type Prediction, predictRows } from "./predict.js";
import { type RunConfig, runConfig } from "./run-config.js";
import { runLoop } from "./run-loop.js";
import { getOrCreateGlobalStep } from "./global-step.js";
import { asOperation } from "./make-estimator-spec.js";
import { lossSummary } from "./summary.js";

/** What an Estimator is made of. */
export interface EstimatorOptions {
  readonly modelFn: ModelFn;
  /** Where checkpoints and events go; default a new temporary folder. */
  readonly modelDir?: string | undefined;
  readonly config?: RunConfig | undefined;
  /** Handed to the model function. */
  readonly params?: Params | undefined;
  readonly clock?: Clock | undefined;
}

/** How `train` ends and who looks on. */
export interface TrainOptions {
  /** How many steps to add; not together with `maxSteps`. */
  readonly steps?: number;
  /** The global step to train up to. */
  readonly maxSteps?: number;
  readonly hooks?: readonly SessionRunHook[];
  readonly savingListeners?: readonly CheckpointSaverListener[];
  /** Ends training after the step that runs, with a last checkpoint. */
  readonly signal?: AbortSignal;
}

/** How `evaluate` runs. */
export interface EvaluateOptions {
  /** How many batches; default until the input ends. */
  readonly steps?: number;
  readonly hooks?: readonly SessionRunHook[];
  /** Default the latest checkpoint. */
  readonly checkpointPath?: string;
  /** Tells several evaluations apart: events go to `eval_<name>`. */
  readonly name?: string;
}

/** How `predict` runs. */
export interface PredictOptions {
  /** Only these predictions. */
  readonly predictKeys?: string | readonly string[];
  readonly hooks?: readonly SessionRunHook[];
  readonly checkpointPath?: string;
  /** Rows one by one (default), or batches as the model gives them. */
  readonly yieldSingleExamples?: boolean;
}

/** Metrics by name, with `loss` and `global_step`. */
export type EvaluationResult = Readonly<Record<string, number>> & { readonly loss: number; readonly global_step: number };

/**
 * Trains, evaluates, predicts with and exports a model that a model function describes (`tf.estimator.Estimator`).
 *
 * Each call builds a graph of its own; what they share is the model folder with its checkpoints.
 */
export class Estimator {
  readonly modelDir: string;
  readonly config: RunConfig;
  readonly params: Params;
  readonly #modelFn: ModelFn;
  readonly #clock: Clock;

  constructor(options: EstimatorOptions) {
    if (typeof options.modelFn !== "function") throw invalidArgument("model_fn must be provided to Estimator.");
    const config = options.config ?? runConfig();
    if (options.modelDir !== undefined && config.modelDir !== undefined && options.modelDir !== config.modelDir) {
      throw invalidArgument(
        `model_dir are set both in constructor and RunConfig, but with different values. In constructor: '${options.modelDir}', in RunConfig: '${config.modelDir}' `,
      );
    }
    const given = options.modelDir ?? config.modelDir;
    this.modelDir = given ?? mkdtempSync(join(tmpdir(), "tureen-"));
    this.config = Object.freeze({ ...config, modelDir: this.modelDir });
    this.params = options.params ?? {};
    this.#modelFn = options.modelFn;
    this.#clock = options.clock ?? systemClock;
    if (given === undefined) this.config.logger.log("WARNING", `Using temporary folder as model directory: ${this.modelDir}`);
  }

  /** The prefix of the latest checkpoint, or undefined. */
  latestCheckpoint(): string | undefined {
    return latestCheckpointOf(this.modelDir);
  }

  /** The names of all variables in the latest checkpoint; NOT_FOUND where there is none. */
  getVariableNames(): string[] {
    return this.#withCheckpoint((reader) => reader.keys());
  }

  /** A variable's value in the latest checkpoint; NOT_FOUND where there is none. */
  getVariableValue(name: string): TensorValue {
    return this.#withCheckpoint((reader) => reader.read(name));
  }

  #withCheckpoint<T>(use: (reader: ReturnType<typeof openBundle>) => T): T {
    const reader = openBundle(this.#checkpoint(undefined));
    try {
      return use(reader);
    } finally {
      reader.close();
    }
  }

  #checkpoint(path: string | undefined): string {
    const found = path ?? this.latestCheckpoint();
    if (found === undefined) throw notFound(`Couldn't find trained model at ${this.modelDir}.`);
    return found;
  }

  /**
   * Trains for `steps` more steps, up to `maxSteps`, or until the input ends; resumes from the latest checkpoint of the model folder.
   *
   * A loss that becomes NaN is a NanLossDuringTrainingError.
   */
  async train(inputFn: InputFn, options: TrainOptions = {}): Promise<this> {
    const { steps, maxSteps } = options;
    if (steps !== undefined && maxSteps !== undefined) throw invalidArgument("Can not provide both steps and max_steps.");
    if (steps !== undefined && !(steps > 0)) throw invalidArgument(`Must specify steps > 0, given: ${steps}`);
    if (maxSteps !== undefined && !(maxSteps > 0)) throw invalidArgument(`Must specify max_steps > 0, given: ${maxSteps}`);
    const { logger } = this.config;
    if (maxSteps !== undefined && this.#savedStep() >= maxSteps) {
      logger.log("INFO", "Skipping training since max_steps has already saved.");
      return this;
    }
    mkdirSync(this.modelDir, { recursive: true });
    const graph = this.#newGraph();
    const input = await openInput(inputFn, graph);
    const writer = new EventWriter(this.modelDir, { clock: this.#clock });
    try {
      const built = withGraph(graph, () => {
        const spec = this.#callModelFn(input.features, input.labels, ModeKeys.TRAIN);
        lossSummary(spec.loss!);
        return { spec };
      });
      const store = this.#store();
      const model = new ModelSession(graph, built.spec.scaffold, this.config);
      const hooks: SessionRunHook[] = [
        ...(options.hooks ?? []),
        ...(built.spec.trainingHooks ?? []),
        ...(built.spec.trainingChiefHooks ?? []),
        nanTensorHook({ logger }),
        ...(this.config.logStepCountSteps ? [loggingHook({ everyNSteps: this.config.logStepCountSteps, logger })] : []),
        ...(this.config.saveSummarySteps ? [summarySaverHook({ saveSteps: this.config.saveSummarySteps, writer })] : []),
        checkpointSaverHook({
          store,
          saver: () => model.saver,
          saveSteps: this.config.saveCheckpointsSteps,
          saveSeconds: this.config.saveCheckpointsSecs,
          listeners: options.savingListeners ?? [],
          logger,
          clock: this.#clock,
        }),
        ...(steps === undefined && maxSteps === undefined
          ? []
          : [stopAtStepHook(steps === undefined ? { lastStep: maxSteps! } : { numSteps: steps })]),
      ];
      withGraph(graph, () => {
        for (const hook of hooks) hook.begin?.();
        model.finalize();
      });
      model.start(this.latestCheckpoint());
      let lastLoss = Number.NaN;
      try {
        await runLoop({
          session: model.session,
          graph,
          input,
          placeholders: input.placeholders,
          fetches: { loss: built.spec.loss! },
          targets: [asOperation(built.spec.trainOp!)],
          hooks,
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          onStep: ({ loss }) => {
            lastLoss = (loss!.data as Float32Array)[0]!;
            return true;
          },
        });
        logger.log("INFO", `Loss for final step: ${lastLoss}.`);
      } finally {
        model.close();
      }
    } finally {
      writer.close();
    }
    return this;
  }

  /** Evaluates a checkpoint: the metrics of the model, the mean loss and the global step; events go to `eval` or `eval_<name>`. */
  async evaluate(inputFn: InputFn, options: EvaluateOptions = {}): Promise<EvaluationResult> {
    const { steps } = options;
    if (steps !== undefined && !(steps > 0)) throw invalidArgument(`Must specify steps > 0, given: ${steps}`);
    const checkpoint = options.checkpointPath ?? this.latestCheckpoint();
    if (checkpoint === undefined) throw notFound(`Could not find trained model in model_dir: ${this.modelDir}.`);
    const graph = this.#newGraph();
    const input = await openInput(inputFn, graph);
    const spec = withGraph(graph, () => this.#callModelFn(input.features, input.labels, ModeKeys.EVAL));
    return evaluateLoop({
      graph,
      input,
      placeholders: input.placeholders,
      spec,
      config: this.config,
      checkpoint,
      steps,
      hooks: options.hooks ?? [],
      eventDirectory: join(this.modelDir, options.name ? `eval_${options.name}` : "eval"),
      clock: this.#clock,
    });
  }

  /**
   * Predictions for each row of the input, one by one, by prediction key; or whole batches with `yieldSingleExamples: false`.
   *
   * A model that was never trained predicts with its initial values, and a line in the log says so.
   */
  async *predict(inputFn: InputFn, options: PredictOptions = {}): AsyncGenerator<Prediction> {
    const checkpoint = options.checkpointPath ?? this.latestCheckpoint();
    if (checkpoint === undefined) {
      this.config.logger.log("INFO", `Could not find trained model in model_dir: ${this.modelDir}, running initialization to predict.`);
    }
    const graph = this.#newGraph();
    const input = await openInput(inputFn, graph);
    const spec = withGraph(graph, () => this.#callModelFn(input.features, undefined, ModeKeys.PREDICT));
    yield* predictRows({ graph, input, placeholders: input.placeholders, spec, config: this.config, checkpoint, options });
  }

  /**
   * Exports the model for serving as `<base>/<seconds>`, complete or not at all (`export_savedmodel`); gives that folder.
   *
   * `servingInputReceiverFn` builds the placeholders that requests feed and the features the model function takes. Head outputs that an API
   * cannot carry are left out, and the log says why.
   */
  async exportSavedModel(base: string, servingInputReceiverFn: ServingInputReceiverFn, options: ExportOptions = {}): Promise<string> {
    if (typeof servingInputReceiverFn !== "function") throw invalidArgument("An input_receiver_fn must be defined.");
    return exportModel({
      base,
      receiverFn: servingInputReceiverFn,
      checkpoint: this.#checkpoint(options.checkpointPath),
      newGraph: () => this.#newGraph(),
      callModelFn: (features, labels, mode) => this.#callModelFn(features, labels, mode),
      config: this.config,
      clock: this.#clock,
      options,
    });
  }

  #savedStep(): number {
    const checkpoint = this.latestCheckpoint();
    if (checkpoint === undefined) return 0;
    const reader = openBundle(checkpoint);
    try {
      return reader.has("global_step") ? Number((reader.read("global_step").data as BigInt64Array)[0]) : 0;
    } finally {
      reader.close();
    }
  }

  #newGraph(): Graph {
    const graph = new Graph();
    graph.seed = this.config.tfRandomSeed;
    withGraph(graph, () => getOrCreateGlobalStep());
    return graph;
  }

  #store(): CheckpointStore {
    return new CheckpointStore(this.modelDir, {
      keepMax: this.config.keepCheckpointMax,
      keepEveryNHours: this.config.keepCheckpointEveryNHours,
      saveGraph: this.config.checkpointSaveGraphDef,
      clock: this.#clock,
    });
  }

  #callModelFn(features: Features | Tensor, labels: Labels, mode: Mode): EstimatorSpec {
    const { logger } = this.config;
    logger.log("INFO", "Calling model_fn.");
    // A bare tensor is what the model function gets where the input has no names for it.
    const spec = this.#modelFn({ features: features as Features, labels, mode, params: this.params, config: this.config });
    logger.log("INFO", "Done calling model_fn.");
    if (typeof spec !== "object" || !("mode" in spec)) throw invalidArgument("model_fn should return an EstimatorSpec.");
    if (spec.mode !== mode) throw invalidArgument(`model_fn returned an EstimatorSpec of mode ${spec.mode}, but was called for ${mode}.`);
    return spec;
  }
}
