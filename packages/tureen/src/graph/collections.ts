/** Names of the standard collections (`tf.GraphKeys`). */
export const collectionKeys = Object.freeze({
  globalVariables: "variables",
  localVariables: "local_variables",
  trainableVariables: "trainable_variables",
  modelVariables: "model_variables",
  metricVariables: "metric_variables",
  globalStep: "global_step",
  losses: "losses",
  regularizationLosses: "regularization_losses",
  summaries: "summaries",
  updateOps: "update_ops",
  tableInitializers: "table_initializer",
  assetFilepaths: "asset_filepaths",
  savers: "savers",
  trainOp: "train_op",
}) satisfies Readonly<Record<string, string>>;
