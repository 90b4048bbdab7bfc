import { type DType, dtypeLabel } from "../../core/dtype.js";
import { isFullyDefined, shapeText } from "../../core/shape.js";
import { invalidArgument, type StatusError } from "../../core/status-error.js";
import { scalarValue, type TensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import type { Attrs } from "../../graph/attr-value.js";
import type { Kernel, KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import { defaultContainer, handleOf, handleValue, type ResourceHandle } from "../resource-manager.js";
import type { RunContext } from "../run-context.js";
import { allowedPath } from "./io/file-access.js";
import { DenseHashTable } from "./lookup/dense-hash-table.js";
import {
  checkValues,
  type LookupTable,
  lookUp,
  MutableHashTable,
  matchSignature,
  StaticHashTable,
  tableKind,
} from "./lookup/lookup-table.js";
import { readVocabulary } from "./lookup/vocabulary-file.js";

/** A handle that owns its table: anonymous tables live as long as someone holds their handle. */
interface AnonymousHandle extends ResourceHandle {
  readonly table: LookupTable;
}

type MakeTable = (attrs: Attrs, inputs: readonly TensorValue[]) => LookupTable;

const makeStatic: MakeTable = (attrs) => new StaticHashTable(attrs.type("key_dtype"), attrs.type("value_dtype"));

const makeMutable: MakeTable = (attrs) => new MutableHashTable(attrs.type("key_dtype"), attrs.type("value_dtype"), []);

const makeMutableOfTensors: MakeTable = (attrs) => {
  const shape = attrs.shape("value_shape");
  if (!isFullyDefined(shape) || shape.length !== 1) {
    throw invalidArgument(`Default value must be a vector, got shape ${shapeText(shape)}`);
  }
  return new MutableHashTable(attrs.type("key_dtype"), attrs.type("value_dtype"), shape);
};

const makeDense: MakeTable = (attrs, [emptyKey, deletedKey]) => {
  const shape = attrs.shape("value_shape");
  if (!isFullyDefined(shape))
    throw invalidArgument(`Empty value must be a scalar or a vector, got shape ${shapeText(shape)}`);
  return new DenseHashTable({
    emptyKey: emptyKey!,
    deletedKey: deletedKey!,
    valueDType: attrs.type("value_dtype"),
    valueShape: shape,
    initialNumBuckets: attrs.int("initial_num_buckets"),
    maxLoadFactor: attrs.float("max_load_factor"),
  });
};

/** A table op: makes its table the first time any node asks for that name, and gives its handle. */
function tableOp(make: MakeTable): KernelFactory {
  return ({ attrs, name }) => {
    const handle = resourceHandle(attrs, name);
    const outputs = [handleValue(handle)];
    const [key, dtype] = [attrs.type("key_dtype"), attrs.type("value_dtype")];
    return (inputs, { resources }) => {
      const table =
        resources.find<LookupTable>(handle) ?? resources.getOrCreate<LookupTable>(handle, () => make(attrs, inputs));
      if (table.keyDType !== key || table.valueDType !== dtype) {
        throw invalidArgument(
          `Conflicting key/value dtypes ${dtypeLabel(key)}->${dtypeLabel(dtype)} with ${dtypeLabel(table.keyDType)}-${dtypeLabel(table.valueDType)} for table ${handle.name}`,
        );
      }
      return outputs;
    };
  };
}

function anonymousOp(make: MakeTable): KernelFactory {
  return ({ attrs }) =>
    (inputs) => {
      const table = make(attrs, inputs);
      const handle: AnonymousHandle = { container: defaultContainer, name: "_anonymous", kind: tableKind, table };
      return [handleValue(handle)];
    };
}

/** The resource's key: the shared name, or the node's own; without sharing, one that no shared name is likely to be. */
function resourceHandle(attrs: Attrs, node: string): ResourceHandle {
  const shared = attrs.text("shared_name");
  const container = attrs.text("container");
  const own = attrs.bool("use_node_name_sharing") ? node : `_1_${node}`;
  return {
    container: container === "" ? defaultContainer : container,
    name: shared === "" ? own : shared,
    kind: tableKind,
  };
}

/** The table that a handle stands for, an anonymous one included; NOT_FOUND with TensorFlow's text otherwise. */
export function tableOf(value: TensorValue, context: RunContext): LookupTable {
  const handle = handleOf(value);
  if ("table" in handle) return (handle as AnonymousHandle).table;
  return context.resources.get<LookupTable>(handle);
}

type TableKernel = (table: LookupTable, inputs: readonly TensorValue[]) => readonly TensorValue[];

/** An op on a table whose other inputs and outputs must have the table's dtypes, `in` and `out` saying which of key and value. */
function onTable(
  expects: readonly ("key" | "value")[],
  gives: readonly ("key" | "value")[],
  run: TableKernel,
): KernelFactory {
  return (node) => {
    const ref = node.inputTypes[0] === "resource" ? "resource" : "string_ref";
    return (inputs, context) => {
      const table = tableOf(inputs[0]!, context);
      const dtypeOf = (side: "key" | "value"): DType => (side === "key" ? table.keyDType : table.valueDType);
      matchSignature(ref, inputs.slice(1), expects.map(dtypeOf), [node.outputTypes, gives.map(dtypeOf)]);
      return run(table, inputs);
    };
  };
}

const find = onTable(["key", "value"], ["value"], (table, [, keys, fallback]) => [lookUp(table, keys!, fallback!)]);

const insert = onTable(["key", "value"], [], (table, [, keys, values]) => {
  checkValues(table, keys!, values!);
  table.insert(keys!, values!);
  return [];
});

const importValues = onTable(["key", "value"], [], (table, [, keys, values]) => {
  table.checkImport(keys!, values!);
  table.import(keys!, values!);
  return [];
});

const remove = onTable(["key"], [], (table, [, keys]) => {
  table.remove(keys!);
  return [];
});

const initialize = onTable(["key", "value"], [], (table, [handle, keys, values]) => {
  if (!table.isInitializable) throw notInitializable(handleOf(handle!));
  for (const [name, value] of [
    ["Keys", keys!],
    ["Values", values!],
  ] as const) {
    if (value.shape.length !== 1) {
      throw invalidArgument(`${name} must be a vector, but received shape${shapeText(value.shape)}`);
    }
  }
  if (keys!.shape[0] !== values!.shape[0]) {
    throw invalidArgument(`Keys and values must have the same size ${keys!.shape[0]} vs ${values!.shape[0]}`);
  }
  table.import(keys!, values!);
  return [];
});

function notInitializable(handle: ResourceHandle): StatusError {
  return invalidArgument(`Table ${handle.container} ${handle.name} is not initializable`);
}

const exportValues: KernelFactory =
  () =>
  ([handle], context) =>
    tableOf(handle!, context).export();

const size: KernelFactory =
  () =>
  ([handle], context) => [scalarValue("int64", tableOf(handle!, context).size)];

function initializeFromTextFile({ attrs }: KernelNode): Kernel {
  const vocabSize = attrs.int("vocab_size");
  const delimiter = attrs.bytes("delimiter");
  const [keyIndex, valueIndex] = [attrs.int("key_index"), attrs.int("value_index")];
  if (delimiter.length !== 1) throw invalidArgument(`delimiter should be only 1 char`);
  const format = { keyIndex, valueIndex, vocabSize, delimiter: delimiter[0]!, offset: attrs.int("offset") };
  return ([handle, filename], context) => {
    const table = tableOf(handle!, context);
    if (filename!.shape.length > 0) {
      throw invalidArgument(`filename should be a single string, but got ${shapeText(filename!.shape)}`);
    }
    if (!(table instanceof StaticHashTable)) throw notInitializable(handleOf(handle!));
    const name = decodeText((filename!.data as readonly Uint8Array[])[0]!);
    if (name === "") throw invalidArgument("filename cannot be empty.");
    const path = allowedPath(name, context);
    const [keys, values] = readVocabulary(path, name, format, table.keyDType, table.valueDType);
    // The shared name holds the file's, so that a table that is there already has this content.
    if (table.isInitialized) return [];
    table.fill(keys, values);
    return [];
  };
}

/** Host kernels of the lookup family. */
export const lookupKernels: KernelTable = {
  HashTable: tableOp(makeStatic),
  HashTableV2: tableOp(makeStatic),
  AnonymousHashTable: anonymousOp(makeStatic),
  MutableHashTable: tableOp(makeMutable),
  MutableHashTableV2: tableOp(makeMutable),
  AnonymousMutableHashTable: anonymousOp(makeMutable),
  MutableHashTableOfTensors: tableOp(makeMutableOfTensors),
  MutableHashTableOfTensorsV2: tableOp(makeMutableOfTensors),
  AnonymousMutableHashTableOfTensors: anonymousOp(makeMutableOfTensors),
  MutableDenseHashTable: () => () => {
    // The op was never given the input that its kernel has asked for since tables can be written to.
    throw invalidArgument("Unknown input name: deleted_key");
  },
  MutableDenseHashTableV2: tableOp(makeDense),
  AnonymousMutableDenseHashTable: anonymousOp(makeDense),
  LookupTableFind: find,
  LookupTableFindV2: find,
  LookupTableInsert: insert,
  LookupTableInsertV2: insert,
  LookupTableImport: importValues,
  LookupTableImportV2: importValues,
  LookupTableRemoveV2: remove,
  LookupTableExport: exportValues,
  LookupTableExportV2: exportValues,
  LookupTableSize: size,
  LookupTableSizeV2: size,
  InitializeTable: initialize,
  InitializeTableV2: initialize,
  InitializeTableFromTextFile: initializeFromTextFile,
  InitializeTableFromTextFileV2: initializeFromTextFile,
};
