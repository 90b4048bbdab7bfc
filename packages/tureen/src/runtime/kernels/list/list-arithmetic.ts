import type { DType, NumericArray } from "../../../core/dtype.js";
import { allocate, type DataOf, dtypeLabel } from "../../../core/dtype.js";
import { elementCount, isCompatible, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { realArray, realData, realValue } from "../linalg/real-data.js";
import { type ListItem, ListStore } from "./list-store.js";
import { listOf, mergeElementShapes, type TensorList, tensorList, withStore } from "./tensor-list.js";

/** Zeros for each element of each list of a variant tensor; elements that were never set stay so. TensorFlow's ZerosLike of a variant. */
export function zerosLikeVariant(value: TensorValue): TensorValue {
  const lists = Array.from(value.data as readonly object[], (_, i) => {
    const list = listOf(value, i);
    return withStore(
      list,
      new ListStore(list.store.items().map((item) => (item === undefined ? undefined : zerosLike(item)))),
    );
  });
  return tensorValue("variant", value.shape, lists);
}

function zerosLike(item: TensorValue): TensorValue {
  if (item.dtype === "variant") return zerosLikeVariant(item);
  return tensorValue(item.dtype, item.shape, allocate(item.dtype, elementCount(item.shape)) as DataOf[DType]);
}

/** The lists of variant tensors added element by element, which TensorFlow's AddN does; one that was never set counts as zeros. */
export function addVariants(values: readonly TensorValue[]): TensorValue {
  const [first, ...rest] = values as [TensorValue, ...TensorValue[]];
  const lists = Array.from(first.data as readonly object[], (_, i) =>
    rest.reduce((sum, value) => addLists(sum, listOf(value, i)), listOf(first, i)),
  );
  return tensorValue("variant", first.shape, lists);
}

function addLists(a: TensorList, b: TensorList): TensorList {
  if (a.elementDtype !== b.elementDtype) {
    throw invalidArgument(
      `Trying to add two lists of tensors of different dtypes. One is ${dtypeLabel(a.elementDtype)} and the other is ${dtypeLabel(b.elementDtype)}`,
    );
  }
  if (!isCompatible(a.elementShape, b.elementShape)) {
    throw invalidArgument(
      `Trying to add two lists of tensors with incompatible element shapes. One is ${shapeText(a.elementShape)} and the other is ${shapeText(b.elementShape)}`,
    );
  }
  if (a.store.length !== b.store.length) {
    throw invalidArgument(
      `Trying to add two lists of tensors with different lengths. One is ${a.store.length} and the other is ${b.store.length}`,
    );
  }
  const other = b.store.items();
  const items = a.store.items().map((item, i) => addItems(item, other[i]));
  return tensorList(a.elementDtype, mergeElementShapes(a.elementShape, b.elementShape), new ListStore(items));
}

function addItems(a: ListItem, b: ListItem): ListItem {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.dtype === "variant") return addVariants([a, b]);
  if (a.dtype === "float16" || a.dtype === "bfloat16") {
    const [x, y] = [realData(a), realData(b)];
    const out = realArray(a.dtype, x.length);
    for (let i = 0; i < out.length; i++) out[i] = x[i]! + y[i]!;
    return realValue(a.dtype, a.shape, out);
  }
  // 64-bit integers add as BigInt, which the types do not show.
  const out = (a.data as NumericArray).slice() as Float64Array;
  const y = b.data as unknown as Float64Array;
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + y[i]!;
  return tensorValue(a.dtype, a.shape, out as unknown as DataOf[DType]);
}
