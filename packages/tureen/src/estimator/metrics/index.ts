export type { Metric } from "../metric.js";
export { type AccuracyMetric, accuracyMetric, binaryAccuracyMetric } from "./accuracy-metric.js";
export { aucMetric } from "./auc-metric.js";
export { type MeanMetric, meanMetric } from "./mean-metric.js";
export { precisionMetric, recallMetric } from "./precision-recall-metric.js";
export { accuracy, mean } from "./streaming.js";
