import { type DType, dtypeLabel } from "../../../core/dtype.js";
import { elementCount, type Shape, sameShape, shapeText } from "../../../core/shape.js";
import { failedPrecondition, invalidArgument, StatusError, unimplemented } from "../../../core/status-error.js";
import { codesOf, type StringCodes, WordNumbers } from "../../../core/string-codes.js";
import { type TensorValue, tensorValue, toFlatArray } from "../../../core/tensor-value.js";
import { decodeText } from "../../../core/text.js";
import type { Resource } from "../../resource-manager.js";
import { keyIndex } from "./key-index.js";
import { valueStore } from "./value-store.js";

/** The kind under which tables live in the resource manager: the C++ class's name, which TensorFlow's texts show mangled. */
export const tableKind = "N10tensorflow6lookup15LookupInterfaceE";

/** A lookup table of a session. Checks of dtypes and shapes are done by the caller, as in TensorFlow's ops. */
export interface LookupTable extends Resource {
  readonly keyDType: DType;
  readonly valueDType: DType;
  readonly keyShape: Shape;
  readonly valueShape: Shape;
  readonly size: number;
  /** Whether InitializeTable may fill it. */
  readonly isInitializable: boolean;
  /** Values of keys; of keys that are not there, the default's only value or the one at the same place. */
  find(keys: TensorValue, fallback: TensorValue): TensorValue["data"];
  insert(keys: TensorValue, values: TensorValue): void;
  remove(keys: TensorValue): void;
  /** Replaces everything (mutable tables), or fills the table for good (static ones). */
  import(keys: TensorValue, values: TensorValue): void;
  /** All keys and values. */
  export(): readonly [TensorValue, TensorValue];
  /** Checks what `import` is given. */
  checkImport(keys: TensorValue, values: TensorValue): void;
}

/** HashTable: filled once, then only read. */
export class StaticHashTable implements LookupTable {
  readonly kind: string = tableKind;
  readonly keyShape: Shape = [];
  readonly valueShape: Shape = [];
  readonly isInitializable = true;
  readonly keyDType: DType;
  readonly valueDType: DType;
  readonly #index: ReturnType<typeof keyIndex>;
  readonly #values: ReturnType<typeof valueStore>;
  /** Entries of words, once the table cannot change any more. */
  readonly #entries = new WordNumbers();
  #initialized = false;

  constructor(keyDType: DType, valueDType: DType) {
    this.keyDType = keyDType;
    this.valueDType = valueDType;
    this.#index = keyIndex(keyDType);
    this.#values = valueStore(valueDType, []);
  }

  get size(): number {
    return this.#initialized ? this.#index.size : 0;
  }

  /** Whether it has been filled. */
  get isInitialized(): boolean {
    return this.#initialized;
  }

  find(keys: TensorValue, fallback: TensorValue): TensorValue["data"] {
    if (!this.#initialized) throw failedPrecondition("Table not initialized.");
    const known = keys.dtype === "string" ? codesOf(keys.data as readonly Uint8Array[]) : undefined;
    const entries = known === undefined ? findAll(this.#index, keys) : this.#findWords(known);
    return this.#values.gather(entries, fallback.data, false);
  }

  #findWords({ dictionary, codes }: StringCodes): Int32Array {
    const numbers = this.#entries.of(dictionary);
    const entries = new Int32Array(codes.length);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!;
      let entry = numbers[code]!;
      if (Number.isNaN(entry)) {
        entry = this.#index.find(dictionary.words, code);
        numbers[code] = entry;
      }
      entries[i] = entry;
    }
    return entries;
  }

  insert(): void {
    throw unimplemented("Insert not supported by InitializableLookupTable implementations");
  }

  remove(): void {
    throw unimplemented("Remove not supported by InitializableLookupTable implementations");
  }

  checkImport(keys: TensorValue, values: TensorValue): void {
    checkValues(this, keys, values);
  }

  import(keys: TensorValue, values: TensorValue): void {
    if (elementCount(keys.shape) === 0) throw invalidArgument("keys and values cannot be empty tensors.");
    if (this.#initialized) {
      if (elementCount(keys.shape) === this.#index.size) return;
      throw failedPrecondition("Table was already initialized with different data.");
    }
    this.fill(keys, values);
  }

  /** Adds entries and makes the table ready; FAILED_PRECONDITION where one key has two values. */
  fill(keys: TensorValue, values: TensorValue): void {
    const count = elementCount(keys.shape);
    for (let i = 0; i < count; i++) {
      const before = this.#index.size;
      const entry = this.#index.add(keys.data, i);
      if (entry === before) this.#values.set(entry, values.data, i);
      else if (!this.#values.equals(entry, values.data, i)) {
        const known = toFlatArray(this.#values.export(before))[entry];
        throw failedPrecondition(
          `HashTable has different value for same key. Key ${plain(toFlatArray(keys)[i])} has ${plain(known)} and trying to add value ${plain(toFlatArray(values)[i])}`,
        );
      }
    }
    this.#initialized = true;
  }

  export(): readonly [TensorValue, TensorValue] {
    if (!this.#initialized) throw new StatusError("ABORTED", "HashTable is not initialized.");
    return [this.#index.export(), this.#values.export(this.#index.size)];
  }
}

/** MutableHashTable and MutableHashTableOfTensors. */
export class MutableHashTable implements LookupTable {
  readonly kind: string = tableKind;
  readonly keyShape: Shape = [];
  readonly isInitializable = false;
  readonly keyDType: DType;
  readonly valueDType: DType;
  readonly valueShape: Shape;
  readonly #index: ReturnType<typeof keyIndex>;
  readonly #values: ReturnType<typeof valueStore>;

  constructor(keyDType: DType, valueDType: DType, valueShape: Shape) {
    this.keyDType = keyDType;
    this.valueDType = valueDType;
    this.valueShape = valueShape;
    this.#index = keyIndex(keyDType);
    this.#values = valueStore(valueDType, valueShape);
  }

  get size(): number {
    return this.#index.size;
  }

  find(keys: TensorValue, fallback: TensorValue): TensorValue["data"] {
    const entries = findAll(this.#index, keys);
    const perKey = fallback.shape.length > this.valueShape.length && entries.length > 0;
    return this.#values.gather(entries, fallback.data, perKey);
  }

  insert(keys: TensorValue, values: TensorValue): void {
    const count = elementCount(keys.shape);
    for (let i = 0; i < count; i++) this.#values.set(this.#index.add(keys.data, i), values.data, i);
  }

  remove(keys: TensorValue): void {
    const count = elementCount(keys.shape);
    for (let i = 0; i < count; i++) {
      const entry = this.#index.remove(keys.data, i);
      if (entry >= 0 && entry < this.#index.size) this.#values.move(this.#index.size, entry);
    }
  }

  checkImport(keys: TensorValue, values: TensorValue): void {
    checkValues(this, keys, values);
  }

  import(keys: TensorValue, values: TensorValue): void {
    this.#index.clear();
    this.insert(keys, values);
  }

  export(): readonly [TensorValue, TensorValue] {
    return [this.#index.export(), this.#values.export(this.size)];
  }
}

function findAll(index: ReturnType<typeof keyIndex>, keys: TensorValue): Int32Array {
  const entries = new Int32Array(elementCount(keys.shape));
  const { data } = keys;
  for (let i = 0; i < entries.length; i++) entries[i] = index.find(data, i);
  return entries;
}

/** A key or value as C++ streams print it. */
function plain(value: unknown): string {
  if (value instanceof Uint8Array) return decodeText(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  return String(value);
}

/** The shape that the keys of a tensor have without each key's own dimensions; INVALID_ARGUMENT where they do not end with those. */
export function keysShape(table: LookupTable, keys: TensorValue): Shape {
  const { keyShape } = table;
  const outer = keys.shape.length - keyShape.length;
  if (outer < 0 || !sameShape(keys.shape.slice(outer), keyShape)) {
    throw invalidArgument(
      `Input key shape ${shapeText(keys.shape)} must end with the table's key shape ${shapeText(keyShape)}`,
    );
  }
  return keys.shape.slice(0, outer);
}

/** Checks the shape of values that go with keys. */
export function checkValues(table: LookupTable, keys: TensorValue, values: TensorValue): void {
  const expected = [...keysShape(table, keys), ...table.valueShape];
  if (!sameShape(expected, values.shape)) {
    throw invalidArgument(`Expected shape ${shapeText(expected)} for value, got ${shapeText(values.shape)}`);
  }
}

/** Looks keys up after TensorFlow's checks of the default's shape. */
export function lookUp(table: LookupTable, keys: TensorValue, fallback: TensorValue): TensorValue {
  const { valueShape } = table;
  const shape = [...keysShape(table, keys), ...valueShape];
  if (!sameShape(fallback.shape, valueShape) && !sameShape(fallback.shape, shape)) {
    throw invalidArgument(
      `Expected shape ${shapeText(valueShape)} or ${shapeText(shape)} for default value, got ${shapeText(fallback.shape)}`,
    );
  }
  return tensorValue(table.valueDType, shape, table.find(keys, fallback) as never);
}

/** Checks the dtypes of an op's tensors, without its handle, against what its table calls for, as OpKernelContext::MatchSignature does. */
export function matchSignature(
  handle: "resource" | "string_ref",
  inputs: readonly TensorValue[],
  expected: readonly DType[],
  outputs: readonly [readonly DType[], readonly DType[]],
): void {
  const have = inputs.map((input) => input.dtype);
  const differs = (a: readonly DType[], b: readonly DType[]): boolean => a.some((dtype, i) => dtype !== b[i]);
  if (!differs(have, expected) && !differs(outputs[0], outputs[1])) return;
  const list = (dtypes: readonly DType[]): string => [handle, ...dtypes.map(dtypeLabel)].join(", ");
  const results = (dtypes: readonly DType[]): string => dtypes.map(dtypeLabel).join(", ");
  throw invalidArgument(
    `Signature mismatch, have: ${list(have)}->${results(outputs[0])} expected: ${list(expected)}->${results(outputs[1])}`,
  );
}
