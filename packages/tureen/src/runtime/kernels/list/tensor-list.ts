import { type DType, dtypeLabel } from "../../../core/dtype.js";
import { isCompatible, isFullyDefined, mergeShapes, type PartialShape, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../../core/tensor-value.js";
import type { ListStore } from "./list-store.js";

/** What a variant tensor of a list holds: TensorFlow's `TensorList`. Immutable to who holds it. */
export interface TensorList {
  readonly kind: "TensorList";
  readonly elementDtype: DType;
  /** What every element's shape fits. */
  readonly elementShape: PartialShape;
  /** How many elements a push may make it grow to; -1 for any number. */
  readonly maxNumElements: number;
  readonly store: ListStore;
}

/** A list of these items. */
export function tensorList(
  elementDtype: DType,
  elementShape: PartialShape,
  store: ListStore,
  maxNumElements = -1,
): TensorList {
  return Object.freeze({ kind: "TensorList", elementDtype, elementShape, maxNumElements, store });
}

/** The same list with other items. */
export function withStore(list: TensorList, store: ListStore): TensorList {
  return tensorList(list.elementDtype, list.elementShape, store, list.maxNumElements);
}

/** The scalar variant tensor of a list. */
export function listValue(list: TensorList): TensorValue<"variant"> {
  return tensorValue("variant", [], [list]);
}

/** The list in one element of a variant tensor; INVALID_ARGUMENT for what holds none. */
export function listOf(value: TensorValue, index = 0): TensorList {
  const list = (value.data as readonly (Partial<TensorList> | undefined)[])[index];
  if (list?.kind !== "TensorList") {
    throw invalidArgument(`Input handle is not a list. Saw: '${list === undefined ? "empty" : String(list.kind)}'`);
  }
  return list as TensorList;
}

/** The list of a scalar handle. */
export function scalarListOf(value: TensorValue): TensorList {
  if (value.shape.length !== 0) {
    throw invalidArgument(`Input list must be a scalar saw: ${shapeText(value.shape)}`);
  }
  return listOf(value);
}

/** Checks that an op's element dtype is the list's. */
export function checkDtype(list: TensorList, dtype: DType): void {
  if (list.elementDtype === dtype) return;
  throw invalidArgument(
    `Invalid data types; op elements ${dtypeLabel(dtype)} but list elements ${dtypeLabel(list.elementDtype)}`,
  );
}

/** A shape that a tensor holds: a vector of sizes (-1 for unknown ones), or the scalar -1 for unknown rank. */
export function shapeOfTensor(value: TensorValue): PartialShape {
  if (value.shape.length > 1) throw invalidArgument("shape must be a vector of {int32,int64}, got shape");
  const sizes = toIntegers(value);
  if (value.shape.length === 1) return sizes;
  if (sizes[0] !== -1) {
    throw invalidArgument("The only valid scalar shape tensor is the fully unknown shape specified as -1.");
  }
  return undefined;
}

/** Both shapes' knowledge in one, with the text of TensorFlow's `PartialTensorShape::MergeWith`. */
export function mergeElementShapes(a: PartialShape, b: PartialShape): PartialShape {
  if (!isCompatible(a, b)) {
    throw invalidArgument(
      `PartialTensorShape: Incompatible ${a!.length === b!.length ? "shapes" : "ranks"} during merge: ${shapeText(a)} vs. ${shapeText(b)}`,
    );
  }
  return mergeShapes(a, b);
}

/** The shape of elements that were never set: what op and list say, or where that is not enough what set elements have. */
export function uninitializedShape(list: TensorList, requested: PartialShape): PartialShape {
  let shape = mergeElementShapes(requested, list.elementShape);
  if (isFullyDefined(shape)) return shape;
  for (const item of list.store.items()) if (item !== undefined) shape = mergeElementShapes(shape, item.shape);
  return shape;
}
