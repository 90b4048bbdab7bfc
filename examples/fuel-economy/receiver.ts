import * as tf from "tureen";
import { preprocess } from "./cars.js";

/** In requests the raw columns come in serialized Examples; what the model sees is preprocessed as in training. */
export function servingInputReceiverFn(): tf.estimator.export.ServingInput {
  const examples = tf.placeholder({ dtype: "string", shape: [-1], name: "examples" });
  const raw = tf.io.parseExample(examples, {
    displacement: tf.io.fixedLenFeature([], "float32"),
    cylinders: tf.io.fixedLenFeature([], "float32"),
    year: tf.io.fixedLenFeature([], "float32"),
    drive: tf.io.fixedLenFeature([], "string", "f"),
  }) as Record<string, tf.Tensor>;
  return tf.estimator.export.servingInputReceiver(preprocess(raw), { examples });
}
