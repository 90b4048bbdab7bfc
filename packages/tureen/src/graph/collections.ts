/** The standard collections. */
export type CollectionName =
  | "globalVariables"
  | "localVariables"
  | "trainableVariables"
  | "modelVariables"
  | "metricVariables"
  | "globalStep"
  | "losses"
  | "regularizationLosses"
  | "summaries"
  | "updateOps"
  | "tableInitializers"
  | "assetFilepaths"
  | "savers"
  | "saveableObjects"
  | "resources"
  | "trainOp";

/** Names of the standard collections (`tf.GraphKeys`). */
export const collectionKeys: Readonly<Record<CollectionName, string>> = Object.freeze({
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
  saveableObjects: "saveable_objects",
  resources: "resources",
  trainOp: "train_op",
});
