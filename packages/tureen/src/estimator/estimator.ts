import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOptions } from "../core/check-options.js";
import { type Clock, systemClock } from "../core/clock.js";
import { makeFolders } from "../core/file-system.js";
import { keepHeapRoom } from "../core/heap-room.js";
import { invalidArgument, notFound } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { latestCheckpoint as latestCheckpointOf } from "../formats/checkpoint-state.js";
import { openBundle } from "../formats/tensor-bundle-reader.js";
import { collectionKeys } from "../graph/collections.js";
import { Graph } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import type { Session } from "../runtime/session.js";
import { InputAhead } from "./ahead/input-ahead.js";
import {
  checkCall,
  checkCheckpoint,
  checkRunConfig,
  estimatorOptions,
  evaluateOptions,
  exportAllOptions,
  exportOptions,
  predictOptions,
  trainOptions,
} from "./estimator-arguments.js";
import type { EstimatorSpec } from "./estimator-spec.js";
import { Evaluation } from "./evaluate.js";
import { EventWriters, RunEventWriters } from "./event-writers.js";
import {
  type ExportAllOptions,
  type ExportOptions,
  exportModel,
  type InputReceiverFnMap,
} from "./export/export-model.js";
import type { ServingInputReceiverFn } from "./export/serving-input.js";
import { pythonText } from "./feature-column/python-text.js";
import { getOrCreateGlobalStep } from "./global-step.js";
import { HookedRun } from "./hooked-run.js";
import { CheckpointSaverHook, type CheckpointSaverListener } from "./hooks/checkpoint-saver-hook.js";
import { lossLoggingHook } from "./hooks/loss-logging-hook.js";
import { NanTensorHook } from "./hooks/nan-tensor-hook.js";
import type { SessionRunHook } from "./hooks/session-run-hook.js";
import { StepCounterHook } from "./hooks/step-counter-hook.js";
import { StopAtStepHook } from "./hooks/stop-at-step-hook.js";
import { SummarySaverHook } from "./hooks/summary-saver-hook.js";
import { type InputFn, type OpenInput, openInput } from "./input.js";
import { asOperation } from "./make-estimator-spec.js";
import { type Mode, ModeKeys } from "./mode-keys.js";
import type { Features, FeatureTensor, Labels, ModelFn, ModelFnArgs, Params } from "./model-fn.js";
import { ModelSession } from "./model-session.js";
import { numpyScalarText } from "./numpy-text.js";
import { type Prediction, predictRows } from "./predict.js";
import { type RunConfig, runConfig, runConfigText } from "./run-config.js";
import { runLoop } from "./run-loop.js";
import { provideRunServices, runServices } from "./run-services.js";
import { lossSummary } from "./summary.js";
import { planWarmStart } from "./warm-start/warm-start.js";
import {
  checkpointPrefix,
  resolveWarmStart,
  type WarmStartSettings,
  type WarmStartSettingsInit,
} from "./warm-start/warm-start-settings.js";

/** What an Estimator is made of. */
export interface EstimatorOptions {
  readonly modelFn: ModelFn;
  /** Where checkpoints and events go; default a new temporary folder. */
  readonly modelDir?: string | undefined;
  readonly config?: RunConfig | undefined;
  /** Handed to the model function. */
  readonly params?: Params | undefined;
  readonly clock?: Clock | undefined;
  /** Whether each graph starts with a step counter; default true, false for a model function that brings its own. */
  readonly createsGlobalStep?: boolean | undefined;
  /** What the model starts from while its folder has no checkpoint: a checkpoint, a folder of them, a SavedModel's folder, or settings. */
  readonly warmStartFrom?: string | WarmStartSettings | WarmStartSettingsInit | undefined;
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
export type EvaluationResult = Readonly<Record<string, number>> & {
  readonly loss: number;
  readonly global_step: number;
};

/**
 * Trains, evaluates, predicts with and exports a model that a model function describes (`tf.estimator.Estimator`).
 *
 * Each call builds a graph of its own; what they share is the model folder with its checkpoints.
 */
export class Estimator {
  readonly modelDir: string;
  readonly config: RunConfig;
  readonly params: Params;
  /** Where the time comes from. */
  readonly clock: Clock;
  /** What the model starts from while its folder has no checkpoint. */
  readonly warmStartSettings: WarmStartSettings | undefined;
  readonly #modelFn: ModelFn;
  readonly #createsGlobalStep: boolean;
  readonly #writers: EventWriters;

  constructor(options: EstimatorOptions) {
    checkOptions<Partial<EstimatorOptions>>("Estimator", options, { ...estimatorOptions, modelFn: "optional" });
    if (typeof options.modelFn !== "function") throw invalidArgument("model_fn must be provided to Estimator.");
    const config = options.config ?? runConfig();
    checkRunConfig(config);
    if (options.config === undefined) config.logger.log("INFO", "Using default config.");
    if (options.modelDir !== undefined && config.modelDir !== undefined && options.modelDir !== config.modelDir) {
      throw invalidArgument(
        `\`model_dir\` are set both in constructor and \`RunConfig\`, but with different values. In constructor: '${options.modelDir}', in \`RunConfig\`: '${config.modelDir}' `,
      );
    }
    const given = options.modelDir ?? config.modelDir;
    this.modelDir = given ?? mkdtempSync(join(tmpdir(), "tureen-"));
    this.config = Object.freeze({ ...config, modelDir: this.modelDir });
    this.params = options.params ?? {};
    this.#modelFn = options.modelFn;
    this.#createsGlobalStep = options.createsGlobalStep ?? true;
    this.clock = options.clock ?? systemClock;
    this.#writers = new EventWriters(this.clock);
    if (given === undefined)
      this.config.logger.log("WARNING", `Using temporary folder as model directory: ${this.modelDir}`);
    config.logger.log("INFO", `Using config: ${runConfigText(this.config)}`);
    this.warmStartSettings = resolveWarmStart(options.warmStartFrom, config.logger);
  }

  /** The model function as this Estimator calls it, for another that adds to it. */
  get modelFn(): (args: Omit<ModelFnArgs, "params">) => EstimatorSpec {
    return ({ features, labels, mode }) => this.#callModelFn(features, labels, mode);
  }

  /** The folder with the events of evaluations. */
  evalDir(name?: string): string {
    return join(this.modelDir, name ? `eval_${name}` : "eval");
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
    const checkpoint = this.latestCheckpoint();
    if (checkpoint === undefined) throw notFound(`Could not find trained model in model_dir: ${this.modelDir}.`);
    const reader = openBundle(checkpoint);
    try {
      return use(reader);
    } finally {
      reader.close();
    }
  }

  /**
   * Trains for `steps` more steps, up to `maxSteps`, or until the input ends; resumes from the latest checkpoint of the model folder.
   *
   * A loss that becomes NaN is a NanLossDuringTrainingError.
   */
  async train(inputFn: InputFn, options: TrainOptions = {}): Promise<this> {
    checkCall("train", inputFn, options, trainOptions);
    const { steps, maxSteps } = options;
    if (steps !== undefined && maxSteps !== undefined)
      throw invalidArgument("Can not provide both steps and max_steps.");
    if (steps !== undefined && !(steps > 0)) throw invalidArgument(`Must specify steps > 0, given: ${steps}`);
    if (maxSteps !== undefined && !(maxSteps > 0))
      throw invalidArgument(`Must specify max_steps > 0, given: ${maxSteps}`);
    const { logger } = this.config;
    if (maxSteps !== undefined && this.#savedStep() >= maxSteps) {
      logger.log("INFO", "Skipping training since max_steps has already saved.");
      return this;
    }
    makeFolders(this.modelDir);
    const loss = await this.#withInput(inputFn, async (graph, input) => {
      const spec = withGraph(graph, () => this.#callModelFn(input.features, input.labels, ModeKeys.TRAIN));
      const checkpoint = this.latestCheckpoint();
      const warmStart = this.#warmStart(graph, checkpoint);
      withGraph(graph, () => lossSummary(spec.loss!));
      graph.addToCollection(collectionKeys.losses, spec.loss!);
      const model = new ModelSession(graph, spec.scaffold, this.config);
      try {
        const hooks = this.#trainingHooks(spec, model, options);
        withGraph(graph, () => {
          for (const hook of hooks) hook.begin?.();
          model.finalize();
        });
        model.start(checkpoint, warmStart);
        return await this.#loop(graph, input, spec, model, hooks, options.signal);
      } finally {
        model.close();
      }
    });
    // TensorFlow says so only where hooks keep a training from beginning; it has the words for this one too.
    if (loss === undefined && options.signal?.aborted !== true)
      logger.log("WARNING", "Training with estimator made no steps. Perhaps input is empty or misspecified.");
    logger.log("INFO", `Loss for final step: ${loss === undefined ? "None" : numpyScalarText(loss, "float32")}.`);
    return this;
  }

  /** The loss of the last step. */
  async #loop(
    graph: Graph,
    input: OpenInput,
    spec: EstimatorSpec,
    model: ModelSession,
    hooks: readonly SessionRunHook[],
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    let lastLoss: number | undefined;
    const run = new HookedRun({
      session: model.session,
      graph,
      placeholders: input.placeholders,
      fetches: { loss: spec.loss! },
      targets: [asOperation(spec.trainOp!)],
      hooks,
    });
    const ahead = new InputAhead({ graph, input, run, useOnnxRuntime: this.config.useOnnxRuntime });
    const releaseHeap = keepHeapRoom();
    try {
      await runLoop({
        run,
        input,
        ahead,
        ...(signal === undefined ? {} : { signal }),
        onStep: ({ loss }) => {
          lastLoss = (loss!.data as Float32Array)[0]!;
          return true;
        },
      });
    } finally {
      releaseHeap();
      ahead.close();
    }
    return lastLoss;
  }

  /** All hooks of a training in the order in which TensorFlow calls them. */
  #trainingHooks(spec: EstimatorSpec, model: ModelSession, options: TrainOptions): SessionRunHook[] {
    const { config } = this;
    const { steps, maxSteps, hooks = [], savingListeners = [] } = options;
    const {
      saveCheckpointsSteps: saveSteps,
      saveCheckpointsSecs: saveSecs,
      checkpointSaveGraphDef: saveGraphDef,
    } = config;
    const chiefHooks = [...(spec.trainingChiefHooks ?? [])];
    const given = [...hooks, ...(spec.trainingHooks ?? []), ...chiefHooks];
    let saver = given.find((hook) => hook instanceof CheckpointSaverHook);
    if (saver === undefined && (saveSteps || saveSecs)) {
      config.logger.log("INFO", "Create CheckpointSaverHook.");
      saver = new CheckpointSaverHook({
        checkpointDir: this.modelDir,
        scaffold: model,
        saveGraphDef,
        ...(saveSteps ? { saveSteps } : { saveSecs }),
      });
      chiefHooks.unshift(saver);
    }
    if (saver !== undefined) saver.addListeners(savingListeners);
    else if (savingListeners.length > 0) {
      throw invalidArgument(
        "There should be a CheckpointSaverHook to use saving_listeners. Please set one of the RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs.",
      );
    }
    const { logStepCountSteps: logSteps, saveSummarySteps: summarySteps } = config;
    return [
      ...chiefHooks,
      ...(logSteps ? [new StepCounterHook({ everyNSteps: logSteps, outputDir: this.modelDir })] : []),
      ...(summarySteps
        ? [new SummarySaverHook({ saveSteps: summarySteps, outputDir: this.modelDir, scaffold: model })]
        : []),
      ...hooks,
      ...(steps === undefined && maxSteps === undefined
        ? []
        : [new StopAtStepHook({ numSteps: steps, lastStep: maxSteps })]),
      new NanTensorHook({ lossTensor: spec.loss! }),
      ...(logSteps ? [lossLoggingHook({ everyNSteps: logSteps })] : []),
      ...(spec.trainingHooks ?? []),
    ];
  }

  /**
   * Evaluates a checkpoint: the metrics of the model, the mean loss and the global step; events go to `eval` or `eval_<name>`.
   *
   * A model that was never trained is evaluated with its initial values, and a line in the log says so.
   */
  async evaluate(inputFn: InputFn, options: EvaluateOptions = {}): Promise<EvaluationResult> {
    checkCall("evaluate", inputFn, options, evaluateOptions);
    checkCheckpoint(options.checkpointPath);
    const { steps } = options;
    if (steps !== undefined && !(steps > 0)) throw invalidArgument(`Must specify steps > 0, given: ${steps}`);
    const checkpoint = options.checkpointPath ?? this.latestCheckpoint();
    if (checkpoint === undefined) {
      this.config.logger.log(
        "INFO",
        `Could not find trained model in model_dir: ${this.modelDir}, running initialization to evaluate.`,
      );
    }
    return this.#withInput(inputFn, async (graph, input) => {
      const evaluation = this.#evaluation(graph, input, options);
      try {
        return await evaluation.run({ checkpoint, initialize: this.#warmStart(graph, checkpoint) });
      } finally {
        evaluation.close();
      }
    });
  }

  /**
   * Prepares an evaluation that may run several times, for `InMemoryEvaluatorHook`; `close` gives back its session and input.
   */
  async openEvaluation(
    inputFn: InputFn,
    options: EvaluateOptions,
  ): Promise<{ readonly graph: Graph; readonly evaluation: Evaluation; close(): Promise<void> }> {
    const graph = this.#newGraph();
    const input = await openInput(inputFn, graph);
    const evaluation = this.#evaluation(graph, input, options);
    const close = async (): Promise<void> => {
      evaluation.close();
      await input.close();
      runServices(graph).writers.close();
    };
    return { graph, evaluation, close };
  }

  #evaluation(graph: Graph, input: OpenInput, options: EvaluateOptions): Evaluation {
    const spec = withGraph(graph, () => this.#callModelFn(input.features, input.labels, ModeKeys.EVAL));
    return new Evaluation({
      graph,
      input,
      spec,
      config: this.config,
      steps: options.steps,
      hooks: options.hooks ?? [],
      eventDirectory: this.evalDir(options.name),
      clock: this.clock,
    });
  }

  /**
   * Predictions for each row of the input, one by one, by prediction key; or whole batches with `yieldSingleExamples: false`.
   *
   * A model that was never trained predicts with its initial values, and a line in the log says so.
   */
  async *predict(inputFn: InputFn, options: PredictOptions = {}): AsyncGenerator<Prediction> {
    checkCall("predict", inputFn, options, predictOptions);
    checkCheckpoint(options.checkpointPath);
    const checkpoint = options.checkpointPath ?? this.latestCheckpoint();
    if (checkpoint === undefined) {
      this.config.logger.log(
        "INFO",
        `Could not find trained model in model_dir: ${this.modelDir}, running initialization to predict.`,
      );
    }
    const graph = this.#newGraph();
    const input = await openInput(inputFn, graph);
    try {
      const spec = withGraph(graph, () => this.#callModelFn(input.features, undefined, ModeKeys.PREDICT));
      const warmStart = this.#warmStart(graph, checkpoint);
      yield* predictRows({ graph, input, spec, config: this.config, checkpoint, warmStart, options });
    } finally {
      await input.close();
      runServices(graph).writers.close();
    }
  }

  /**
   * Exports the model for serving as `<base>/<seconds>`, complete or not at all (`export_savedmodel`); gives that folder.
   *
   * `servingInputReceiverFn` builds the placeholders that requests feed and the features the model function takes. Head outputs that an API
   * cannot carry are left out, and the log says why. `experimentalMode` exports the graph that trains or evaluates instead.
   */
  async exportSavedModel(
    base: string,
    servingInputReceiverFn: ServingInputReceiverFn,
    options: ExportOptions = {},
  ): Promise<string> {
    if (typeof servingInputReceiverFn !== "function") throw invalidArgument("An input_receiver_fn must be defined.");
    checkOptions("exportSavedModel", options, exportOptions);
    return this.#export(base, { [options.experimentalMode ?? ModeKeys.PREDICT]: servingInputReceiverFn }, options);
  }

  /** Exports one SavedModel with a graph for each mode that has a receiver function: tags `train`, `eval` and `serve`; gives its folder. */
  async experimentalExportAllSavedModels(
    base: string,
    inputReceiverFnMap: InputReceiverFnMap,
    options: ExportAllOptions = {},
  ): Promise<string> {
    checkOptions("experimentalExportAllSavedModels", options, exportAllOptions);
    return this.#export(base, inputReceiverFnMap, options);
  }

  #export(base: string, receiverFns: InputReceiverFnMap, options: ExportOptions): Promise<string> {
    if (typeof base !== "string" || base === "") {
      throw invalidArgument(`The base folder of exports must be a path, given: ${pythonText(base)}`);
    }
    let checkpoint = options.checkpointPath ?? this.latestCheckpoint();
    if (checkpoint === undefined && this.warmStartSettings !== undefined)
      checkpoint = checkpointPrefix(this.warmStartSettings.ckptToInitializeFrom);
    if (checkpoint === undefined) throw notFound(`Couldn't find trained model at ${this.modelDir}.`);
    return exportModel({
      base,
      receiverFns,
      checkpoint,
      newGraph: () => this.#newGraph(),
      callModelFn: (features, labels, mode) => this.#callModelFn(features, labels, mode),
      config: this.config,
      clock: this.clock,
      options,
    });
  }

  /** Runs `body` with a new graph and its opened input, and closes the input and the event files after it. */
  async #withInput<T>(inputFn: InputFn, body: (graph: Graph, input: OpenInput) => Promise<T>): Promise<T> {
    const graph = this.#newGraph();
    try {
      const input = await openInput(inputFn, graph);
      try {
        return await body(graph, input);
      } finally {
        await input.close();
      }
    } finally {
      runServices(graph).writers.close();
    }
  }

  #warmStart(graph: Graph, checkpoint: string | undefined): ((session: Session) => void) | undefined {
    if (checkpoint !== undefined || this.warmStartSettings === undefined) return undefined;
    return planWarmStart(graph, this.warmStartSettings, this.config.logger);
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
    provideRunServices(graph, {
      logger: this.config.logger,
      clock: this.clock,
      writers: new RunEventWriters(this.#writers),
    });
    if (this.#createsGlobalStep) withGraph(graph, () => getOrCreateGlobalStep());
    return graph;
  }

  #callModelFn(features: Features | FeatureTensor, labels: Labels, mode: Mode): EstimatorSpec {
    const { logger } = this.config;
    logger.log("INFO", "Calling model_fn.");
    // A bare tensor is what the model function gets where the input has no names for it.
    const spec = this.#modelFn({
      features: features as Features,
      labels,
      mode,
      params: this.params,
      config: this.config,
    });
    logger.log("INFO", "Done calling model_fn.");
    if (typeof spec !== "object" || !("mode" in spec))
      throw invalidArgument("model_fn should return an EstimatorSpec.");
    if (spec.mode !== mode)
      throw invalidArgument(`model_fn returned an EstimatorSpec of mode ${spec.mode}, but was called for ${mode}.`);
    return spec;
  }
}
