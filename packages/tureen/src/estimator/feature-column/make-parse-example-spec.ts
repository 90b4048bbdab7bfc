import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import type { NestedValue } from "../../core/tensor-value.js";
import { type FeatureColumn, isFeatureColumn } from "./feature-column.js";
import { type NumericColumn, numericColumn } from "./numeric-column.js";
import {
  type ExampleFeature,
  exampleFeatureText,
  type FixedLenFeature,
  fixedLenFeature,
  type ParseExampleSpec,
} from "./parse-spec.js";
import { pythonText } from "./python-text.js";

/** What the columns need of an Example (`tf.feature_column.make_parse_example_spec`); INVALID_ARGUMENT where two want one key differently. */
export function makeParseExampleSpec(columns: readonly FeatureColumn[]): ParseExampleSpec {
  const result: Record<string, ExampleFeature> = {};
  for (const column of columns) {
    if (!isFeatureColumn(column)) {
      throw invalidArgument(`All feature_columns must be FeatureColumn instances. Given: ${pythonText(column)}`);
    }
    for (const [key, feature] of Object.entries(column.parseExampleSpec)) {
      const known = result[key];
      if (known !== undefined && exampleFeatureText(known) !== exampleFeatureText(feature)) {
        throw invalidArgument(
          `feature_columns contain different parse_spec for key ${key}. Given ${exampleFeatureText(feature)} and ${exampleFeatureText(known)}`,
        );
      }
      result[key] = feature;
    }
  }
  return Object.freeze(result);
}

/** What labels and weights need of an Example. */
export interface LabelSpecOptions {
  readonly labelKey: string;
  /** Default int64 for classes, float32 for values. */
  readonly labelDtype?: DType;
  readonly labelDefault?: NestedValue;
  /** The example weight: a key, or a numeric column. */
  readonly weightColumn?: string | NumericColumn;
}

/** The same for `checkOptions`. */
const labelSpecOptionsTable: OptionTable<LabelSpecOptions> = {
  labelKey: "required",
  labelDtype: "optional",
  labelDefault: "optional",
  weightColumn: "optional",
};

/** The columns' spec, the label's and the weight's for a classifier (`tf.estimator.classifier_parse_example_spec`). */
export function classifierParseExampleSpec(
  columns: readonly FeatureColumn[],
  options: LabelSpecOptions,
): ParseExampleSpec {
  checkOptions("classifierParseExampleSpec", options, labelSpecOptionsTable);
  return withLabel(columns, fixedLenFeature([1], options.labelDtype ?? "int64", options.labelDefault), options);
}

/** The columns' spec, the label's and the weight's for a regressor (`tf.estimator.regressor_parse_example_spec`). */
export function regressorParseExampleSpec(
  columns: readonly FeatureColumn[],
  options: LabelSpecOptions & { readonly labelDimension?: number },
): ParseExampleSpec {
  checkOptions("regressorParseExampleSpec", options, { ...labelSpecOptionsTable, labelDimension: "optional" });
  const label = fixedLenFeature([options.labelDimension ?? 1], options.labelDtype ?? "float32", options.labelDefault);
  return withLabel(columns, label, options);
}

function withLabel(
  columns: readonly FeatureColumn[],
  label: FixedLenFeature,
  options: LabelSpecOptions,
): ParseExampleSpec {
  const { labelKey } = options;
  const spec: Record<string, ExampleFeature> = { ...makeParseExampleSpec(columns) };
  if (Object.hasOwn(spec, labelKey)) {
    throw invalidArgument(`label should not be used as feature. label_key: ${labelKey}, features: ${keysText(spec)}`);
  }
  spec[labelKey] = label;
  if (options.weightColumn === undefined) return Object.freeze(spec);
  const weight = typeof options.weightColumn === "string" ? numericColumn(options.weightColumn) : options.weightColumn;
  if (weight.kind !== "NumericColumn") {
    throw invalidArgument(
      `weight_column should be an instance of tf.feature_column.numeric_column. Given type: ${typeof weight} value: ${pythonText(weight)}`,
    );
  }
  if (Object.hasOwn(spec, weight.key)) {
    throw invalidArgument(
      `weight_column should not be used as feature. weight_column: ${weight.key}, features: ${keysText(spec)}`,
    );
  }
  return Object.freeze({ ...spec, ...weight.parseExampleSpec });
}

function keysText(spec: ParseExampleSpec): string {
  return `dict_keys(${pythonText(Object.keys(spec))})`;
}
