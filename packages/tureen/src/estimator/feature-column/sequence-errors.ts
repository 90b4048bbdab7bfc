import { invalidArgument, type StatusError } from "../../core/status-error.js";
import type { CategoricalColumn } from "./feature-column.js";

/** Python's class of a column, as error texts print it. */
export function columnClass(column: CategoricalColumn): string {
  return `<class 'tensorflow.python.feature_column.feature_column_v2.${column.kind}'>`;
}

/** What an embedding or indicator of a sequence says where a dense layer takes it. */
export function notForSequences(builder: string, name: string, column: CategoricalColumn): StatusError {
  return invalidArgument(
    `In ${builder}: ${name}. categorical_column must not be of type SequenceCategoricalColumn. Suggested fix A: If you wish to use DenseFeatures, use a non-sequence categorical_column_with_*. Suggested fix B: If you wish to create sequence input, use SequenceFeatures instead of DenseFeatures. Given (type ${columnClass(column)}): ${column.description}`,
  );
}

/** What an embedding or indicator of plain ids says where a sequence layer takes it. */
export function onlyForSequences(builder: string, name: string, column: CategoricalColumn): StatusError {
  return invalidArgument(
    `In ${builder}: ${name}. categorical_column must be of type SequenceCategoricalColumn to use SequenceFeatures. Suggested fix: Use one of sequence_categorical_column_with_*. Given (type ${columnClass(column)}): ${column.description}`,
  );
}

/** Whether the column makes sequences of ids. */
export function isSequence(column: CategoricalColumn): boolean {
  return column.kind === "SequenceCategoricalColumn";
}
