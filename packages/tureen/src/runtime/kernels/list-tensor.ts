import type { DType } from "../../core/dtype.js";
import {
  elementCount,
  isCompatible,
  isFullyDefined,
  type PartialShape,
  type Shape,
  shapeText,
} from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { intValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { indicesOf, integerOf, integersValue } from "./array/cells.js";
import { type ListItem, ListStore } from "./list/list-store.js";
import { joinRows, rowsOf, slicePart, zeroElement } from "./list/rows.js";
import {
  checkDtype,
  listOf,
  listValue,
  mergeElementShapes,
  scalarListOf,
  shapeOfTensor,
  type TensorList,
  tensorList,
  uninitializedShape,
  withStore,
} from "./list/tensor-list.js";

const emptyTensorList: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([shape, limit]) => {
    if (limit!.shape.length !== 0) {
      throw invalidArgument(`max_num_elements expected to be a scalar ,but got shape: ${shapeText(limit!.shape)}`);
    }
    return [listValue(tensorList(dtype, shapeOfTensor(shape!), new ListStore([]), integerOf(limit!)))];
  };
};

const reserve: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([shape, count]) => {
    if (count!.shape.length !== 0) {
      throw invalidArgument(`The num_elements to reserve must be a tensor size 1, but got ${shapeText(count!.shape)}`);
    }
    const size = integerOf(count!);
    if (size < 0) throw invalidArgument(`The num_elements to reserve must be a non negative number, but got ${size}`);
    return [
      listValue(tensorList(dtype, shapeOfTensor(shape!), new ListStore(new Array<ListItem>(size).fill(undefined)))),
    ];
  };
};

const fromTensor: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([tensor, elementShape]) => {
    const declared = shapeOfTensor(elementShape!);
    if (tensor!.shape.length < 1) {
      throw invalidArgument(`Tensor must be at least a vector, but saw shape: ${shapeText(tensor!.shape)}`);
    }
    checkRowShape(declared, tensor!.shape.slice(1));
    return [listValue(tensorList(dtype, declared, new ListStore(rowsOf(tensor!))))];
  };
};

function checkRowShape(declared: PartialShape, row: Shape): void {
  if (!isCompatible(declared, row)) {
    throw invalidArgument(
      `Specified a list with shape ${shapeText(declared)} from a tensor with shape ${shapeText(row)}`,
    );
  }
}

const stack: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  const expected = attrs.int("num_elements");
  return ([handle, elementShape]) => {
    const list = scalarListOf(handle!);
    checkDtype(list, dtype);
    const { store } = list;
    if (expected !== -1 && store.length !== expected) {
      throw invalidArgument(
        `Operation expected a list with ${expected} elements but got a list with ${store.length} elements.`,
      );
    }
    const shape = uninitializedShape(list, shapeOfTensor(elementShape!));
    if (!isFullyDefined(shape)) {
      throw invalidArgument(
        store.length === 0
          ? `Tried to stack elements of an empty list with non-fully-defined element_shape: ${shapeText(shape)}`
          : `Tried to stack list which only contains uninitialized tensors and has a non-fully-defined element_shape: ${shapeText(shape)}`,
      );
    }
    return [joinRows(dtype, filledItems(store.items(), dtype, shape), [store.length, ...shape])];
  };
};

/** The items, each of the given shape, with zeros where one was never set. */
function filledItems(items: readonly ListItem[], dtype: DType, shape: Shape): TensorValue[] {
  let zero: TensorValue | undefined;
  return items.map((item) => {
    if (item !== undefined) return item;
    zero ??= zeroElement(dtype, shape);
    return zero;
  });
}

const getItem: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([handle, index, elementShape]) => {
    const list = scalarListOf(handle!);
    checkDtype(list, dtype);
    const at = integerOf(index!);
    if (at < 0 || at >= list.store.length) {
      throw invalidArgument(`Trying to access element ${at} in a list with ${list.store.length} elements.`);
    }
    const item = list.store.items()[at];
    if (item !== undefined) return [item];
    const shape = uninitializedShape(list, shapeOfTensor(elementShape!));
    if (!isFullyDefined(shape)) {
      throw invalidArgument(
        `Trying to read an uninitialized tensor but element_shape is not fully defined: ${shapeText(shape)} and no list element is set.`,
      );
    }
    return [zeroElement(dtype, shape)];
  };
};

const setItem: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  const grows = attrs.bool("resize_if_index_out_of_bounds");
  return ([handle, index, item]) => {
    const list = scalarListOf(handle!);
    checkDtype(list, dtype);
    const at = integerOf(index!);
    const { length } = list.store;
    if (at < 0 || (at >= length && !grows)) {
      throw invalidArgument(`Trying to modify element ${at} in a list with ${length} elements.`);
    }
    if (!isCompatible(list.elementShape, item!.shape)) {
      throw invalidArgument(
        `Tried to set a tensor with incompatible shape at a list index. Item element shape: ${shapeText(item!.shape)} list shape: ${shapeText(list.elementShape)}`,
      );
    }
    let { store } = list;
    for (let i = length; i < at; i++) store = store.with(i, undefined);
    return [listValue(withStore(list, store.with(at, item!)))];
  };
};

function checkPush(list: TensorList, shape: Shape, dtype: DType): void {
  if (!isCompatible(list.elementShape, shape)) {
    throw invalidArgument(
      `Tried to append a tensor with incompatible shape to a list. Op element shape: ${shapeText(shape)} list shape: ${shapeText(list.elementShape)}`,
    );
  }
  checkDtype(list, dtype);
  if (list.maxNumElements !== -1 && list.store.length >= list.maxNumElements) {
    throw invalidArgument(
      `Tried to push item into a full list list size: ${list.store.length} max_num_elements: ${list.maxNumElements}`,
    );
  }
}

const pushBack: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([handle, tensor]) => {
    const list = scalarListOf(handle!);
    checkPush(list, tensor!.shape, dtype);
    return [listValue(withStore(list, list.store.with(list.store.length, tensor!)))];
  };
};

const popBack: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([handle, elementShape]) => {
    const list = scalarListOf(handle!);
    checkDtype(list, dtype);
    if (list.store.length === 0) throw invalidArgument("Trying to pop from an empty list.");
    const item = list.store.items().at(-1) ?? unsetLast(list, shapeOfTensor(elementShape!));
    return [listValue(withStore(list, list.store.withoutLast())), item];
  };
};

function unsetLast(list: TensorList, requested: PartialShape): TensorValue {
  const shape = mergeElementShapes(requested, list.elementShape);
  if (!isFullyDefined(shape)) {
    throw invalidArgument(
      `Trying to read an uninitialized tensor but element_shape is not fully defined: ${shapeText(shape)}`,
    );
  }
  return zeroElement(list.elementDtype, shape);
}

const resize: KernelFactory = () => {
  return ([handle, size]) => {
    const list = scalarListOf(handle!);
    const wanted = integerOf(size!);
    if (wanted < 0) throw invalidArgument(`TensorListSlice expects size to be non-negative. Got: ${wanted}`);
    const items = list.store.items().slice(0, wanted);
    while (items.length < wanted) items.push(undefined);
    return [listValue(withStore(list, new ListStore(items)))];
  };
};

const elementShape: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("shape_type");
  return ([handle]) => {
    const shape = listOf(handle!).elementShape;
    return [shape === undefined ? integersValue(dtype, [], [-1]) : integersValue(dtype, [shape.length], shape)];
  };
};

const gather: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([handle, indices, elementShape]) => {
    const list = scalarListOf(handle!);
    checkDtype(list, dtype);
    const requested = mergeElementShapes(shapeOfTensor(elementShape!), list.elementShape);
    const items = list.store.items();
    const chosen = Array.from(indicesOf(indices!), (index) => {
      if (index < 0 || index >= items.length) {
        throw invalidArgument(`Index ${index} out o range; list only has ${items.length} elements.`);
      }
      return items[index];
    });
    let shape = requested;
    for (const item of chosen) if (item !== undefined) shape = mergeElementShapes(shape, item.shape);
    if (!isFullyDefined(shape)) {
      throw invalidArgument(
        chosen.length === 0
          ? `Tried to gather 0-elements from a list with non-fully-defined shape: ${shapeText(shape)}`
          : `Tried to gather uninitialized tensors from a list with non-fully-defined element_shape: ${shapeText(shape)}`,
      );
    }
    return [joinRows(dtype, filledItems(chosen, dtype, shape), [chosen.length, ...shape])];
  };
};

/** Puts rows at indices of a list's items, which grow where they must. */
function scatterInto(items: ListItem[], tensor: TensorValue, indices: ArrayLike<number>): ListItem[] {
  const rows = rowsOf(tensor);
  for (let i = 0; i < indices.length; i++) {
    while (items.length <= indices[i]!) items.push(undefined);
    items[indices[i]!] = rows[i]!;
  }
  return items;
}

function checkScatter(tensor: TensorValue, indices: ArrayLike<number>): void {
  if (tensor.shape.length < 1) {
    throw invalidArgument(`Tensor must be at least a vector, but saw shape: ${shapeText(tensor.shape)}`);
  }
  for (let i = 0; i < indices.length; i++) {
    if (indices[i]! < 0) throw invalidArgument("Indices in TensorListScatter must all be non-negative.");
  }
  if (tensor.shape[0] !== indices.length) {
    throw invalidArgument(
      `Invalid number of rows in input tensor. Expected: ${indices.length} Actual: ${tensor.shape[0]}`,
    );
  }
}

const scatter: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([tensor, indexTensor, elementShape, sizeTensor]) => {
    const declared = shapeOfTensor(elementShape!);
    const indices = indicesOf(indexTensor!);
    const size = sizeTensor === undefined ? -1 : integerOf(sizeTensor);
    if (size < -1) {
      throw invalidArgument(`TensorListScatter expects num_elements >= -1, found: ${size}`);
    }
    for (const index of indices) {
      if (size !== -1 && index >= size) {
        throw invalidArgument(`TensorListScatter: Trying to scatter at index ${index} in list with size ${size}`);
      }
    }
    checkScatter(tensor!, indices);
    checkRowShape(declared, tensor!.shape.slice(1));
    const items = new Array<ListItem>(Math.max(size, 0)).fill(undefined);
    return [listValue(tensorList(dtype, declared, new ListStore(scatterInto(items, tensor!, indices))))];
  };
};

const scatterIntoExisting: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([handle, tensor, indexTensor]) => {
    const list = scalarListOf(handle!);
    checkDtype(list, dtype);
    const indices = indicesOf(indexTensor!);
    checkScatter(tensor!, indices);
    checkRowShape(list.elementShape, tensor!.shape.slice(1));
    const items = scatterInto([...list.store.items()], tensor!, indices);
    return [listValue(withStore(list, new ListStore(items)))];
  };
};

const split: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([tensor, elementShape, lengthTensor]) => {
    const declared = shapeOfTensor(elementShape!);
    if (tensor!.shape.length < 1) {
      throw invalidArgument(`Tensor must be at least a vector, but saw shape: ${shapeText(tensor!.shape)}`);
    }
    const [rows = 0, ...rest] = tensor!.shape;
    if (declared !== undefined && !isCompatible([-1, ...declared.slice(1)], tensor!.shape)) {
      throw invalidArgument(
        `tensor shape ${shapeText(tensor!.shape)} is not compatible with element_shape ${shapeText(declared)}`,
      );
    }
    const size = elementCount(rest);
    const items: ListItem[] = [];
    let at = 0;
    for (const length of indicesOf(lengthTensor!)) {
      if (length < 0) throw invalidArgument(`Invalid value in lengths: ${length}`);
      if (at + length > rows) {
        throw invalidArgument(`Attempting to slice [${at}, ${at + length}] from tensor with length ${rows}`);
      }
      items.push(slicePart(tensor!, at * size, [length, ...rest]));
      at += length;
    }
    if (at < rows) throw invalidArgument(`Unused values in tensor. Length of tensor: ${rows} Values used: ${at}`);
    return [listValue(tensorList(dtype, declared, new ListStore(items)))];
  };
};

function concat(isV2: boolean): KernelFactory {
  return ({ attrs }) => {
    const dtype = attrs.type("element_dtype");
    const fixedShape = isV2 ? undefined : attrs.shape("element_shape");
    return ([handle, shapeTensor, leading]) => {
      const list = scalarListOf(handle!);
      checkDtype(list, dtype);
      const requested = isV2 ? shapeOfTensor(shapeTensor!) : fixedShape;
      const items = list.store.items();
      const shape = mergeElementShapes(requested, list.elementShape);
      if (shape?.length === 0) throw scalarsRefused();
      let rest: PartialShape = shape?.slice(1);
      for (const item of items) {
        if (item === undefined) continue;
        if (item.shape.length < 1) throw scalarsRefused();
        rest = mergeElementShapes(rest, item.shape.slice(1));
      }
      if (!isFullyDefined(rest)) {
        throw invalidArgument(
          items.length === 0
            ? `All except the first dimension must be fully defined when concating an empty tensor list. element_shape: ${shapeText(rest)}`
            : `Tried to concat uninitialized tensors from a list with non-fully-defined element_shape: ${shapeText(rest)}`,
        );
      }
      const partShape = [shape?.[0] ?? -1, ...rest];
      const unset = leading === undefined ? new Int32Array(0) : indicesOf(leading);
      const parts = items.map((item, i) => item ?? unsetPart(dtype, partShape, unset, i));
      const lengths = parts.map((part) => part.shape[0]!);
      const total = lengths.reduce((sum, length) => sum + length, 0);
      return [joinRows(dtype, parts, [total, ...rest]), integersValue("int64", [lengths.length], lengths)];
    };
  };
}

function scalarsRefused(): Error {
  return invalidArgument("Concat requires elements to be at least vectors, found scalars instead.");
}

/** Zeros for an element that was never set, as long as `leading_dims` or the element shape says. */
function unsetPart(dtype: DType, shape: readonly number[], leading: ArrayLike<number>, index: number): TensorValue {
  const length = leading.length > index ? leading[index]! : shape[0]!;
  if (length < 0) {
    throw invalidArgument(
      `Concating lists with uninitialized tensors is not supported in this version of TensorListConcat. Consider updating your GraphDef to run the newer version.`,
    );
  }
  return zeroElement(dtype, [length, ...shape.slice(1)]);
}

const concatLists: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([a, b]) => {
    if (a!.data.length !== b!.data.length) {
      throw invalidArgument("input_a and input_b must have the same shape.");
    }
    const joined = Array.from(a!.data as readonly object[], (_, i) => {
      const [x, y] = [listOf(a!, i), listOf(b!, i)];
      checkDtype(x, dtype);
      checkDtype(y, dtype);
      const shape = mergeElementShapes(x.elementShape, y.elementShape);
      return tensorList(dtype, shape, new ListStore([...x.store.items(), ...y.store.items()]));
    });
    return [tensorValue("variant", a!.shape, joined)];
  };
};

const pushBackBatch: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("element_dtype");
  return ([handles, tensor]) => {
    const count = elementCount(handles!.shape);
    if (tensor!.shape.length < 1 || tensor!.shape[0] !== count) {
      throw invalidArgument(`Invalid list length: ${count} vs. ${tensor!.shape[0] ?? "a scalar"}`);
    }
    const rows = rowsOf(tensor!);
    const lists = rows.map((row, i) => {
      const list = listOf(handles!, i);
      checkPush(list, row.shape, dtype);
      return withStore(list, list.store.with(list.store.length, row));
    });
    return [tensorValue("variant", handles!.shape, lists)];
  };
};

/** Host kernels of TensorLists. */
export const listTensorKernels: KernelTable = {
  EmptyTensorList: emptyTensorList,
  TensorListReserve: reserve,
  TensorListFromTensor: fromTensor,
  TensorListStack: stack,
  TensorListGetItem: getItem,
  TensorListSetItem: setItem,
  TensorListPushBack: pushBack,
  TensorListPopBack: popBack,
  TensorListLength:
    () =>
    ([handle]) => [intValue([listOf(handle!).store.length], [])],
  TensorListResize: resize,
  TensorListElementShape: elementShape,
  TensorListGather: gather,
  TensorListScatter: scatter,
  TensorListScatterV2: scatter,
  TensorListScatterIntoExistingList: scatterIntoExisting,
  TensorListSplit: split,
  TensorListConcat: concat(false),
  TensorListConcatV2: concat(true),
  TensorListConcatLists: concatLists,
  TensorListPushBackBatch: pushBackBatch,
};
