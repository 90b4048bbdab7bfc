import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { buildOp } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { compareText } from "./compare-text.js";
import { type CategoricalColumn, isCategoricalColumn, isFeatureColumn } from "./feature-column.js";
import type { ColumnInput } from "./feature-rank.js";
import { castTo } from "./graph-shape.js";
import { type ExampleFeature, varLenFeature } from "./parse-spec.js";
import { attributeText, pythonText, tupleText } from "./python-text.js";
import type { TransformationCache } from "./transformation-cache.js";

/** The key of TensorFlow's `sparse_cross_hashed` where none is given: FingerprintCat64 starts from it. */
const defaultHashKey = 956888297470n;

/** A feature by its key, or a categorical column. */
export type CrossKey = string | CategoricalColumn;

/** A column that crosses others. */
export interface CrossedColumn extends CategoricalColumn {
  readonly kind: "CrossedColumn";
  readonly keys: readonly CrossKey[];
}

const optionTable: OptionTable<{ readonly hashKey?: number | bigint }> = {
  hashKey: "optional",
};

/** Every combination of the values of several features, hashed into buckets (`tf.feature_column.crossed_column`). */
export function crossedColumn(
  keys: readonly CrossKey[],
  hashBucketSize: number,
  options: { readonly hashKey?: number | bigint } = {},
): CrossedColumn {
  checkOptions("crossedColumn", options, optionTable);
  if (!(hashBucketSize >= 1))
    throw invalidArgument(`hash_bucket_size must be > 1. hash_bucket_size: ${hashBucketSize}`);
  if (!Array.isArray(keys) || keys.length < 2) {
    throw invalidArgument(`keys must be a list with length > 1. Given: ${pythonText(keys)}`);
  }
  for (const key of keys as readonly CrossKey[]) checkCrossKey(key);
  const { hashKey } = options;
  const crossed = Object.freeze([...keys]) as readonly CrossKey[];
  const leaves = crossed.flatMap(leafKeys);
  const names = leaves.map((key) => (typeof key === "string" ? key : key.name)).sort(compareText);
  const spec: Record<string, ExampleFeature> = {};
  for (const key of crossed)
    Object.assign(spec, typeof key === "string" ? { [key]: varLenFeature("string") } : key.parseExampleSpec);
  const column: CrossedColumn = Object.freeze<CrossedColumn>({
    kind: "CrossedColumn",
    name: names.join("_X_"),
    keys: crossed,
    numBuckets: hashBucketSize,
    parents: crossed,
    parseExampleSpec: Object.freeze(spec),
    description: attributeText("CrossedColumn", [
      ["keys", tupleText(crossed)],
      ["hash_bucket_size", hashBucketSize],
      ["hash_key", hashKey],
    ]),
    transform: (cache) => {
      const inputs = leaves.map((key) => leafTensor(key, cache));
      return crossHashed(
        inputs,
        hashBucketSize,
        hashKey === undefined || Number(hashKey) === 0 ? defaultHashKey : BigInt(hashKey),
      );
    },
    sparseTensors: (cache) => ({ idTensor: cache.transformed(column) as SparseTensor, weightTensor: undefined }),
  });
  return column;
}

function checkCrossKey(key: unknown): void {
  if (typeof key !== "string" && !isCategoricalColumn(key)) {
    throw invalidArgument(
      `Unsupported key type. All keys must be either string, or categorical column except HashedCategoricalColumn. Given: ${pythonText(key)}`,
    );
  }
  if (isFeatureColumn(key) && key.kind === "HashedCategoricalColumn") {
    throw invalidArgument(
      `categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing will increase probability of collision. Instead, use the feature name as a string. Given: ${key.description}`,
    );
  }
}

function leafKeys(key: CrossKey): readonly CrossKey[] {
  return typeof key !== "string" && key.kind === "CrossedColumn"
    ? (key as CrossedColumn).keys.flatMap(leafKeys)
    : [key];
}

function leafTensor(key: CrossKey, cache: TransformationCache): ColumnInput {
  if (typeof key === "string") return cache.feature(key);
  const { idTensor, weightTensor } = key.sparseTensors(cache);
  if (weightTensor !== undefined) {
    throw invalidArgument(
      `crossed_column does not support weight_tensor, but the given column populates weight_tensor. Given column: ${key.name}`,
    );
  }
  return idTensor;
}

function crossHashed(inputs: readonly ColumnInput[], buckets: number, hashKey: bigint): SparseTensor {
  const sparse = inputs.filter((input): input is SparseTensor => input instanceof SparseTensor);
  const dense = inputs.filter((input): input is Tensor => !(input instanceof SparseTensor));
  const values = sparse.map((input) => (input.dtype === "string" ? input.values : castTo(input.values, "int64")));
  const denseInputs = dense.map((input) => (input.dtype === "string" ? input : castTo(input, "int64")));
  const internalType = inputs.some((input) => input.dtype !== "string") ? "int64" : "string";
  const { outputs } = buildOp(
    "SparseCross",
    [sparse.map((input) => input.indices), values, sparse.map((input) => input.denseShape), denseInputs],
    { hashed_output: true, num_buckets: buckets, hash_key: hashKey, out_type: "int64", internal_type: internalType },
    "SparseCross",
  );
  return new SparseTensor(outputs[0]!, outputs[1]!, outputs[2]!);
}
