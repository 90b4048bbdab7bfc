export { type BatchNormalizationOptions, batchNormalization } from "./batch-normalization.js";
export { type Activation, type DenseOptions, dense } from "./dense.js";
export { dropout } from "./dropout.js";
export { flatten } from "./flatten.js";
export { gruCell } from "./recurrent/gru-cell.js";
export { lstmCell } from "./recurrent/lstm-cell.js";
export { type RnnOptions, rnn } from "./recurrent/rnn.js";
export type { BuiltCell, RnnCell } from "./recurrent/rnn-cell.js";
export { simpleRnnCell } from "./recurrent/simple-rnn-cell.js";
