import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Graph } from "../../graph/graph.js";
import type { Variable } from "../../graph/variable.js";
import type { Session } from "../../runtime/session.js";
import type { Estimator } from "../estimator.js";
import type { InputFn } from "../input.js";
import { getVariable, setVariable } from "../variable-state.js";
import { SecondOrStepTimer } from "./second-or-step-timer.js";
import type { SessionRunContext, SessionRunHook } from "./session-run-hook.js";

/** What is evaluated, and how often. */
export interface InMemoryEvaluatorOptions {
  readonly inputFn: InputFn;
  /** How many batches; default until the input ends. */
  readonly steps?: number;
  readonly hooks?: readonly SessionRunHook[];
  /** Events go to `eval_<name>`. */
  readonly name?: string;
  /** Steps between evaluations; default 100. */
  readonly everyNIter?: number;
}

type OpenEvaluation = Awaited<ReturnType<Estimator["openEvaluation"]>>;

const optionTable: OptionTable<InMemoryEvaluatorOptions> = {
  inputFn: "required",
  steps: "optional",
  hooks: "optional",
  name: "optional",
  everyNIter: "optional",
};

/**
 * Evaluates with the variables as training has them, without a checkpoint: before the first step, every so many steps and at the end
 * (`tf.estimator.experimental.InMemoryEvaluatorHook`).
 */
export class InMemoryEvaluatorHook implements SessionRunHook {
  readonly #estimator: Estimator;
  readonly #options: InMemoryEvaluatorOptions;
  readonly #timer: SecondOrStepTimer;
  #open: OpenEvaluation | undefined;
  #iteration = 0;

  constructor(estimator: Estimator, options: InMemoryEvaluatorOptions) {
    checkOptions("InMemoryEvaluatorHook", options, optionTable);
    const { everyNIter = 100, steps } = options;
    if (!(everyNIter > 0)) throw invalidArgument(`invalid every_n_iter=${everyNIter}.`);
    if (steps !== undefined && !(steps > 0)) throw invalidArgument(`Must specify steps > 0, given: ${steps}`);
    this.#estimator = estimator;
    this.#options = options;
    this.#timer = new SecondOrStepTimer({ everySteps: everyNIter, clock: estimator.clock });
  }

  begin(): void {
    this.#timer.reset();
    this.#iteration = 0;
  }

  async afterCreateSession(session: Session): Promise<void> {
    const { steps, hooks, name } = this.#options;
    this.#open = await this.#estimator.openEvaluation(this.#options.inputFn, {
      ...(steps === undefined ? {} : { steps }),
      ...(hooks === undefined ? {} : { hooks }),
      ...(name === undefined ? {} : { name }),
    });
    await this.#evaluate(session);
  }

  afterRun(context: SessionRunContext): void | Promise<void> {
    this.#iteration += 1;
    if (this.#timer.shouldTriggerForStep(this.#iteration)) return this.#evaluate(context.session);
  }

  async end(session: Session): Promise<void> {
    await this.#evaluate(session);
    await this.#open!.close();
    this.#open = undefined;
  }

  async #evaluate(training: Session): Promise<void> {
    const { evaluation, graph } = this.#open!;
    const trained = new Map(globalVariables(training.graph).map((variable) => [variable.name, variable]));
    const initialize = (session: Session): void => {
      for (const variable of globalVariables(graph)) {
        const from = trained.get(variable.name);
        if (from !== undefined) setVariable(session, variable, getVariable(training, from));
      }
    };
    await evaluation.run({ checkpoint: undefined, initialize });
    this.#timer.updateLastTriggeredStep(this.#iteration);
  }
}

function globalVariables(graph: Graph): readonly Variable[] {
  return graph.getCollection<Variable>(collectionKeys.globalVariables);
}
