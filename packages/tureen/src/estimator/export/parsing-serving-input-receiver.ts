import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build } from "../../graph/build-op.js";
import { parseExample } from "../feature-column/parse-example.js";
import type { RaggedParseExampleSpec } from "../feature-column/parse-spec.js";
import { type ServingInputReceiver, servingInputReceiver } from "./serving-input-receiver.js";

/** How the placeholders of a receiver are made. */
export interface ReceiverOptions {
  /** Fixed number of rows; default any. */
  readonly defaultBatchSize?: number;
}

/** The same for `checkOptions`. */
export const receiverOptionsTable: OptionTable<ReceiverOptions> = { defaultBatchSize: "optional" };

/**
 * A receiver of serialized Examples (`tf.estimator.export.build_parsing_serving_input_receiver_fn`).
 *
 * Requests feed the string vector `input_example_tensor`, named `examples` in Predict signatures; features are what the spec parses of it.
 */
export function buildParsingServingInputReceiverFn(
  spec: RaggedParseExampleSpec,
  options: ReceiverOptions = {},
): () => ServingInputReceiver {
  checkOptions("buildParsingServingInputReceiverFn", options, receiverOptionsTable);
  return () => {
    const examples = build(
      "Placeholder",
      [],
      { dtype: "string", shape: [options.defaultBatchSize ?? -1] },
      "input_example_tensor",
    );
    return servingInputReceiver(parseExample(examples, spec), { examples });
  };
}
