import { unimplemented } from "../../../core/status-error.js";
import { type ColumnSpec, ColumnType } from "./model-proto.js";

/** The inputs of the inference op: one matrix a kind of feature. */
export type Bank = "numerical" | "boolean" | "categorical" | "categoricalSet";

/** Where a column's values come in. */
export interface Slot {
  readonly bank: Bank;
  /** The column within the bank's matrix. */
  readonly index: number;
}

/** Which columns each of the op's inputs holds, in the order of the model's input features. */
export interface FeatureBanks {
  readonly slots: ReadonlyMap<number, Slot>;
  readonly sizes: Readonly<Record<Bank, number>>;
  /** How many values each categorical column has: other ones count as out of vocabulary. */
  readonly categoricalLimits: Int32Array;
  readonly setLimits: Int32Array;
}

const typeNames = [
  "UNKNOWN",
  "NUMERICAL",
  "NUMERICAL_SET",
  "NUMERICAL_LIST",
  "CATEGORICAL",
  "CATEGORICAL_SET",
  "CATEGORICAL_LIST",
  "BOOLEAN",
  "STRING",
  "DISCRETIZED_NUMERICAL",
  "HASH",
  "NUMERICAL_VECTOR_SEQUENCE",
];

function bankOf({ type, name }: ColumnSpec): Bank {
  switch (type) {
    case ColumnType.NUMERICAL:
    case ColumnType.DISCRETIZED_NUMERICAL:
      return "numerical";
    case ColumnType.BOOLEAN:
      return "boolean";
    case ColumnType.CATEGORICAL:
      return "categorical";
    case ColumnType.CATEGORICAL_SET:
      return "categoricalSet";
    default:
      throw unimplemented(`Non supported feature type "${typeNames[type] ?? type}" for feature "${name}".`);
  }
}

/** Gives each input feature its place; UNIMPLEMENTED with TF-DF's text for a type that the op has no input for. */
export function featureBanks(inputFeatures: readonly number[], columns: readonly ColumnSpec[]): FeatureBanks {
  const slots = new Map<number, Slot>();
  const sizes = { numerical: 0, boolean: 0, categorical: 0, categoricalSet: 0 };
  const limits: { readonly categorical: number[]; readonly categoricalSet: number[] } = {
    categorical: [],
    categoricalSet: [],
  };
  for (const feature of inputFeatures) {
    const column = columns[feature];
    if (column === undefined) throw unimplemented(`No column ${feature} in the data specification`);
    const bank = bankOf(column);
    slots.set(feature, { bank, index: sizes[bank] });
    sizes[bank] += 1;
    if (bank === "categorical" || bank === "categoricalSet") limits[bank].push(column.uniqueValues);
  }
  return {
    slots,
    sizes,
    categoricalLimits: Int32Array.from(limits.categorical),
    setLimits: Int32Array.from(limits.categoricalSet),
  };
}
