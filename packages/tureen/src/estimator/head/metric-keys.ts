/** Names of metrics and losses as `evaluate` and summaries show them (TensorFlow's `MetricKeys`). */
export const metricKeys: Readonly<{
  loss: "loss";
  averageLoss: "average_loss";
  regularizationLoss: "regularization_loss";
  accuracy: "accuracy";
  precision: "precision";
  recall: "recall";
  accuracyBaseline: "accuracy_baseline";
  auc: "auc";
  aucPrecisionRecall: "auc_precision_recall";
  labelMean: "label/mean";
  predictionMean: "prediction/mean";
}> = Object.freeze({
  loss: "loss",
  averageLoss: "average_loss",
  regularizationLoss: "regularization_loss",
  accuracy: "accuracy",
  precision: "precision",
  recall: "recall",
  accuracyBaseline: "accuracy_baseline",
  auc: "auc",
  aucPrecisionRecall: "auc_precision_recall",
  labelMean: "label/mean",
  predictionMean: "prediction/mean",
});

/** Names of predictions (TensorFlow's `PredictionKeys`). */
export const predictionKeys: Readonly<{
  classes: "classes";
  classIds: "class_ids";
  allClasses: "all_classes";
  allClassIds: "all_class_ids";
  logistic: "logistic";
  logits: "logits";
  predictions: "predictions";
  probabilities: "probabilities";
}> = Object.freeze({
  classes: "classes",
  classIds: "class_ids",
  allClasses: "all_classes",
  allClassIds: "all_class_ids",
  logistic: "logistic",
  logits: "logits",
  predictions: "predictions",
  probabilities: "probabilities",
});

/** Signature keys of export outputs. */
export const exportKeys: Readonly<{
  serving: "serving_default";
  classification: "classification";
  regression: "regression";
  predict: "predict";
}> = Object.freeze({
  serving: "serving_default",
  classification: "classification",
  regression: "regression",
  predict: "predict",
});
