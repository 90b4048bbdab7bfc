import { checkOptions } from "../../core/check-options.js";
import { Estimator } from "../estimator.js";
import type { Head } from "../head/head.js";
import { SequentialHeadWrapper } from "../head/sequential-head.js";
import { runConfig } from "../run-config.js";
import { type CannedOptions, type ClassifierOptions, classifierHead, estimatorOptions } from "./estimator-options.js";
import { headedOptions, rnnClassifierOptions, rnnOptions } from "./option-tables.js";
import { checkRnnOptions, type RnnOptions, rnnModelFn } from "./rnn-model-fn.js";

/** Options of RNNClassifier. */
export interface RnnClassifierOptions extends RnnOptions, ClassifierOptions {
  /** With `returnSequences`: the feature that says which steps count, and its name among the predictions; default `sequence_mask`. */
  readonly sequenceMask?: string | undefined;
  /** With `returnSequences` a feature's name. */
  readonly weightColumn?: ClassifierOptions["weightColumn"];
}

/** A recurrent network under a head of one's own (`tf.estimator.experimental.RNNEstimator`). */
export class RNNEstimator extends Estimator {
  constructor(options: RnnOptions & CannedOptions & { readonly head: Head }) {
    checkOptions("RNNEstimator", options, { ...headedOptions, ...rnnOptions });
    checkRnnOptions(options);
    super(estimatorOptions(options, rnnModelFn(options)));
  }
}

/** A recurrent network that classifies sequences, or each of their steps (`tf.estimator.experimental.RNNClassifier`). */
export class RNNClassifier extends RNNEstimator {
  constructor(options: RnnClassifierOptions) {
    checkOptions("RNNClassifier", options, rnnClassifierOptions);
    // What the head alone takes is no option of RNNEstimator.
    const {
      nClasses: _n,
      weightColumn: _w,
      labelVocabulary: _l,
      lossReduction: _r,
      sequenceMask: _s,
      ...others
    } = options;
    super({ ...others, head: headOf(options) });
  }
}

function headOf(options: RnnClassifierOptions): Head {
  const head = classifierHead(options);
  if (options.returnSequences !== true) return head;
  (options.config ?? runConfig()).logger.log(
    "INFO",
    "Converting head to sequential head with `SequentialHeadWrapper` to allow sequential predictions.",
  );
  return new SequentialHeadWrapper(head, {
    sequenceLengthMask: options.sequenceMask ?? "sequence_mask",
    // The wrapper says what is wrong with a weight column that is no feature's name.
    ...(options.weightColumn === undefined ? {} : { featureColumns: options.weightColumn as string }),
  });
}
