import { invalidArgument } from "../../core/status-error.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import type { Head } from "../head/head.js";
import { SequentialHeadWrapper } from "../head/sequential-head.js";
import { gruCell } from "../layers/recurrent/gru-cell.js";
import { lstmCell } from "../layers/recurrent/lstm-cell.js";
import type { RnnCell } from "../layers/recurrent/rnn-cell.js";
import { simpleRnnCell } from "../layers/recurrent/simple-rnn-cell.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { getOptimizer, type OptimizerLike } from "../optimizer/get-optimizer.js";
import { checkFeatures } from "./estimator-options.js";
import { type RecurrentLayer, type RnnLayers, rnnLogits } from "./rnn-logits.js";

/** The recurrent layer of an RNN estimator and how it is trained. */
export interface RnnOptions extends RnnLayers {
  /** Units of each layer, or of the one Keras layer `simple_rnn`, `lstm` or `gru` where it is a number. */
  readonly units?: number | readonly number[] | undefined;
  /** `simple_rnn` (default), `lstm`, `gru`, or what makes a cell of a number of units. */
  readonly cellType?: string | ((units: number) => RnnCell) | undefined;
  /** Instead of units and cell type: makes the cell, or the stacked cells. */
  readonly rnnCellFn?: (() => RnnCell | readonly RnnCell[]) | undefined;
  /** Whether to predict at each step; the head is then a SequentialHeadWrapper. Default false. */
  readonly returnSequences?: boolean | undefined;
  /** Default Adagrad; by name, at 0.05 and with gradients clipped to a norm of 5. */
  readonly optimizer?: OptimizerLike | undefined;
}

/** What `rnnModelFn` builds. */
export interface RnnModelOptions extends RnnOptions {
  readonly head: Head;
}

/** TensorFlow's `rnn._DEFAULT_LEARNING_RATE` and `_DEFAULT_CLIP_NORM`. */
const learningRate = 0.05;
const clipnorm = 5;

const cellTypes: Readonly<Record<string, (units: number) => RnnCell>> = {
  simple_rnn: simpleRnnCell,
  lstm: lstmCell,
  gru: gruCell,
};

/** Checks that options tell one way to make cells and that the head fits, as the constructors do. */
export function checkRnnOptions({ head, returnSequences, rnnCellFn, units, cellType }: RnnModelOptions): void {
  if (returnSequences === true && !(head instanceof SequentialHeadWrapper)) {
    throw invalidArgument("Provided head must be a `_SequentialHead` object when `return_sequences` is set to True.");
  }
  const hasUnits = typeof units === "number" ? units !== 0 : units !== undefined && units.length > 0;
  if (rnnCellFn !== undefined && (hasUnits || cellType !== undefined)) {
    throw invalidArgument("units and cell_type must not be specified when using rnn_cell_fn");
  }
}

/** The model function of RNN estimators (TensorFlow's `RNNEstimator._model_fn`). */
export function rnnModelFn(options: RnnModelOptions): ModelFn {
  const { head, returnSequences = false } = options;
  return ({ features, labels, mode }) => {
    checkFeatures(features);
    const training = mode === ModeKeys.TRAIN;
    const optimizer = training ? optimizerOf(options.optimizer ?? "Adagrad") : undefined;
    if (training) getOrCreateGlobalStep();
    const { result, trainableVariables, updateOps } = rnnLogits(features, {
      ...options,
      units: head.logitsDimension,
      layer: recurrentLayer(options),
      returnSequences,
      training,
    });
    const maskKey = head instanceof SequentialHeadWrapper ? head.inputSequenceMaskKey : undefined;
    const withMask =
      !returnSequences || maskKey === undefined || Object.hasOwn(features, maskKey)
        ? features
        : { ...features, [maskKey]: result.mask };
    return head.createEstimatorSpec({
      features: withMask,
      labels,
      mode,
      logits: result.logits,
      trainableVariables,
      updateOps,
      ...(optimizer === undefined ? {} : { optimizer }),
    });
  };
}

function optimizerOf(optimizer: OptimizerLike): ReturnType<typeof getOptimizer> {
  return typeof optimizer === "string" ? getOptimizer(optimizer, learningRate, { clipnorm }) : getOptimizer(optimizer);
}

/** A Keras layer of its own where units are one number, else cells within the layer `rnn`. */
function recurrentLayer({ units, cellType = "simple_rnn", rnnCellFn }: RnnModelOptions): RecurrentLayer {
  if (rnnCellFn !== undefined) {
    const made = rnnCellFn();
    return { name: "rnn", cells: (Array.isArray(made) ? made : [made]).map(checkCell) };
  }
  const makeCell = typeof cellType === "string" ? cellTypes[cellType] : cellType;
  if (typeof makeCell !== "function") {
    throw invalidArgument(
      "`cell_type` should be a class producing a RNN cell, or a string specifying the cell type. Supported strings are: ['simple_rnn', 'lstm', 'gru'].",
    );
  }
  if (typeof units === "number") {
    return { name: typeof cellType === "string" ? cellType : "rnn", cells: [checkCell(makeCell(units))] };
  }
  return { name: "rnn", cells: (units ?? []).map((count) => checkCell(makeCell(count))) };
}

function checkCell(cell: RnnCell): RnnCell {
  if (typeof cell?.build !== "function" || !Array.isArray(cell.stateSizes)) {
    throw invalidArgument("RNN cell should have a `call` and `state_size` method.");
  }
  return cell;
}
