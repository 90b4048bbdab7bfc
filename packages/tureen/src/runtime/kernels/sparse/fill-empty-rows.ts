import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { fromNumbers, numbersToRead, numbersToWrite, widthOf } from "./arithmetic.js";
import { pick } from "./elements.js";
import { int64Value, numbersOf } from "./integers.js";

/**
 * SparseFillEmptyRows: the sparse tensor with the default at column 0 of each row that has nothing.
 *
 * Gives indices, values, which rows were empty, and where each input entry went. Entries keep their order within a row; rows come in order.
 */
export function fillEmptyRows(
  indices: TensorValue,
  values: TensorValue,
  denseShape: TensorValue,
  defaultValue: TensorValue,
): TensorValue[] {
  if (denseShape.shape.length !== 1)
    throw invalidArgument(`dense_shape must be a vector, saw: ${shapeText(denseShape.shape)}`);
  if (indices.shape.length !== 2) throw invalidArgument(`indices must be a matrix, saw: ${shapeText(indices.shape)}`);
  if (values.shape.length !== 1) throw invalidArgument(`values must be a vector, saw: ${shapeText(values.shape)}`);
  const count = indices.shape[0]!;
  if (count !== values.shape[0]) {
    throw invalidArgument(
      `The length of \`values\` (${values.shape[0]}) must match the first dimension of \`indices\` (${count}).`,
    );
  }
  if (defaultValue.shape.length !== 0) {
    throw invalidArgument(`default_value must be a scalar, saw: ${shapeText(defaultValue.shape)}`);
  }
  if (denseShape.shape[0] === 0) throw invalidArgument("Dense shape cannot be empty.");
  const rank = indices.shape[1]!;
  const rows = numbersOf(denseShape)[0]!;
  if (rows === 0) {
    if (count !== 0) {
      throw invalidArgument(`Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = ${count}`);
    }
    return [
      int64Value([0, rank], []),
      pick(values, [], [0]),
      tensorValue("bool", [0], new Uint8Array(0)),
      int64Value([0], []),
    ];
  }
  const source = indices.data as BigInt64Array;
  const words = new Int32Array(source.buffer, source.byteOffset, source.length * 2);
  // Entries of each row, then where the row's next entry goes.
  const places = new Int32Array(rows + 1);
  let ordered = true;
  let before = 0;
  for (let i = 0; i < count; i++) {
    const low = words[i * rank * 2]!;
    const high = words[i * rank * 2 + 1]!;
    const row = high * 4294967296 + (low >>> 0);
    if (row < 0 || row >= rows) throw invalidArgument(`indices(${i}, 0) is invalid: ${row} >= ${rows}`);
    places[row + 1]!++;
    if (row < before) ordered = false;
    before = row;
  }
  const empty = new Uint8Array(rows);
  let total = 0;
  let anyEmpty = false;
  for (let row = 0; row < rows; row++) {
    const size = places[row + 1]!;
    if (size === 0) {
      empty[row] = 1;
      anyEmpty = true;
    }
    places[row] = total;
    total += size === 0 ? 1 : size;
  }
  const indicator = tensorValue("bool", [rows], empty);
  const reverse = new Int32Array(count * 2);
  const reverseMap = tensorValue("int64", [count], new BigInt64Array(reverse.buffer));
  if (!anyEmpty && ordered) {
    for (let i = 0; i < count; i++) reverse[i * 2] = i;
    return [indices, values, indicator, reverseMap];
  }
  const target = new Int32Array(total * rank * 2);
  const order = new Int32Array(total).fill(-1);
  for (let row = 0; row < rows; row++) if (empty[row] === 1) target[places[row]! * rank * 2] = row;
  for (let i = 0; i < count; i++) {
    const place = places[words[i * rank * 2]!]!++;
    reverse[i * 2] = place;
    order[place] = i;
    for (let k = 0; k < rank * 2; k++) target[place * rank * 2 + k] = words[i * rank * 2 + k]!;
  }
  return [
    tensorValue("int64", [total, rank], new BigInt64Array(target.buffer)),
    pick(values, order, [total], defaultValue),
    indicator,
    reverseMap,
  ];
}

/** SparseFillEmptyRowsGrad: the gradient of the values, and of the default the sum over the rows that were filled. */
export function fillEmptyRowsGrad(reverseIndexMap: TensorValue, gradValues: TensorValue): TensorValue[] {
  if (reverseIndexMap.shape.length !== 1) {
    throw invalidArgument(`reverse_index_map must be a vector, saw: ${shapeText(reverseIndexMap.shape)}`);
  }
  if (gradValues.shape.length !== 1) {
    throw invalidArgument(`grad_values must be a vector, saw: ${shapeText(gradValues.shape)}`);
  }
  const { dtype } = gradValues;
  const total = gradValues.shape[0]!;
  const map = numbersOf(reverseIndexMap);
  const visited = new Uint8Array(total);
  for (const at of map) {
    if (at < 0 || at >= total) {
      throw invalidArgument(`Elements in reverse index must be in [0, ${total}) but got ${at}`);
    }
    visited[at] = 1;
  }
  const width = widthOf(dtype);
  const grads = numbersToRead(gradValues);
  const sum = numbersToWrite(dtype, 1);
  for (let i = 0; i < total; i++) {
    if (visited[i] === 1) continue;
    for (let k = 0; k < width; k++) sum[k] = ((sum[k] as number) + (grads[i * width + k] as number)) as never;
  }
  return [pick(gradValues, map, [map.length]), fromNumbers(dtype, [], sum)];
}
