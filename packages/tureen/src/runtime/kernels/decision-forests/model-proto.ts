import { WireReader } from "../../../formats/wire-format.js";

/** `dataset.proto.ColumnType` of Yggdrasil, those that the inference op has inputs for. */
export const ColumnType = {
  NUMERICAL: 1,
  CATEGORICAL: 4,
  CATEGORICAL_SET: 5,
  BOOLEAN: 7,
  DISCRETIZED_NUMERICAL: 9,
} as const;

/** `model.proto.Task` of Yggdrasil. */
export const Task = {
  CLASSIFICATION: 1,
  REGRESSION: 2,
  RANKING: 3,
  CATEGORICAL_UPLIFT: 4,
  NUMERICAL_UPLIFT: 5,
} as const;

/** `gradient_boosted_trees.proto.Loss` of Yggdrasil. */
export const Loss = { BINOMIAL: 1, SQUARED_ERROR: 2, MULTINOMIAL: 3, BINARY_FOCAL: 6, POISSON: 7 } as const;

/** What inference needs to know of a column of `data_spec.pb`. */
export interface ColumnSpec {
  readonly type: number;
  readonly name: string;
  /** For categorical columns: how many values there are, 0 being out of vocabulary. */
  readonly uniqueValues: number;
  readonly isIntegerized: boolean;
  /** The values' texts by index, as bytes. */
  readonly items: ReadonlyMap<number, Uint8Array>;
  /** For discretized numbers: where one bin ends and the next begins. */
  readonly boundaries: readonly number[];
}

/** `header.pb`. */
export interface ModelHeader {
  readonly name: string;
  readonly task: number;
  readonly labelColumn: number;
  readonly inputFeatures: readonly number[];
  readonly outputsProbabilities: boolean;
  readonly treatmentColumn: number;
}

/** `gradient_boosted_trees_header.pb` or `random_forest_header.pb`. */
export interface ForestHeader {
  readonly nodeShards: number;
  readonly trees: number;
  readonly nodeFormat: string;
  readonly loss: number;
  readonly initialPredictions: readonly number[];
  readonly treesPerIteration: number;
  readonly outputsLogits: boolean;
  readonly winnerTakesAll: boolean;
}

/** Calls `field` for each field of a message until the end; what it does not read (false) is skipped. */
export function readMessage(
  bytes: Uint8Array,
  field: (reader: WireReader, number: number, wireType: number) => boolean,
): void {
  const reader = new WireReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (!field(reader, Math.floor(tag / 8), tag % 8)) reader.skip(tag);
  }
}

/** Numbers of a repeated field, packed or not, added to `into`. */
export function readNumbers(
  reader: WireReader,
  wireType: number,
  into: number[],
  read: (reader: WireReader) => number,
): void {
  if (wireType !== 2) {
    into.push(read(reader));
    return;
  }
  const packed = new WireReader(reader.lengthPrefixed());
  while (!packed.done) into.push(read(packed));
}

/** A varint that holds an int32. */
export const int32 = (reader: WireReader): number => reader.int64() | 0;
/** A float of a repeated field. */
export const float = (reader: WireReader): number => reader.float();
/** A double of a repeated field. */
export const double = (reader: WireReader): number => reader.double();

/** Reads `data_spec.pb`; fields numbered as in dataset/data_spec.proto. */
export function readDataSpec(bytes: Uint8Array): ColumnSpec[] {
  const columns: ColumnSpec[] = [];
  readMessage(bytes, (reader, number) => {
    if (number !== 1) return false;
    columns.push(readColumn(reader.lengthPrefixed()));
    return true;
  });
  return columns;
}

function readColumn(bytes: Uint8Array): ColumnSpec {
  let type = 0;
  let name = "";
  let uniqueValues = 0;
  let isIntegerized = false;
  const items = new Map<number, Uint8Array>();
  const boundaries: number[] = [];
  readMessage(bytes, (reader, number) => {
    if (number === 1) type = reader.varint();
    else if (number === 2) name = reader.text();
    else if (number === 6) {
      readMessage(reader.lengthPrefixed(), (categorical, field) => {
        if (field === 2) uniqueValues = categorical.int64();
        else if (field === 5) isIntegerized = categorical.varint() !== 0;
        else if (field === 7) readItem(categorical.lengthPrefixed(), items);
        else return false;
        return true;
      });
    } else if (number === 8) {
      readMessage(reader.lengthPrefixed(), (discretized, field, wireType) => {
        if (field !== 1) return false;
        readNumbers(discretized, wireType, boundaries, float);
        return true;
      });
    } else return false;
    return true;
  });
  return { type, name, uniqueValues, isIntegerized, items, boundaries };
}

function readItem(bytes: Uint8Array, items: Map<number, Uint8Array>): void {
  let key: Uint8Array = new Uint8Array(0);
  let index = 0;
  readMessage(bytes, (reader, number) => {
    if (number === 1) key = reader.lengthPrefixed();
    else if (number === 2) {
      readMessage(reader.lengthPrefixed(), (value, field) => {
        if (field !== 1) return false;
        index = value.int64();
        return true;
      });
    } else return false;
    return true;
  });
  if (!items.has(index)) items.set(index, key);
}

/** Reads `header.pb`; fields numbered as in model/abstract_model.proto. */
export function readModelHeader(bytes: Uint8Array): ModelHeader {
  const header = {
    name: "",
    task: 0,
    labelColumn: 0,
    inputFeatures: [] as number[],
    outputsProbabilities: true,
    treatmentColumn: -1,
  };
  readMessage(bytes, (reader, number, wireType) => {
    if (number === 1) header.name = reader.text();
    else if (number === 2) header.task = reader.varint();
    else if (number === 3) header.labelColumn = int32(reader);
    else if (number === 5) readNumbers(reader, wireType, header.inputFeatures, int32);
    else if (number === 8) header.outputsProbabilities = reader.varint() !== 0;
    else if (number === 9) header.treatmentColumn = int32(reader);
    else return false;
    return true;
  });
  return header;
}

/** Reads the header of a kind of model; the two kinds number their fields differently. */
export function readForestHeader(bytes: Uint8Array, kind: "boosted" | "random"): ForestHeader {
  const header = {
    nodeShards: 0,
    trees: 0,
    nodeFormat: "TFE_RECORDIO",
    loss: 0,
    initialPredictions: [] as number[],
    treesPerIteration: 1,
    outputsLogits: false,
    winnerTakesAll: true,
  };
  const boosted = kind === "boosted";
  readMessage(bytes, (reader, number, wireType) => {
    if (number === 1) header.nodeShards = int32(reader);
    else if (number === 2) header.trees = reader.int64();
    else if (number === 3 && boosted) header.loss = reader.varint();
    else if (number === 3) header.winnerTakesAll = reader.varint() !== 0;
    else if (number === 4 && boosted) readNumbers(reader, wireType, header.initialPredictions, float);
    else if (number === 5 && boosted) header.treesPerIteration = int32(reader);
    else if (number === 7) header.nodeFormat = reader.text();
    else if (number === 9 && boosted) header.outputsLogits = reader.varint() !== 0;
    else return false;
    return true;
  });
  return header;
}
