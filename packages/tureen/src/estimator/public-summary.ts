/** `tf.summary`: TensorFlow's names, which say in their namespace what they are. */
export {
  audioSummary as audio,
  audioSummary,
  histogramSummary as histogram,
  histogramSummary,
  imageSummary as image,
  imageSummary,
  type MediaSummaryOptions,
  mergeAllSummaries as mergeAll,
  mergeSummaries as merge,
  type SummaryOptions,
  scalarSummary as scalar,
  scalarSummary,
  textSummary as text,
  textSummary,
} from "./summary.js";
