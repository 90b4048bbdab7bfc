import type { SignatureInfo } from "../../saved-model/signature.js";
import { arrayItems, isArray, isObject, type JsonValue, jsonTypeName } from "../../serving/rest/json-value.js";
import { invalidInputs } from "./prediction-error.js";
import { pythonList } from "./python-text.js";

/** Python's names of what is no dict, for the message it would give. */
const pythonTypes: Readonly<Record<string, string>> = {
  Null: "NoneType",
  True: "bool",
  False: "bool",
  String: "str",
  Array: "list",
  Number: "float",
};

/**
 * Turns instances into one list of values for each input that they name.
 *
 * Where the signature has one input an instance may be its bare value, and what is no list of instances counts as one. INVALID_INPUTS with
 * the library's texts for names that the signature lacks and for inputs that only some instances have.
 */
export function columnarize(instances: JsonValue, inputs: SignatureInfo["inputs"]): ReadonlyMap<string, JsonValue[]> {
  const rows = isArray(instances) ? arrayItems(instances) : [instances];
  const columns = new Map<string, JsonValue[]>();
  if (inputs.size === 1) {
    const [name] = [...inputs.keys()] as [string];
    if (rows.length > 0)
      columns.set(
        name,
        rows.map((row) => singleValue(row, name)),
      );
    return columns;
  }
  for (const row of rows) {
    if (!isObject(row)) throw invalidInputs(`'${pythonTypes[jsonTypeName(row)]}' object has no attribute 'items'`);
    const { keys, values } = row;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      // Of a key that occurs twice the last value counts, as in Python.
      if (keys.indexOf(key, i + 1) >= 0) continue;
      const column = columns.get(key);
      if (column === undefined) columns.set(key, [values[i]!]);
      else column.push(values[i]!);
    }
  }
  for (const [name, column] of columns) {
    if (!inputs.has(name)) throw invalidInputs(`Unexpected tensor name: ${name}`);
    if (column.length !== rows.length) {
      throw invalidInputs(`Input ${name} was missing in at least one input instance.`);
    }
  }
  return columns;
}

function singleValue(row: JsonValue, name: string): JsonValue {
  if (!isObject(row)) return row;
  if (row.keys.length === 1 && row.keys[0] === name) return row.values[0]!;
  throw invalidInputs(`Expected tensor name: ${name}, got tensor name: ${pythonList(row.keys)}.`);
}
