import type { OptionTable } from "../../../core/check-options.js";

/** What every optimizer of `tf.compat.v1.train` takes besides its own. */
export interface TrainOptions {
  /** TensorFlow's choice between locked and unlocked updates; updates of a session here never overlap, whichever it is. */
  readonly useLocking?: boolean;
  readonly name?: string;
}

/** The same for `checkOptions`. */
export const trainOptions: OptionTable<TrainOptions> = { useLocking: "optional", name: "optional" };
