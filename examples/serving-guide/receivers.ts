import * as tf from "tureen";
import { sepal } from "./flowers.js";

/** Requests carry serialized tf.Examples: what Classify and Regress need. */
export const parsing: () => tf.estimator.export.ServingInput = tf.estimator.export.buildParsingServingInputReceiverFn(
  tf.featureColumn.makeParseExampleSpec([sepal]),
);

/** Requests carry the features themselves, as tensors or as JSON numbers: Predict alone. */
export const raw: () => tf.estimator.export.ServingInput = tf.estimator.export.buildRawServingInputReceiverFn({
  sepal: { dtype: "float32", shape: [-1, 2] },
});

/** Written by hand: requests carry millimetres, the model was trained with centimetres. */
export function millimetres(): tf.estimator.export.ServingInput {
  const received = tf.placeholder({ dtype: "float32", shape: [-1, 2], name: "millimetres" });
  return tf.estimator.export.servingInputReceiver({ sepal: tf.div(received, 10) }, { millimetres: received });
}
