import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { Tensor } from "../../graph/graph.js";
import { getVariableScope } from "../../graph/variable-scope.js";
import { pythonText } from "../feature-column/python-text.js";
import type { Mode } from "../mode-keys.js";
import type { Features, Params } from "../model-fn.js";
import type { RunConfig } from "../run-config.js";
import { type DnnLayers, dnnNetwork } from "./dnn-logits.js";
import { type LinearColumns, linearLogits } from "./linear-logits.js";

/** What a logit function may ask for beside the features. */
export interface LogitFnArgs {
  readonly features: Features;
  readonly mode: Mode;
  readonly params?: Params;
  readonly config?: RunConfig;
}

/** A model's part from features to logits [batch, units]; several of them make one model. */
export type LogitFn<T extends Tensor | Readonly<Record<string, Tensor>> = Tensor> = (args: LogitFnArgs) => T;

/** Options of `dnnLogitFnBuilder`. */
export interface DnnLogitFnOptions extends DnnLayers {
  readonly units: number;
}

/** Options of `linearLogitFnBuilder`. */
export interface LinearLogitFnOptions extends LinearColumns {
  readonly units: number;
}

const dnnTable: OptionTable<DnnLogitFnOptions> = {
  units: "required",
  featureColumns: "required",
  hiddenUnits: "required",
  activationFn: "optional",
  dropout: "optional",
  batchNorm: "optional",
};

const linearTable: OptionTable<LinearLogitFnOptions> = {
  units: "required",
  featureColumns: "required",
  sparseCombiner: "optional",
};

/**
 * The network of the DNN estimators for models of one's own (`tf.estimator.experimental.dnn_logit_fn_builder`): variables
 * `hiddenlayer_0/kernel` and so on under the current scope.
 */
export function dnnLogitFnBuilder(options: DnnLogitFnOptions): LogitFn {
  checkOptions("dnnLogitFnBuilder", options, dnnTable);
  checkUnits(options.units);
  // TensorFlow names the model after the variable scope, and its summaries after the model.
  return ({ features, mode }) =>
    dnnNetwork(options.units, options, features, mode, `${getVariableScope().name || "dnn"}/`);
}

/**
 * The linear model of the linear estimators for models of one's own (`tf.estimator.experimental.linear_logit_fn_builder`): variables
 * `linear_model/<column>/weights` and `linear_model/bias_weights` under the current scope.
 */
export function linearLogitFnBuilder(options: LinearLogitFnOptions): LogitFn {
  checkOptions("linearLogitFnBuilder", options, linearTable);
  checkUnits(options.units);
  return ({ features }) => {
    const { name } = getVariableScope();
    const own = name === "" ? "linear_model" : `${name}/linear_model`;
    return linearLogits(options.units, options, features, own).result;
  };
}

/** Calls a logit function (`tf.estimator.experimental.call_logit_fn`); INVALID_ARGUMENT for a result that is neither a tensor nor a dict of them. */
export function callLogitFn<T extends Tensor | Readonly<Record<string, Tensor>>>(
  logitFn: LogitFn<T>,
  args: LogitFnArgs,
): T {
  const result = logitFn(args);
  const given: unknown = result;
  const isDict = typeof given === "object" && given !== null && !Array.isArray(given);
  if (!(given instanceof Tensor || (isDict && Object.values(given).every((value) => value instanceof Tensor)))) {
    throw invalidArgument(
      `logit_fn should return a Tensor or a dictionary mapping strings to Tensors.  logit_fn returned: ${pythonText(given)}`,
    );
  }
  return result;
}

function checkUnits(units: unknown): void {
  if (Number.isInteger(units)) return;
  const type = typeof units === "number" ? "float" : typeof units === "string" ? "str" : typeof units;
  throw invalidArgument(`units must be an int.  Given type: <class '${type}'>`);
}
