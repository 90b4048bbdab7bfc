import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { type DropoutOptions, dropout as dropoutOf } from "../nn/dropout.js";

/** Options of the dropout layer. */
export interface DropoutLayerOptions extends DropoutOptions {
  /** The share of the elements that training sets to zero; default 0.5. */
  readonly rate?: number | undefined;
  /** Whether to drop; default false, which gives the inputs as they are: pass `mode === ModeKeys.TRAIN`. */
  readonly training?: boolean | undefined;
}

const table: OptionTable<DropoutLayerOptions> = {
  rate: "optional",
  training: "optional",
  noiseShape: "optional",
  seed: "optional",
  name: "optional",
};

/** Sets a share of the elements to zero in training and scales the others up by as much (`tf.layers.dropout`). */
export function dropout(inputs: Tensor, options: DropoutLayerOptions = {}): Tensor {
  checkOptions("dropout", options, table);
  const { rate = 0.5, training = false, name = "dropout", ...others } = options;
  if (training) return dropoutOf(inputs, rate, { ...others, name });
  return nameScope(name, () => build("Identity", [inputs], {}, "Identity"));
}
