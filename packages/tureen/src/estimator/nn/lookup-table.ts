import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { stringValue, toTensor } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { cast } from "./arithmetic.js";

/** A table made in the graph: what it is and what it answers for an unknown key. */
export interface LookupTable {
  readonly keyDtype: DType;
  readonly handle: Tensor;
  readonly defaultValue: Tensor;
}

/** A table from the strings of a vocabulary to their int64 positions; -1 for others (`index_table_from_tensor`). */
export function indexTableFromVocabulary(vocabulary: readonly string[], name: string): LookupTable {
  return nameScope(name, () => {
    const keys = constant(stringValue([...vocabulary]), "string", "Const");
    const positions = cast(positionsOf(vocabulary.length), "int64");
    return nameScope("hash_table", () => {
      const defaultValue = constant(-1, "int64", "Const");
      const handle = hashTable("string", "int64");
      importTable(handle, keys, positions);
      return { keyDtype: "string", handle, defaultValue };
    });
  });
}

/** A table from int64 positions to the strings of a vocabulary; `UNK` for others (`index_to_string_table_from_tensor`). */
export function stringTableFromVocabulary(vocabulary: readonly string[], name: string): LookupTable {
  return nameScope(name, () => {
    const values = constant(stringValue([...vocabulary]), "string", "Const");
    const positions = cast(positionsOf(vocabulary.length), "int64");
    const defaultValue = constant("UNK", "string", "Const");
    const handle = hashTable("int64", "string");
    importTable(handle, positions, values);
    return { keyDtype: "int64", handle, defaultValue };
  });
}

/** What a table holds for each key. */
export function lookup(table: LookupTable, keys: Tensor): Tensor {
  if (keys.dtype !== table.keyDtype) {
    throw invalidArgument(
      `Dtype of argument \`keys\` must be <dtype: '${table.keyDtype}'>, received: <dtype: '${keys.dtype}'>`,
    );
  }
  return nameScope("hash_table_Lookup", () =>
    build("LookupTableFindV2", [table.handle, keys, table.defaultValue], {}, "LookupTableFindV2"),
  );
}

function positionsOf(size: number): Tensor {
  const count = constant(size, "int32", "Size");
  return build("Range", [toTensor(0, "int32"), count, toTensor(1, "int32")], {}, "range");
}

function hashTable(keyDtype: "string" | "int64", valueDtype: "string" | "int64"): Tensor {
  const graph = currentGraph();
  return nameScope("hash_table", (scope) =>
    // The node's name is unique in the graph, which is all that TensorFlow's random shared names are for.
    build(
      "HashTableV2",
      [],
      { key_dtype: keyDtype, value_dtype: valueDtype, shared_name: `hash_table_${scope.slice(0, -1)}_${graph.lastId}` },
      scope,
    ),
  );
}

function importTable(handle: Tensor, keys: Tensor, values: Tensor): void {
  const initializer = nameScope("table_init", () =>
    buildOp("LookupTableImportV2", [handle, keys, values], {}, "LookupTableImportV2"),
  );
  currentGraph().addToCollection(collectionKeys.tableInitializers, initializer);
}
