import { elementCount, type Shape, sameShape, shapeText, stridesOf } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { byteKey, compareBytes } from "../../../core/text.js";
import type { KernelTable } from "../../kernel.js";
import { type Elements, pick } from "./elements.js";
import { compareRows, entriesOf, type SparseEntries } from "./entries.js";
import { int64Value } from "./integers.js";

type Element = number | bigint | Uint8Array;
type Operation = "a-b" | "b-a" | "intersection" | "union";

/** The sets of a tensor: by row, the numbers of the elements that belong to it. */
interface Sets {
  readonly values: TensorValue;
  /** Sizes of all dimensions but the last, over which sets lie. */
  readonly groups: Shape;
  readonly members: ReadonlyMap<number, readonly number[]>;
}

function keyOf(element: Element): string | number | bigint {
  return element instanceof Uint8Array ? byteKey(element) : element;
}

function compare(a: Element, b: Element): number {
  if (a instanceof Uint8Array) return compareBytes(a, b as Uint8Array);
  return a < (b as number) ? -1 : a > (b as number) ? 1 : 0;
}

function denseSets(value: TensorValue): Sets {
  const { shape } = value;
  if (shape.length < 2) throw invalidArgument(`Shape ${shapeText(shape)} has rank ${shape.length} < 2`);
  const width = shape[shape.length - 1]!;
  const groups = shape.slice(0, -1);
  const members = new Map<number, number[]>();
  for (let group = 0; group < elementCount(groups); group++) {
    members.set(
      group,
      Array.from({ length: width }, (_, i) => group * width + i),
    );
  }
  return { values: value, groups, members };
}

function sparseSets(entries: SparseEntries, validate: boolean): Sets {
  const { indices, rank, count, shape } = entries;
  const groups = shape.slice(0, -1);
  const strides = stridesOf(groups);
  const members = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    if (validate) checkEntry(entries, i);
    let group = 0;
    for (let d = 0; d < rank - 1; d++) group += indices[i * rank + d]! * strides[d]!;
    const list = members.get(group);
    if (list === undefined) members.set(group, [i]);
    else list.push(i);
  }
  return { values: entries.values, groups, members };
}

function checkEntry(entries: SparseEntries, i: number): void {
  const { indices, rank, shape } = entries;
  const row = Array.from(indices.subarray(i * rank, (i + 1) * rank));
  if (row.some((index, d) => index < 0 || index >= shape[d]!)) {
    throw invalidArgument(`indices[${i}] = [${row.join(",")}] is out of bounds: need 0 <= index < ${shapeText(shape)}`);
  }
  if (i === 0) return;
  const order = compareRows(indices, i - 1, indices, i, rank);
  if (order > 0) {
    throw invalidArgument(
      `indices[${i}] = [${row.join(",")}] is out of order. Many sparse ops require sorted indices.\n    Use \`tf.sparse.reorder\` to create a correctly ordered copy.\n\n`,
    );
  }
  if (order === 0) throw invalidArgument(`indices[${i}] = [${row.join(",")}] is repeated`);
}

function applyOperation(operation: Operation, first: readonly Element[], second: readonly Element[]): Element[] {
  const a = new Map(first.map((element) => [keyOf(element), element] as const));
  const b = new Map(second.map((element) => [keyOf(element), element] as const));
  let result: Element[];
  switch (operation) {
    case "a-b":
      result = [...a].filter(([key]) => !b.has(key)).map(([, element]) => element);
      break;
    case "b-a":
      result = [...b].filter(([key]) => !a.has(key)).map(([, element]) => element);
      break;
    case "intersection":
      result = [...a].filter(([key]) => b.has(key)).map(([, element]) => element);
      break;
    default:
      result = [...new Map([...a, ...b]).values()];
  }
  return result.sort(compare);
}

function combine(operation: Operation, one: Sets, two: Sets): TensorValue[] {
  if (!sameShape(one.groups, two.groups)) {
    const [a, b] = [one.groups, two.groups];
    throw invalidArgument(`Mismatched shapes ${shapeText(a)} vs ${shapeText(b)}`);
  }
  const { groups } = one;
  const strides = stridesOf(groups);
  const rows: number[] = [];
  const results: Element[] = [];
  let longest = 0;
  const elements = (sets: Sets, group: number): Element[] =>
    (sets.members.get(group) ?? []).map((i) => (sets.values.data as unknown as Element[])[i]!);
  const all = [...new Set([...one.members.keys(), ...two.members.keys()])].sort((a, b) => a - b);
  for (const group of all) {
    const set = applyOperation(operation, elements(one, group), elements(two, group));
    longest = Math.max(longest, set.length);
    set.forEach((element, position) => {
      groups.forEach((size, d) => {
        rows.push(Math.floor(group / strides[d]!) % size);
      });
      rows.push(position);
      results.push(element);
    });
  }
  const rank = groups.length + 1;
  const order = Array.from({ length: results.length }, (_, i) => i);
  const holder = tensorValue(one.values.dtype, [results.length], results as unknown as never);
  const values = pick(holder, order, [results.length]);
  return [int64Value([results.length, rank], rows), values, int64Value([rank], [...groups, longest])];
}

function operationOf(text: string): Operation {
  const operation = text.toLowerCase();
  if (operation === "a-b" || operation === "b-a" || operation === "intersection" || operation === "union")
    return operation;
  throw invalidArgument(`Invalid set_operation ${operation}.`);
}

function sparseInput(indices: TensorValue, values: TensorValue, shape: TensorValue): SparseEntries {
  if (shape.shape.length !== 1)
    throw invalidArgument(`Expected sparse shape to be a vector, got shape ${shapeText(shape.shape)}`);
  if (shape.shape[0]! < 2) throw invalidArgument(`Invalid rank ${shape.shape[0]}.`);
  return entriesOf(indices, values, shape);
}

/** Set operations on the last dimension of dense and sparse tensors; results are sorted and without repeats. */
export const setKernels: KernelTable = {
  DenseToDenseSetOperation: ({ attrs }) => {
    const operation = operationOf(attrs.text("set_operation"));
    return ([set1, set2]) => {
      return combine(operation, denseSets(set1!), denseSets(set2!));
    };
  },

  DenseToSparseSetOperation: ({ attrs }) => {
    const operation = operationOf(attrs.text("set_operation"));
    const validate = attrs.bool("validate_indices");
    return ([set1, indices, values, shape]) => {
      const entries = sparseInput(indices!, values!, shape!);
      return combine(operation, denseSets(set1!), sparseSets(entries, validate));
    };
  },

  SparseToSparseSetOperation: ({ attrs }) => {
    const operation = operationOf(attrs.text("set_operation"));
    const validate = attrs.bool("validate_indices");
    return ([indices1, values1, shape1, indices2, values2, shape2]) => {
      const one = sparseInput(indices1!, values1!, shape1!);
      const two = sparseInput(indices2!, values2!, shape2!);
      return combine(operation, sparseSets(one, validate), sparseSets(two, validate));
    };
  },

  SetSize: ({ attrs }) => {
    const validate = attrs.bool("validate_indices");
    return ([indices, values, shape]) => {
      const sets = sparseSets(sparseInput(indices!, values!, shape!), validate);
      const sizes = new Int32Array(elementCount(sets.groups));
      for (const [group, list] of sets.members) {
        const elements = list.map((i) => keyOf((sets.values.data as unknown as Elements)[i] as Element));
        sizes[group] = new Set(elements).size;
      }
      return [tensorValue("int32", sets.groups, sizes)];
    };
  },
};
