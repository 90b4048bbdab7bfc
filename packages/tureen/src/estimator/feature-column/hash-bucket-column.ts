import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { checkKey, checkSameKind, checkStringOrInteger } from "./column-checks.js";
import type { CategoricalColumn } from "./feature-column.js";
import { varLenFeature } from "./parse-spec.js";
import { attributeText, dtypeText } from "./python-text.js";
import { toSparseInput } from "./sparse-input.js";

const optionTable: OptionTable<{ readonly dtype?: DType }> = {
  dtype: "optional",
};

/** Strings, or integers as their decimal texts, hashed into buckets (`tf.feature_column.categorical_column_with_hash_bucket`). */
export function categoricalColumnWithHashBucket(
  key: string,
  hashBucketSize: number,
  options: { readonly dtype?: DType } = {},
): CategoricalColumn {
  checkOptions("categoricalColumnWithHashBucket", options, optionTable);
  if (hashBucketSize === undefined) throw invalidArgument(`hash_bucket_size must be set. key: ${key}`);
  if (hashBucketSize < 1) {
    throw invalidArgument(`hash_bucket_size must be at least 1. hash_bucket_size: ${hashBucketSize}, key: ${key}`);
  }
  checkKey(key);
  const dtype = options.dtype ?? "string";
  checkStringOrInteger(dtype, `column_name: ${key}`);
  const column: CategoricalColumn = Object.freeze<CategoricalColumn>({
    kind: "HashedCategoricalColumn",
    name: key,
    numBuckets: hashBucketSize,
    parents: Object.freeze([key]),
    parseExampleSpec: Object.freeze({ [key]: varLenFeature(dtype) }),
    description: attributeText("HashedCategoricalColumn", [
      ["key", key],
      ["hash_bucket_size", hashBucketSize],
      ["dtype", dtypeText(dtype)],
    ]),
    transform: (cache) => {
      const input = toSparseInput(cache.feature(key));
      checkStringOrInteger(input.dtype, `column_name: ${key} input_tensor`);
      checkSameKind(key, dtype, input.dtype);
      const values = dtype === "string" ? input.values : build("AsString", [input.values], {}, "AsString");
      const ids = build("StringToHashBucketFast", [values], { num_buckets: hashBucketSize }, "lookup");
      return new SparseTensor(input.indices, ids, input.denseShape);
    },
    sparseTensors: (cache) => ({ idTensor: cache.transformed(column) as SparseTensor, weightTensor: undefined }),
  });
  return column;
}
