import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { scalarValue } from "../../core/tensor-value.js";
import type { MaybePromise } from "../../data/index.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation } from "../../graph/graph.js";
import { currentGraph } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { Estimator } from "../estimator.js";
import { pythonText } from "../feature-column/python-text.js";
import { SecondOrStepTimer } from "../hooks/second-or-step-timer.js";
import type { SessionRunContext, SessionRunHook } from "../hooks/session-run-hook.js";
import { type RunServices, runServices } from "../run-services.js";

/** How often a hook looks whether to stop; every 60 seconds unless said. */
export interface EarlyStoppingInterval {
  /** Null with `runEverySteps`. */
  readonly runEverySecs?: number | null | undefined;
  readonly runEverySteps?: number | undefined;
}

/** A variable with this name is in checkpoints of a training that may stop early, as in TensorFlow, whose workers watch it. */
const stopVariableName = "signal_early_stopping/STOP";
const defaultSeconds = 60;

const optionTable: OptionTable<EarlyStoppingInterval> = {
  runEverySecs: "optional",
  runEverySteps: "optional",
};

/** A hook that ends training once a function says so (`tf.estimator.experimental.make_early_stopping_hook`). */
export function makeEarlyStoppingHook(
  estimator: Estimator,
  shouldStopFn: () => MaybePromise<boolean>,
  options: EarlyStoppingInterval = {},
): SessionRunHook {
  checkOptions("makeEarlyStoppingHook", options, optionTable);
  if (!(estimator instanceof Estimator))
    throw invalidArgument(`\`estimator\` must have type \`tf.estimator.Estimator\`. Got: ${pythonText(estimator)}`);
  const { runEverySteps, runEverySecs = runEverySteps === undefined ? defaultSeconds : null } = options;
  if (runEverySecs !== null && runEverySteps !== undefined) {
    throw invalidArgument("Only one of `run_every_secs` and `run_every_steps` must be set.");
  }
  if (typeof shouldStopFn !== "function") throw invalidArgument("`should_stop_fn` must be callable.");
  const timer = new SecondOrStepTimer({
    everySecs: runEverySecs ?? undefined,
    everySteps: runEverySteps,
    clock: estimator.clock,
  });
  return new StopOnPredicateHook(shouldStopFn, timer);
}

class StopOnPredicateHook implements SessionRunHook {
  readonly #shouldStop: () => MaybePromise<boolean>;
  readonly #timer: SecondOrStepTimer;
  #services: RunServices | undefined;
  #stopOp: Operation | undefined;

  constructor(shouldStop: () => MaybePromise<boolean>, timer: SecondOrStepTimer) {
    this.#shouldStop = shouldStop;
    this.#timer = timer;
  }

  begin(): void {
    this.#services = runServices();
    this.#stopOp = stopVariable().assign(scalarValue("bool", true));
  }

  async afterRun(context: SessionRunContext): Promise<void> {
    const step = context.globalStep;
    if (!this.#timer.shouldTriggerForStep(step)) return;
    this.#timer.updateLastTriggeredStep(step);
    if (!(await this.#shouldStop())) return;
    this.#services!.logger.log("INFO", `Requesting early stopping at global step ${step}`);
    context.session.run([], new Map(), [this.#stopOp!]);
    context.requestStop();
  }
}

/** The graph's stop variable, shared by its early stopping hooks. */
function stopVariable(): Variable {
  const known = currentGraph()
    .getCollection<Variable>(collectionKeys.globalVariables)
    .find(({ name }) => name === stopVariableName);
  if (known !== undefined) return known;
  return new Variable({ name: stopVariableName, initializer: scalarValue("bool", false), trainable: false });
}
