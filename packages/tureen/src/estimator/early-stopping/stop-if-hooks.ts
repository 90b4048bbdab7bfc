import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { notFound } from "../../core/status-error.js";
import type { Estimator } from "../estimator.js";
import type { SessionRunHook } from "../hooks/session-run-hook.js";
import { type EarlyStoppingInterval, makeEarlyStoppingHook } from "./make-early-stopping-hook.js";
import { readEvalMetrics } from "./read-eval-metrics.js";

/** Which evaluations are looked at, and how often. */
export interface StopIfOptions extends EarlyStoppingInterval {
  /** The folder with the events of evaluations; default the Estimator's `eval`. */
  readonly evalDir?: string | undefined;
  /** Evaluations before this global step do not count; default 0. */
  readonly minSteps?: number | undefined;
}

const optionTable: OptionTable<StopIfOptions> = {
  evalDir: "optional",
  minSteps: "optional",
  runEverySecs: "optional",
  runEverySteps: "optional",
};

/** Ends training when a metric of an evaluation is greater than a threshold (`tf.estimator.experimental.stop_if_higher_hook`). */
export function stopIfHigherHook(
  estimator: Estimator,
  metricName: string,
  threshold: number,
  options: StopIfOptions = {},
): SessionRunHook {
  checkOptions("stopIfHigherHook", options, optionTable);
  return stopIfCrossed(estimator, metricName, threshold, options, {
    isBetter: (a, b) => a > b,
    comparison: "greater than",
  });
}

/** Ends training when a metric of an evaluation is less than a threshold (`tf.estimator.experimental.stop_if_lower_hook`). */
export function stopIfLowerHook(
  estimator: Estimator,
  metricName: string,
  threshold: number,
  options: StopIfOptions = {},
): SessionRunHook {
  checkOptions("stopIfLowerHook", options, optionTable);
  return stopIfCrossed(estimator, metricName, threshold, options, {
    isBetter: (a, b) => a < b,
    comparison: "less than",
  });
}

/** Ends training when a metric has not grown for so many steps (`tf.estimator.experimental.stop_if_no_increase_hook`). */
export function stopIfNoIncreaseHook(
  estimator: Estimator,
  metricName: string,
  maxStepsWithoutIncrease: number,
  options: StopIfOptions = {},
): SessionRunHook {
  checkOptions("stopIfNoIncreaseHook", options, optionTable);
  return stopIfNoImprovement(estimator, metricName, maxStepsWithoutIncrease, options, {
    isBetter: (a, b) => a > b,
    change: "increase",
  });
}

/** Ends training when a metric has not fallen for so many steps (`tf.estimator.experimental.stop_if_no_decrease_hook`). */
export function stopIfNoDecreaseHook(
  estimator: Estimator,
  metricName: string,
  maxStepsWithoutDecrease: number,
  options: StopIfOptions = {},
): SessionRunHook {
  checkOptions("stopIfNoDecreaseHook", options, optionTable);
  return stopIfNoImprovement(estimator, metricName, maxStepsWithoutDecrease, options, {
    isBetter: (a, b) => a < b,
    change: "decrease",
  });
}

function intervalOf({ evalDir: _, minSteps: __, ...interval }: StopIfOptions): EarlyStoppingInterval {
  return interval;
}

type IsBetter = (a: number, b: number) => boolean;

/** The values of a metric by step; NOT_FOUND where an evaluation does not have it. */
function metricValues(
  estimator: Estimator,
  metricName: string,
  { evalDir, minSteps = 0 }: StopIfOptions,
): (readonly [number, number])[] {
  return [...readEvalMetrics(evalDir ?? estimator.evalDir(), estimator.config.logger)]
    .filter(([step]) => step >= minSteps)
    .map(([step, metrics]) => {
      const value = metrics[metricName];
      if (value === undefined)
        throw notFound(
          `The evaluation at step ${step} has no metric '${metricName}': it has ${Object.keys(metrics).join(", ")}`,
        );
      return [step, value] as const;
    });
}

function stopIfCrossed(
  estimator: Estimator,
  metricName: string,
  threshold: number,
  options: StopIfOptions,
  { isBetter, comparison }: { readonly isBetter: IsBetter; readonly comparison: string },
): SessionRunHook {
  const shouldStop = (): boolean => {
    for (const [step, value] of metricValues(estimator, metricName, options)) {
      if (!isBetter(value, threshold)) continue;
      estimator.config.logger.log(
        "INFO",
        `At step ${step}, metric "${metricName}" has value ${value} which is ${comparison} the configured threshold (${threshold}) for early stopping.`,
      );
      return true;
    }
    return false;
  };
  return makeEarlyStoppingHook(estimator, shouldStop, intervalOf(options));
}

function stopIfNoImprovement(
  estimator: Estimator,
  metricName: string,
  maxSteps: number,
  options: StopIfOptions,
  { isBetter, change }: { readonly isBetter: IsBetter; readonly change: string },
): SessionRunHook {
  const shouldStop = (): boolean => {
    let best: { readonly step: number; readonly value: number } | undefined;
    for (const [step, value] of metricValues(estimator, metricName, options)) {
      if (best === undefined || isBetter(value, best.value)) best = { step, value };
      if (step - best.step < maxSteps) continue;
      estimator.config.logger.log(
        "INFO",
        `No ${change} in metric "${metricName}" for ${step - best.step} steps, which is greater than or equal to max steps (${maxSteps}) configured for early stopping.`,
      );
      return true;
    }
    return false;
  };
  return makeEarlyStoppingHook(estimator, shouldStop, intervalOf(options));
}
