/** What a model function is called for (`tf.estimator.ModeKeys`). */
export const ModeKeys: Readonly<{ TRAIN: "train"; EVAL: "eval"; PREDICT: "infer" }> = Object.freeze({
  TRAIN: "train",
  EVAL: "eval",
  PREDICT: "infer",
});

/** One of the values of ModeKeys. */
export type Mode = (typeof ModeKeys)[keyof typeof ModeKeys];
