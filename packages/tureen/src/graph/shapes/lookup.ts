import type { PartialShape } from "../../core/shape.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";

const handle: ShapeRule = () => [[]];
/** The handle of a table of TensorFlow 1: a container and a name. */
const oldHandle: ShapeRule = () => [[2]];
const nothing: ShapeRule = () => [];
const scalar: ShapeRule = () => [[]];

/** Values follow keys for tables of scalars, which is what the shape of the default tells; for others only the run tells. */
const find: ShapeRule = ({ inputs }) => {
  const [, keys, fallback] = inputs;
  return [fallback!.shape?.length === 0 ? keys!.shape : undefined];
};

const exported: ShapeRule = () => {
  const keys: PartialShape = [-1];
  return [keys, undefined];
};

/** Shape rules of the lookup family. */
export const lookupShapes: ShapeTable = {
  HashTable: oldHandle,
  HashTableV2: handle,
  AnonymousHashTable: handle,
  MutableHashTable: oldHandle,
  MutableHashTableV2: handle,
  AnonymousMutableHashTable: handle,
  MutableHashTableOfTensors: oldHandle,
  MutableHashTableOfTensorsV2: handle,
  AnonymousMutableHashTableOfTensors: handle,
  MutableDenseHashTable: oldHandle,
  MutableDenseHashTableV2: handle,
  AnonymousMutableDenseHashTable: handle,
  LookupTableFind: find,
  LookupTableFindV2: find,
  LookupTableSize: scalar,
  LookupTableSizeV2: scalar,
  LookupTableExport: exported,
  LookupTableExportV2: exported,
  LookupTableInsert: nothing,
  LookupTableInsertV2: nothing,
  LookupTableImport: nothing,
  LookupTableImportV2: nothing,
  LookupTableRemoveV2: nothing,
  InitializeTable: nothing,
  InitializeTableV2: nothing,
  InitializeTableFromTextFile: nothing,
  InitializeTableFromTextFileV2: nothing,
};
