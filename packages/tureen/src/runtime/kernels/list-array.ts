import { type DType, dtypeLabel, dtypeNumber } from "../../core/dtype.js";
import {
  elementCount,
  isFullyDefined,
  mergeShapes,
  type PartialShape,
  sameShape,
  shapeText,
} from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { floatValue, intValue, type TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { indicesOf, integerOf, integersValue } from "./array/cells.js";
import { joinRows, rowsOf, slicePart } from "./list/rows.js";
import { statefulHandle, stateOf, TensorArray } from "./list/tensor-array.js";

const arrayKind = "TensorArray";
const stackKind = "Stack";

/** Arrays and stacks of one name are told apart in messages by a number, as in TensorFlow. */
let made = 0;

function uniqueName(name: string): string {
  const number = made;
  made += 1;
  return `${name}_${number}`;
}

const arrayOf = (handle: TensorValue): TensorArray => stateOf<TensorArray>(handle, arrayKind);

function checkWritten(array: TensorArray, dtype: DType): void {
  if (array.dtype === dtype) return;
  throw invalidArgument(
    `TensorArray dtype is ${dtypeLabel(array.dtype)} but Op is trying to write dtype ${dtypeLabel(dtype)}.`,
  );
}

function checkRequested(array: TensorArray, dtype: DType): void {
  if (array.dtype === dtype) return;
  throw invalidArgument(`TensorArray dtype is ${dtypeLabel(array.dtype)} but Op requested dtype ${dtypeLabel(dtype)}.`);
}

const tensorArray: KernelFactory = ({ attrs, name }) => {
  const dtype = attrs.type("dtype");
  const given = attrs.text("tensor_array_name");
  const init = {
    dtype,
    elementShape: attrs.shape("element_shape"),
    dynamicSize: attrs.bool("dynamic_size"),
    clearAfterRead: attrs.bool("clear_after_read"),
    identicalShapes: attrs.bool("identical_element_shapes"),
  };
  return ([sizeTensor]) => {
    if (sizeTensor!.shape.length !== 0) {
      throw invalidArgument(`TensorArray size must be scalar, but had shape: ${shapeText(sizeTensor!.shape)}`);
    }
    const size = integerOf(sizeTensor!);
    if (size < 0) throw invalidArgument("Size should be >= 0.");
    const unique = uniqueName(given === "" ? name : given);
    return [statefulHandle(arrayKind, unique, new TensorArray({ ...init, name: unique, size })), floatValue([0], [])];
  };
};

const tensorArrayGrad: KernelFactory = ({ attrs }) => {
  const source = attrs.text("source");
  return ([handle, flow]) => {
    const gradient = arrayOf(handle!).gradient(source);
    return [statefulHandle(arrayKind, gradient.name, gradient), flow!];
  };
};

const write: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("T");
  return ([handle, index, value, flow]) => {
    const array = arrayOf(handle!);
    checkWritten(array, dtype);
    array.write(integerOf(index!), value!);
    return [flow!];
  };
};

const read: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("dtype");
  return ([handle, index]) => {
    const array = arrayOf(handle!);
    checkRequested(array, dtype);
    return [array.read(integerOf(index!))];
  };
};

const gather: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("dtype");
  const declared = attrs.shape("element_shape");
  return ([handle, indexTensor]) => {
    const array = arrayOf(handle!);
    checkRequested(array, dtype);
    const indices = indicesOf(indexTensor!);
    if (indices.length === 0) {
      const shape = mergeShapes(declared, array.elementShape);
      if (!isFullyDefined(shape)) {
        throw unimplemented(
          `TensorArray has size zero, but element shape ${shapeText(shape)} is not fully defined. Currently only static shapes are supported when packing zero-size TensorArrays.`,
        );
      }
      return [joinRows(dtype, [], [0, ...shape])];
    }
    for (const index of indices) {
      if (index < 0 || index >= array.size) {
        throw invalidArgument(`Tried to read from index ${index} but array size is: ${array.size}`);
      }
    }
    const items = Array.from(indices, (index) => array.read(index));
    const [first] = items as [TensorValue];
    checkAlike(items);
    return [joinRows(dtype, items, [items.length, ...first.shape])];
  };
};

function checkAlike(items: readonly TensorValue[]): void {
  items.forEach((item, i) => {
    if (!sameShape(item.shape, items[0]!.shape)) {
      throw invalidArgument(
        `TensorArray has inconsistent shapes.  Index 0 has shape: ${shapeText(items[0]!.shape)} but index ${i} has shape: ${shapeText(item.shape)}`,
      );
    }
  });
}

const scatter: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("T");
  return ([handle, indexTensor, value, flow]) => {
    const array = arrayOf(handle!);
    checkWritten(array, dtype);
    const indices = indicesOf(indexTensor!);
    if (value!.shape.length < 1) {
      throw invalidArgument(
        `Input value for unpack must be at least a vector but received shape: ${shapeText(value!.shape)}`,
      );
    }
    if (indices.length !== value!.shape[0]) {
      throw invalidArgument(
        `Expected len(indices) == values.shape[0], but saw: ${indices.length} vs. ${value!.shape[0]}`,
      );
    }
    const largest = Math.max(-1, ...indices);
    if (largest >= array.size && !array.dynamicSize) {
      throw invalidArgument(`Max scatter index must be < array size (${largest} vs. ${array.size})`);
    }
    rowsOf(value!).forEach((row, i) => {
      array.write(indices[i]!, row);
    });
    return [flow!];
  };
};

const size: KernelFactory =
  () =>
  ([handle]) => [intValue([arrayOf(handle!).size], [])];

const concat: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("dtype");
  const except0: PartialShape = attrs.shape("element_shape_except0");
  return ([handle]) => {
    const array = arrayOf(handle!);
    checkRequested(array, dtype);
    if (array.size === 0) {
      if (!isFullyDefined(except0)) {
        throw unimplemented(
          `TensorArray has size zero, but element_shape_except0 ${shapeText(except0)} is not fully defined. Currently only static shapes are supported when concatenating zero-size TensorArrays.`,
        );
      }
      return [joinRows(dtype, [], [0, ...except0]), integersValue("int64", [0], [])];
    }
    const items = Array.from({ length: array.size }, (_, i) => array.read(i));
    const rest = items[0]!.shape.slice(1);
    items.forEach((item, i) => {
      if (item.shape.length < 1) {
        throw invalidArgument(
          `Concat saw a scalar shape at index ${i} but requires at least vectors.  Did you mean to call pack?`,
        );
      }
      if (!sameShape(item.shape.slice(1), rest)) {
        throw invalidArgument(
          `TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) shape: ${shapeText(rest)} but index ${i} has (excepting dimension 0) shape: ${shapeText(item.shape.slice(1))}`,
        );
      }
    });
    const lengths = items.map((item) => item.shape[0]!);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    return [joinRows(dtype, items, [total, ...rest]), integersValue("int64", [lengths.length], lengths)];
  };
};

const split: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("T");
  return ([handle, value, lengthTensor, flow]) => {
    const array = arrayOf(handle!);
    checkWritten(array, dtype);
    if (lengthTensor!.shape.length !== 1) {
      throw invalidArgument(`Expected lengths to be a vector, received shape: ${shapeText(lengthTensor!.shape)}`);
    }
    if (value!.shape.length < 1) {
      throw invalidArgument(`Expected value to be at least a vector, but received shape: ${shapeText(value!.shape)}`);
    }
    const lengths = indicesOf(lengthTensor!);
    let total = 0;
    for (const length of lengths) total += length;
    if (total !== value!.shape[0]) {
      throw invalidArgument(
        `Expected sum of lengths to be equal to values.shape[0], but sum of lengths is ${total} and value's shape is: ${shapeText(value!.shape)}`,
      );
    }
    if (array.size !== lengths.length && !(array.dynamicSize && array.size < lengths.length)) {
      throw invalidArgument(
        `TensorArray's size is not equal to the size of lengths (${array.size} vs. ${lengths.length}), and the TensorArray is not marked as dynamically resizeable`,
      );
    }
    const rest = value!.shape.slice(1);
    const rowSize = elementCount(rest);
    let at = 0;
    lengths.forEach((length, i) => {
      array.write(i, slicePart(value!, at * rowSize, [length, ...rest]));
      at += length;
    });
    return [flow!];
  };
};

const close: KernelFactory =
  () =>
  ([handle]) => {
    arrayOf(handle!).close();
    return [];
  };

interface Stack {
  readonly name: string;
  readonly dtype: DType;
  readonly limit: number;
  items: TensorValue[] | undefined;
}

function openStack(handle: TensorValue): readonly [Stack, TensorValue[]] {
  const stack = stateOf<Stack>(handle, stackKind);
  if (stack.items === undefined) throw invalidArgument(`Stack[${stack.name}] has already been closed.`);
  return [stack, stack.items];
}

const newStack: KernelFactory = ({ attrs, name }) => {
  const dtype = attrs.type("elem_type");
  const given = attrs.text("stack_name");
  return ([limit]) => {
    if (limit !== undefined && limit.shape.length !== 0)
      throw invalidArgument(`Stack size must be a scalar, but had shape: ${shapeText(limit.shape)}`);
    // The first form of the op has no limit.
    const most = limit === undefined ? -1 : integerOf(limit);
    const stack: Stack = { name: uniqueName(given === "" ? name : given), dtype, limit: most, items: [] };
    return [statefulHandle(stackKind, stack.name, stack)];
  };
};

const push: KernelFactory =
  () =>
  ([handle, element]) => {
    const [stack, items] = openStack(handle!);
    if (element!.dtype !== stack.dtype) {
      throw invalidArgument(`Must have type ${dtypeNumber(stack.dtype)} but got ${dtypeNumber(element!.dtype)}`);
    }
    if (stack.limit >= 0 && items.length >= stack.limit) {
      throw invalidArgument(`Stack[${stack.name}] overflowed its max_size (${stack.limit})`);
    }
    items.push(element!);
    return [element!];
  };

const pop: KernelFactory =
  () =>
  ([handle]) => {
    const [stack, items] = openStack(handle!);
    const element = items.pop();
    if (element === undefined) throw invalidArgument(`Stack[${stack.name}] is empty when calling Pop().`);
    return [element];
  };

const closeStack: KernelFactory =
  () =>
  ([handle]) => {
    stateOf<Stack>(handle!, stackKind).items = undefined;
    return [];
  };

/** Host kernels of TensorArrays and stacks, whose state lives as long as their handles. */
export const listArrayKernels: KernelTable = {
  TensorArrayV3: tensorArray,
  TensorArrayGradV3: tensorArrayGrad,
  TensorArrayWriteV3: write,
  TensorArrayReadV3: read,
  TensorArrayGatherV3: gather,
  TensorArrayScatterV3: scatter,
  TensorArraySizeV3: size,
  TensorArrayConcatV3: concat,
  TensorArraySplitV3: split,
  TensorArrayCloseV3: close,
  Stack: newStack,
  StackPush: push,
  StackPop: pop,
  StackClose: closeStack,
  StackV2: newStack,
  StackPushV2: push,
  StackPopV2: pop,
  StackCloseV2: closeStack,
};
