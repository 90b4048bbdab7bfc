import { invalidArgument } from "../../core/status-error.js";
import { tensorValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import {
  lookupTableExportV2,
  lookupTableFindV2,
  lookupTableImportV2,
  lookupTableInsertV2,
  lookupTableSizeV2,
  mutableDenseHashTableV2,
} from "../../graph/ops/lookup.js";
import { Saveable } from "../../graph/saveable.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { addN, group } from "../head/train-op.js";
import { cast } from "../nn/arithmetic.js";
import { reshape } from "../nn/tensor-shape.js";

/** A table from keys, int64 [n, 2], to float32 [n, width], whose shards are tables of their own (TensorFlow's `_ShardedMutableDenseHashTable`). */
export interface ShardedHashTable {
  /** The values of keys; zeros for those that are not there. */
  lookup(keys: Tensor): Tensor;
  insert(keys: Tensor, values: Tensor): Operation;
  /** The values of each shard, [buckets, width]; zeros where a bucket is free. */
  exportValues(): readonly Tensor[];
  /** The number of keys in all shards, an int64 scalar. */
  size(): Tensor;
}

/** The name of the table, under which checkpoints hold its shards: `ShardedMutableHashTable-1-of-1-keys` and `-values`. */
const tableName = "ShardedMutableHashTable";

interface Shard {
  readonly handle: Tensor;
  readonly defaultValue: Tensor;
  /** The start of the names of ops on it. */
  readonly name: string;
}

/** Makes the table; the pairs [0, 0] and [1, 1] are no keys. INVALID_ARGUMENT for less than one shard. */
export function shardedHashTable(numShards: number, width: number): ShardedHashTable {
  // TensorFlow's own words for it are "list index out of range".
  if (!(numShards >= 1)) throw invalidArgument("num_table_shards should be positive.");
  const shards = nameScope(tableName, () =>
    Array.from({ length: numShards }, (_, i) => makeShard(`${tableName}-${i + 1}-of-${numShards}`, width)),
  );
  const find = ({ handle, defaultValue, name }: Shard, keys: Tensor): Tensor =>
    lookupTableFindV2(handle, keys, defaultValue, { name: `${name}_lookup_table_find` });
  const put = ({ handle, name }: Shard, keys: Tensor, values: Tensor): Operation =>
    lookupTableInsertV2(handle, keys, values, { name: `${name}_lookup_table_insert` });
  const [only] = shards;
  return {
    lookup(keys) {
      if (numShards === 1) return find(only!, keys);
      const indices = shardIndices(keys, numShards);
      const values = partition(keys, indices, numShards).map((part, i) => find(shards[i]!, part));
      const count = build("Shape", [keys]);
      const rows = build("Range", [0, build("StridedSlice", [count, [0], [1], [1]], { shrink_axis_mask: 1 }), 1]);
      return build("DynamicStitch", [partition(rows, indices, numShards), values]);
    },
    insert(keys, values) {
      if (numShards === 1) return put(only!, keys, values);
      const indices = shardIndices(keys, numShards);
      const parts = partition(values, indices, numShards);
      return group(partition(keys, indices, numShards).map((part, i) => put(shards[i]!, part, parts[i]!)));
    },
    exportValues: () => shards.map((shard) => exported(shard).values),
    size: () =>
      nameScope("sharded_mutable_hash_table_size", () => {
        const sizes = shards.map(({ handle, name }) => lookupTableSizeV2(handle, { name: `${name}_Size` }));
        return sizes.length === 1 ? sizes[0]! : addN(sizes);
      }),
  };
}

function makeShard(name: string, width: number): Shard {
  const defaultValue = constant(tensorValue("float32", [width], new Float32Array(width)), undefined, "default_value");
  const key = (word: bigint, own: string): Tensor =>
    constant(tensorValue("int64", [2], BigInt64Array.of(word, word)), undefined, own);
  const handle = mutableDenseHashTableV2(key(0n, "empty_key"), key(1n, "deleted_key"), {
    valueDtype: "float32",
    valueShape: [width],
    useNodeNameSharing: true,
    name,
  });
  const shard = { handle, defaultValue, name };
  const { keys, values } = exported(shard);
  const specs = [
    { key: `${name}-keys`, tensor: keys, dtype: "int64" },
    { key: `${name}-values`, tensor: values, dtype: "float32" },
  ] as const;
  currentGraph().addToCollection(
    collectionKeys.saveableObjects,
    new Saveable(handle.name, specs, ([restoredKeys, restoredValues]) =>
      lookupTableImportV2(handle, restoredKeys!, restoredValues!),
    ),
  );
  return shard;
}

function exported({ handle, name }: Shard): { readonly keys: Tensor; readonly values: Tensor } {
  const dtypes = { keyDtype: "int64", valueDtype: "float32" } as const;
  return lookupTableExportV2(handle, { ...dtypes, name: `${name}_lookup_table_export_values` });
}

/** The shard of each key: its first word, without its sign, modulo their number. */
function shardIndices(keys: Tensor, numShards: number): Tensor {
  const first = reshape(build("Slice", [keys, [0, 0], [-1, 1]]), [-1]);
  const shards = tensorValue("int64", [], BigInt64Array.of(BigInt(numShards)));
  return cast(build("FloorMod", [build("Abs", [first]), shards]), "int32");
}

function partition(data: Tensor, indices: Tensor, parts: number): readonly Tensor[] {
  return buildOp("DynamicPartition", [data, indices], { num_partitions: parts }).outputs;
}
