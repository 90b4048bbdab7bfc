import type { Clock } from "../../core/clock.js";
import type { Session } from "../../runtime/session.js";
import type { CheckpointStore } from "../checkpoint/checkpoint-store.js";
import type { Saver } from "../checkpoint/saver.js";
import { readGlobalStep } from "../global-step.js";
import type { Logger } from "../log.js";
import type { SessionRunHook } from "./session-run-hook.js";

/** Told of each checkpoint (`tf.estimator.CheckpointSaverListener`); `afterSave` may end training by returning true. */
export interface CheckpointSaverListener {
  begin?(): void;
  beforeSave?(session: Session, globalStep: number): void | Promise<void>;
  afterSave?(session: Session, globalStep: number): boolean | undefined | Promise<boolean | undefined>;
  end?(session: Session, globalStep: number): void | Promise<void>;
}

/** What a checkpoint saver needs. */
export interface CheckpointSaverOptions {
  readonly store: CheckpointStore;
  readonly saver: () => Saver;
  readonly saveSteps: number | undefined;
  readonly saveSeconds: number | undefined;
  readonly listeners?: readonly CheckpointSaverListener[];
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Saves a checkpoint when the session is made, then by steps or seconds, and at the end (`tf.estimator.CheckpointSaverHook`). */
export function checkpointSaverHook(options: CheckpointSaverOptions): SessionRunHook {
  const { store, logger, clock, listeners = [] } = options;
  let lastStep = -1;
  let lastTime = clock.monotonic();
  const save = (session: Session, step: number): void => {
    logger.log("INFO", `Saving checkpoints for ${step} into ${store.directory}/model.ckpt.`);
    store.save(session, options.saver(), step);
    lastStep = step;
    lastTime = clock.monotonic();
  };
  const saveAndTell = async (session: Session, step: number): Promise<boolean> => {
    logger.log("INFO", `Calling checkpoint listeners before saving checkpoint ${step}...`);
    for (const listener of listeners) await listener.beforeSave?.(session, step);
    save(session, step);
    logger.log("INFO", `Calling checkpoint listeners after saving checkpoint ${step}...`);
    let stop = false;
    for (const listener of listeners) if ((await listener.afterSave?.(session, step)) === true) stop = true;
    return stop;
  };
  const due = (step: number): boolean => {
    if (options.saveSteps !== undefined) return step - lastStep >= options.saveSteps;
    return options.saveSeconds !== undefined && clock.monotonic() - lastTime >= options.saveSeconds * 1000;
  };
  return {
    begin() {
      for (const listener of listeners) listener.begin?.();
    },
    afterCreateSession(session) {
      const step = readGlobalStep(session.resources);
      save(session, step);
      // TensorFlow tells listeners of the first checkpoint too; they skip it where they do not want it.
      for (const listener of listeners) void listener.afterSave?.(session, step);
    },
    afterRun(context) {
      const step = context.globalStep;
      if (!due(step)) return undefined;
      return saveAndTell(context.session, step).then((stop) => {
        if (stop) context.requestStop();
      });
    },
    async end(session) {
      const step = readGlobalStep(session.resources);
      if (step !== lastStep) await saveAndTell(session, step);
      for (const listener of listeners) await listener.end?.(session, step);
    },
  };
}
