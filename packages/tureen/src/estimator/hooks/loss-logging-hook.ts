import { numpyText } from "../numpy-text.js";
import { type RunServices, runServices } from "../run-services.js";
import { logStats } from "./logging-tensor-hook.js";
import { SecondOrStepTimer } from "./second-or-step-timer.js";
import type { SessionRunContext, SessionRunHook, SessionRunValues } from "./session-run-hook.js";

/**
 * Logs `loss = …, step = …` every so many steps, as TensorFlow's Estimator does with a LoggingTensorHook.
 *
 * The loss comes with every step and the step is read before it, so that no step needs a plan of its own to be logged.
 */
export function lossLoggingHook(options: { readonly everyNSteps: number }): SessionRunHook {
  let services: RunServices;
  let timer: SecondOrStepTimer;
  let [iteration, step, asked] = [0, 0, false];
  return {
    begin() {
      services = runServices();
      timer = new SecondOrStepTimer({ everySteps: options.everyNSteps, clock: services.clock });
    },
    beforeRun(context: SessionRunContext) {
      asked = timer.shouldTriggerForStep(iteration);
      if (asked) step = context.globalStep;
      return undefined;
    },
    afterRun(_context: SessionRunContext, { loss }: SessionRunValues) {
      if (asked) {
        const { seconds } = timer.updateLastTriggeredStep(iteration);
        logStats(
          services.logger,
          [
            ["loss", numpyText(loss!)],
            ["step", String(step)],
          ],
          seconds,
        );
      }
      iteration += 1;
    },
  };
}
