import * as tf from "tureen";
import { preprocess, trainingData } from "../examples/fuel-economy/cars.js";

/** The example's input function: shuffled batches, preprocessed in the graph. */
export function getCars(batch: number): tf.estimator.GraphInput {
  const [raw, mileage] = tf.estimator.getNext(trainingData().shuffle(200, { seed: 1 }).repeat().batch(batch));
  return [preprocess(raw as Record<string, tf.Tensor>), mileage as tf.Tensor];
}
