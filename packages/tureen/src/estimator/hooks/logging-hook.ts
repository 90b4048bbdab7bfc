import type { Logger } from "../log.js";
import type { SessionRunHook } from "./session-run-hook.js";

/** `%g`-like: as few digits as numpy prints a float32 with. */
function shortFloat(value: number): string {
  return String(Number(value.toPrecision(8)));
}

/** Logs `loss = …, step = …` every `everyNSteps` steps, and the steps a second (`LoggingTensorHook` and `StepCounterHook` in one). */
export function loggingHook(options: { readonly everyNSteps: number; readonly logger: Logger }): SessionRunHook {
  const { everyNSteps, logger } = options;
  let lastTime: number | undefined;
  let lastStep = 0;
  return {
    afterRun(context, { loss }) {
      const step = context.globalStep;
      if (lastTime !== undefined && step - lastStep < everyNSteps) return;
      const now = performance.now();
      const text = loss === undefined ? "" : `loss = ${shortFloat((loss.data as Float32Array)[0]!)}, `;
      if (lastTime === undefined) {
        logger.log("INFO", `${text}step = ${step - 1}`);
        lastStep = step - 1;
      } else {
        const seconds = (now - lastTime) / 1000;
        logger.log("INFO", `global_step/sec: ${shortFloat((step - lastStep) / seconds)}`);
        logger.log("INFO", `${text}step = ${step} (${seconds.toFixed(3)} sec)`);
        lastStep = step;
      }
      lastTime = now;
    },
  };
}
