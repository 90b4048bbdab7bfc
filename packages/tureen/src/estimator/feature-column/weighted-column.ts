import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { type DType, isFloatingDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { isNumber } from "./column-checks.js";
import type { CategoricalColumn, IdWeightPair } from "./feature-column.js";
import { castValues } from "./graph-shape.js";
import { exampleFeatureText, type ParseExampleSpec, varLenFeature } from "./parse-spec.js";
import { attributeText, dtypeString, dtypeText } from "./python-text.js";
import { toSparseInput } from "./sparse-input.js";

const optionTable: OptionTable<{ readonly dtype?: DType }> = {
  dtype: "optional",
};

/** A categorical column whose ids carry the weights of another feature (`tf.feature_column.weighted_categorical_column`). */
export function weightedCategoricalColumn(
  categoricalColumn: CategoricalColumn,
  weightFeatureKey: string,
  options: { readonly dtype?: DType } = {},
): CategoricalColumn {
  checkOptions("weightedCategoricalColumn", options, optionTable);
  const dtype = options.dtype ?? "float32";
  if (!isNumber(dtype)) throw invalidArgument(`dtype ${dtypeString(dtype)} is not convertible to float.`);
  const column: CategoricalColumn = Object.freeze<CategoricalColumn>({
    kind: "WeightedCategoricalColumn",
    name: `${categoricalColumn.name}_weighted_by_${weightFeatureKey}`,
    numBuckets: categoricalColumn.numBuckets,
    parents: Object.freeze([categoricalColumn, weightFeatureKey]),
    get parseExampleSpec(): ParseExampleSpec {
      const spec = categoricalColumn.parseExampleSpec;
      const taken = spec[weightFeatureKey];
      if (taken !== undefined) {
        throw invalidArgument(`Parse config ${exampleFeatureText(taken)} already exists for ${weightFeatureKey}.`);
      }
      return Object.freeze({ ...spec, [weightFeatureKey]: varLenFeature(dtype) });
    },
    description: attributeText("WeightedCategoricalColumn", [
      ["categorical_column", categoricalColumn],
      ["weight_feature_key", weightFeatureKey],
      ["dtype", dtypeText(dtype)],
    ]),
    transform: (cache): IdWeightPair => {
      const weights = cache.feature(weightFeatureKey);
      if (weights.dtype !== dtype) {
        throw invalidArgument(`Bad dtype, expected ${dtypeString(dtype)}, but got ${dtypeString(weights.dtype)}.`);
      }
      const sparse = weights instanceof SparseTensor ? weights : toSparseInput(weights, 0);
      const weightTensor = isFloatingDType(sparse.dtype)
        ? sparse
        : new SparseTensor(sparse.indices, castValues(sparse, "float32"), sparse.denseShape);
      return { idTensor: cache.transformed(categoricalColumn) as SparseTensor, weightTensor };
    },
    sparseTensors: (cache) => cache.transformed(column) as IdWeightPair,
  });
  return column;
}
