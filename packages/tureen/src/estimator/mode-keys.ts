/** What a model function is called for (`tf.estimator.ModeKeys`). */
export const ModeKeys = Object.freeze({ TRAIN: "train", EVAL: "eval", PREDICT: "infer" } as const);

/** One of the values of ModeKeys. */
export type Mode = (typeof ModeKeys)[keyof typeof ModeKeys];
