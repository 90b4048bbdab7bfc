import { type DType, dtypeSize } from "../core/dtype.js";
import { elementCount, type Shape } from "../core/shape.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { LookupTable } from "../runtime/kernels/lookup/lookup-table.js";
import { tableKind } from "../runtime/kernels/lookup/lookup-table.js";
import type { Resource } from "../runtime/resource-manager.js";
import type { Session } from "../runtime/session.js";

/** Forests and the like do not change once they are initialised: what they take is counted once. */
const counted = new WeakMap<Resource, number>();

/** What V8 takes for an entry of a Map or an element of an array that is no number, about. */
const entryBytes = 16;
/** A text of a vocabulary with the object that holds it, about. */
const textBytes = 96;

/**
 * Bytes that a session holds for as long as it lives: variables, tables and other resources, constants of the graph and of compiled plans,
 * and ONNX Runtime's copies of weights. Data that several of them share counts once; nodes and code do not count.
 */
export function heldBytes(session: Session): number {
  const seen = new Set<object>();
  let bytes = session.nativeBytes;
  for (const [, resource] of session.resources.entries()) {
    const { value } = resource as { readonly value?: TensorValue };
    if (value?.data !== undefined) bytes += dataBytes(value.data, seen);
    else bytes += resourceBytes(resource);
  }
  for (const { data } of session.constants()) bytes += dataBytes(data, seen);
  return bytes;
}

function dataBytes(data: TensorValue["data"], seen: Set<object>): number {
  if (ArrayBuffer.isView(data)) {
    const { buffer } = data as Uint8Array;
    if (seen.has(buffer)) return 0;
    seen.add(buffer);
    return buffer.byteLength;
  }
  if (seen.has(data)) return 0;
  seen.add(data);
  // Texts are parts of larger buffers.
  return (data as readonly unknown[]).reduce<number>(
    (sum, item) => sum + entryBytes + (item instanceof Uint8Array ? item.byteLength : 0),
    0,
  );
}

function resourceBytes(resource: Resource): number {
  if (resource.kind === tableKind) {
    const { size, keyDType, keyShape, valueDType, valueShape } = resource as LookupTable;
    return size * (partBytes(keyDType, keyShape) + partBytes(valueDType, valueShape));
  }
  const known = counted.get(resource);
  if (known !== undefined) return known;
  const bytes = reachableBytes(resource);
  counted.set(resource, bytes);
  return bytes;
}

/** Bytes of a key or value of a table: what it is, and its place in the index. */
function partBytes(dtype: DType, shape: Shape): number {
  return elementCount(shape) * (dtype === "string" ? textBytes : dtypeSize(dtype)) + entryBytes / 2;
}

/** Bytes of arrays, texts and maps that an object's own members lead to. */
function reachableBytes(start: object): number {
  const seen = new Set<object>([start]);
  const open: unknown[] = [start];
  let bytes = 0;
  const visit = (value: unknown): void => {
    if (typeof value === "string") bytes += value.length;
    else if (typeof value === "object" && value !== null && !seen.has(value)) {
      seen.add(value);
      open.push(value);
    }
  };
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    else if (value instanceof Map) {
      bytes += value.size * 2 * entryBytes;
      for (const [key, item] of value) {
        visit(key);
        visit(item);
      }
    } else if (Array.isArray(value) || value instanceof Set) {
      const items: Iterable<unknown> = value;
      for (const item of items) {
        bytes += entryBytes;
        visit(item);
      }
    } else for (const item of Object.values(value as object)) visit(item);
  }
  return bytes;
}
