/** `tf.summary`: TensorFlow's names, which say in their namespace what they are. */
export {
  histogramSummary as histogram,
  histogramSummary,
  mergeAllSummaries as mergeAll,
  mergeSummaries as merge,
  type SummaryOptions,
  scalarSummary as scalar,
  scalarSummary,
} from "./summary.js";
