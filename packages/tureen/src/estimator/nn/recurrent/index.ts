/** `tf.nn.rnnCell` (`tf.compat.v1.nn.rnn_cell`): cells for `dynamicRnn` and its kin, and what wraps them. */
export {
  basicLstmCell,
  basicRnnCell,
  type GruCellOptions,
  gruCell,
  type LstmCellOptions,
  lstmCell,
} from "./cells.js";
export type { BuiltCell, CellState, LstmState, RnnCell } from "./rnn-cell.js";
export { type DropoutWrapperOptions, dropoutWrapper, multiRnnCell, residualWrapper } from "./wrappers.js";
