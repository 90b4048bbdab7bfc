/** `tf.regularizers`: TensorFlow's names, and the same with `Regularizer` at their end. */
export * from "./regularizers.js";
export { l1L2Regularizer as l1L2, l1Regularizer as l1, l2Regularizer as l2 } from "./regularizers.js";
