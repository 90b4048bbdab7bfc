import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, withShape } from "../../../core/tensor-value.js";
import { fillEmptyRows } from "../sparse/fill-empty-rows.js";
import { int64Value } from "../sparse/integers.js";

/** RaggedFillEmptyRows: as SparseFillEmptyRows with a row number for each value in place of an index. */
export function raggedFillEmptyRows(
  rowIds: TensorValue,
  values: TensorValue,
  rows: TensorValue,
  defaultValue: TensorValue,
): TensorValue[] {
  if (rowIds.shape.length !== 1) {
    throw invalidArgument(`value_rowids must be a vector, saw: ${shapeText(rowIds.shape)}`);
  }
  if (values.shape.length !== 1) throw invalidArgument(`values must be a vector, saw: ${shapeText(values.shape)}`);
  const count = rowIds.shape[0]!;
  if (count !== values.shape[0]) {
    throw invalidArgument(
      `The length of \`values\` (${values.shape[0]}) must match the first dimension of \`value_rowids\` (${count}).`,
    );
  }
  const size = int64Value([1], [Number((rows.data as BigInt64Array)[0])]);
  const [ids, ...rest] = fillEmptyRows(withShape(rowIds, [count, 1]), values, size, defaultValue);
  return [withShape(ids!, [ids!.shape[0]!]), ...rest];
}
