import { dtypeLabel } from "../../core/dtype.js";
import { internal, invalidArgument } from "../../core/status-error.js";
import { intValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { byteKey } from "../../core/text.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { summarizeValue } from "./check/summarize-value.js";
import { joinRows } from "./list/rows.js";

/** What a variant tensor of a map holds: TensorFlow's `TensorMap`. Immutable to who holds it. */
interface TensorMap {
  readonly kind: "TensorMap";
  readonly entries: ReadonlyMap<string, Entry>;
}

interface Entry {
  readonly key: TensorValue;
  readonly value: TensorValue;
}

function mapValue(entries: ReadonlyMap<string, Entry>): TensorValue {
  return tensorValue("variant", [], [Object.freeze({ kind: "TensorMap", entries } satisfies TensorMap)]);
}

function mapOf(value: TensorValue): TensorMap {
  const map = (value.data as readonly (Partial<TensorMap> | undefined)[])[0];
  if (map?.kind !== "TensorMap") {
    throw invalidArgument(
      `Input handle is not a map. Saw: 'Variant<type: tensorflow::${String(map?.kind)} value: ${String(map?.kind)}>'`,
    );
  }
  return map as TensorMap;
}

/** Equal for equal tensors of one dtype and shape. */
function identity({ dtype, shape, data }: TensorValue): string {
  const content =
    dtype === "string"
      ? (data as readonly Uint8Array[]).map((bytes) => `${bytes.length}:${byteKey(bytes)}`).join()
      : Array.from(data as ArrayLike<number | bigint>, String).join();
  return `${dtype}[${shape.join()}]${content}`;
}

/** Elements of a key that TensorFlow's messages show. */
const shownElements = 100;

function keyText(key: TensorValue): string {
  return summarizeValue(key, shownElements);
}

const insert: KernelFactory = () => (inputs) => {
  const [handle, key, value] = inputs as readonly [TensorValue, TensorValue, TensorValue];
  const entries = new Map(mapOf(handle).entries);
  entries.set(identity(key), { key, value });
  return [mapValue(entries)];
};

const lookup: KernelFactory = ({ name, attrs }) => {
  const dtype = attrs.type("value_dtype");
  return (inputs) => {
    const [handle, key] = inputs as readonly [TensorValue, TensorValue];
    const found = mapOf(handle).entries.get(identity(key));
    if (found === undefined) {
      throw invalidArgument(`Trying to lookup non-existent key. Could not find key "${keyText(key)}".`);
    }
    if (found.value.dtype !== dtype) {
      throw internal(
        `Output 0 of type ${dtypeLabel(found.value.dtype)} does not match declared output type ${dtypeLabel(dtype)} for node {{node ${name}}}`,
      );
    }
    return [found.value];
  };
};

const erase: KernelFactory = () => (inputs) => {
  const [handle, key] = inputs as readonly [TensorValue, TensorValue];
  const entries = new Map(mapOf(handle).entries);
  if (!entries.delete(identity(key))) {
    throw invalidArgument(`Trying to erase non-existent item. Could not find key "${keyText(key)}".`);
  }
  return [mapValue(entries)];
};

const stackKeys: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("key_dtype");
  return ([handle]) => {
    const keys = Array.from(mapOf(handle!).entries.values(), ({ key }) => key);
    if (keys.length === 0) throw invalidArgument("TensorMapStackKeys cannot be called on empty map.");
    for (const key of keys) {
      if (key.dtype !== dtype) throw invalidArgument("Key does not match requested dtype.");
    }
    const { shape } = keys[0]!;
    return [joinRows(dtype, keys, [keys.length, ...shape])];
  };
};

/** Host kernels of maps of tensors. */
export const listMapKernels: KernelTable = {
  EmptyTensorMap: () => () => [mapValue(new Map())],
  TensorMapInsert: insert,
  TensorMapLookup: lookup,
  TensorMapErase: erase,
  TensorMapSize: () => (inputs) => [intValue([mapOf(inputs[0]!).entries.size], [])],
  TensorMapHasKey: () => (inputs) => [
    tensorValue("bool", [], Uint8Array.of(mapOf(inputs[0]!).entries.has(identity(inputs[1]!)) ? 1 : 0)),
  ],
  TensorMapStackKeys: stackKeys,
};
