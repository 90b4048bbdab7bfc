import { internal } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { BatchParser, leastExamples } from "./batch-parser.js";
import { ExampleColumn, filled, TypeCode, wordsOf } from "./example-column.js";
import { explainBatchFailure, explainSingleFailure } from "./example-failure.js";
import { ExampleScanner, ScanResult } from "./example-scanner.js";
import { allFeatures, type ExampleSpec, type VarLenFeature } from "./example-spec.js";

/** What parsing gives, each list in the order of the spec. */
export interface ParsedExamples {
  readonly sparseIndices: readonly TensorValue[];
  readonly sparseValues: readonly TensorValue[];
  readonly sparseShapes: readonly TensorValue[];
  readonly denseValues: readonly TensorValue[];
  readonly raggedValues: readonly TensorValue[];
  readonly raggedSplits: readonly TensorValue[];
}

/**
 * Parses serialized Examples into tensors by one spec.
 *
 * Batches of usual Examples go through `BatchParser`; what it leaves is done here.
 *
 * Works in two passes an Example: the scanner finds where each wanted feature lies, then the columns read the values straight from
 * the bytes into the output. A failure is only noticed there; which one TensorFlow would report is worked out afterwards.
 */
export class ExampleParser {
  readonly #spec: ExampleSpec;
  readonly #columns: readonly ExampleColumn[];
  readonly #batchScanner: ExampleScanner;
  readonly #singleScanner: ExampleScanner;
  /** Made for the first batch that is large enough; null where there is none. */
  #batchParser: BatchParser | null | undefined;

  /** INTERNAL where two features of the spec have one key. `oneByOne`: batches are parsed here as well, which takes longer. */
  constructor(spec: ExampleSpec, { oneByOne = false }: { readonly oneByOne?: boolean } = {}) {
    if (oneByOne) this.#batchParser = null;
    const features = allFeatures(spec);
    const keys = features.map((feature) => feature.key);
    this.#spec = spec;
    this.#columns = features.map((feature) => new ExampleColumn(feature));
    this.#batchScanner = new ExampleScanner(
      keys,
      features.map((feature) => feature.kind === "dense" || feature.kind === "varLen"),
    );
    this.#singleScanner = new ExampleScanner(
      keys,
      features.map(() => true),
    );
  }

  /** Parses a vector of Examples (TensorFlow's FastParseExample); `names` may be empty. */
  parseBatch(serialized: readonly Uint8Array[], names: readonly Uint8Array[]): ParsedExamples {
    const batch = serialized.length;
    if (batch >= leastExamples) {
      if (this.#batchParser === undefined) this.#batchParser = BatchParser.of(this.#columns) ?? null;
      const words = this.#batchParser?.parse(serialized);
      if (words !== undefined) return this.#outputs(batch, words);
    }
    const dense = this.#begin(batch);
    for (let row = 0; row < batch; row++) {
      if (!this.#parse(this.#batchScanner, serialized[row]!, row, true)) {
        this.#finish();
        throw explainBatchFailure(allFeatures(this.#spec), serialized, row, names);
      }
    }
    return this.#outputs(batch, dense);
  }

  /** Parses one Example without a batch dimension (TensorFlow's FastParseSingleExample). */
  parseSingle(serialized: Uint8Array): ParsedExamples {
    const dense = this.#begin(1);
    if (!this.#parse(this.#singleScanner, serialized, 0, false)) {
      this.#finish();
      throw explainSingleFailure(allFeatures(this.#spec), serialized);
    }
    return this.#singleOutputs(dense);
  }

  /** Lays the numeric dense outputs out in one buffer, int64 before float so that all are aligned. */
  #begin(batch: number): Int32Array {
    let words = 0;
    for (const column of this.#columns) words += batch * column.fixed * column.wordsPerElement;
    const dense = new Int32Array(words);
    let at = 0;
    for (let size = 2; size >= 0; size--) {
      for (const column of this.#columns) {
        if (column.wordsPerElement !== size) continue;
        column.begin(batch, dense, size === 0 ? 0 : at / size);
        at += batch * column.fixed * size;
      }
    }
    return dense;
  }

  #finish(): void {
    for (const column of this.#columns) column.finish();
  }

  #parse(scanner: ExampleScanner, bytes: Uint8Array, row: number, batched: boolean): boolean {
    if (scanner.scan(bytes) !== ScanResult.OK) return false;
    const columns = this.#columns;
    const { starts, ends, found, stamp } = scanner;
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c]!;
      const start = starts[c]!;
      const end = ends[c]!;
      const has = found[c] === stamp;
      if (has && start < end && bytes[start]! >> 3 !== column.code) return false;
      const kind = column.feature.kind;
      if (kind === "dense") {
        if (has) {
          if (column.readFixed(bytes, start + 1, end, row) !== column.fixed) return false;
          // TensorFlow gives back the default as it is where a single Example lacks the feature, whatever its shape.
        } else if (!column.fillDefault(row)) return false;
      } else {
        if (has && start < end) {
          const count = column.append(bytes, start + 1, end);
          if (count < 0 || (kind === "varLen" && count % (column.feature as VarLenFeature).stride !== 0)) return false;
        }
        if (batched || row === 0) column.ends[row] = column.count;
      }
    }
    return true;
  }

  #outputs(batch: number, dense: Int32Array): ParsedExamples {
    const { buffer } = dense;
    const sparseIndices: TensorValue[] = [];
    const sparseValues: TensorValue[] = [];
    const sparseShapes: TensorValue[] = [];
    const denseValues: TensorValue[] = [];
    const raggedValues: TensorValue[] = [];
    const raggedSplits: TensorValue[] = [];
    let sparseColumns = 0;
    for (const column of this.#columns) if (column.feature.kind === "sparse") sparseColumns++;
    const shapeWords = new Int32Array(sparseColumns * 4);
    /** The sparse column before and the indices of its values: columns of as many values in each Example share them. */
    let before: ExampleColumn | undefined;
    let indices: TensorValue | undefined;
    for (const column of this.#columns) {
      const { feature } = column;
      switch (feature.kind) {
        case "dense":
          denseValues.push(denseOutput(column, buffer, [batch, ...feature.shape], batch * feature.stride));
          break;
        case "varLen":
          denseValues.push(paddedOutput(column, feature, batch));
          break;
        case "sparse": {
          if (indices === undefined || !haveSameEnds(before!, column, batch)) {
            indices = tensorValue("int64", [column.count, 2], indicesOf(column, batch));
            before = column;
          }
          const at = sparseShapes.length * 4;
          shapeWords[at] = batch;
          shapeWords[at + 2] = column.longest(batch);
          sparseIndices.push(indices);
          sparseValues.push(column.flatValues());
          sparseShapes.push(tensorValue("int64", [2], new BigInt64Array(shapeWords.buffer, at * 4, 2)));
          break;
        }
        case "ragged":
          raggedValues.push(column.flatValues());
          raggedSplits.push(splits(column, feature.splitsDType, batch));
          break;
      }
    }
    this.#finish();
    return { sparseIndices, sparseValues, sparseShapes, denseValues, raggedValues, raggedSplits };
  }

  #singleOutputs(dense: Int32Array): ParsedExamples {
    const { buffer } = dense;
    const sparseIndices: TensorValue[] = [];
    const sparseValues: TensorValue[] = [];
    const sparseShapes: TensorValue[] = [];
    const denseValues: TensorValue[] = [];
    const raggedValues: TensorValue[] = [];
    const raggedSplits: TensorValue[] = [];
    this.#columns.forEach((column) => {
      const { feature, count } = column;
      switch (feature.kind) {
        case "dense":
          denseValues.push(denseOutput(column, buffer, feature.shape, feature.stride));
          break;
        case "varLen": {
          const rows = feature.stride === 0 ? 0 : count / feature.stride;
          denseValues.push({ ...column.flatValues(), shape: [rows, ...feature.shape.slice(1)] });
          break;
        }
        case "sparse":
          sparseIndices.push(
            tensorValue(
              "int64",
              [count, 1],
              BigInt64Array.from({ length: count }, (_, i) => BigInt(i)),
            ),
          );
          sparseValues.push(column.flatValues());
          sparseShapes.push(tensorValue("int64", [1], BigInt64Array.of(BigInt(count))));
          break;
        case "ragged":
          raggedValues.push(column.flatValues());
          raggedSplits.push(
            feature.splitsDType === "int64"
              ? tensorValue("int64", [0], new BigInt64Array(0))
              : tensorValue("int32", [0], new Int32Array(0)),
          );
          break;
      }
      column.finish();
    });
    return { sparseIndices, sparseValues, sparseShapes, denseValues, raggedValues, raggedSplits };
  }
}

function denseOutput(
  column: ExampleColumn,
  buffer: ArrayBufferLike,
  shape: readonly number[],
  count: number,
): TensorValue {
  switch (column.code) {
    case TypeCode.STRING:
      return tensorValue("string", shape, column.strings);
    case TypeCode.FLOAT:
      return tensorValue("float32", shape, new Float32Array(buffer, column.base * 4, count));
    case TypeCode.INT64:
      return tensorValue("int64", shape, new BigInt64Array(buffer, column.base * 8, count));
    default:
      throw internal(`a feature of kind ${column.code}`);
  }
}

function haveSameEnds(a: ExampleColumn, b: ExampleColumn, batch: number): boolean {
  if (a.count !== b.count) return false;
  for (let row = 0; row < batch; row++) if (a.ends[row] !== b.ends[row]) return false;
  return true;
}

/** Example and place in it of each value. */
function indicesOf({ ends, count }: ExampleColumn, batch: number): BigInt64Array<ArrayBuffer> {
  const words = new Int32Array(count * 4);
  let w = 0;
  let element = 0;
  for (let row = 0; row < batch; row++) {
    const end = ends[row]!;
    for (let position = 0; element < end; element++, position++, w += 4) {
      words[w] = row;
      words[w + 2] = position;
    }
  }
  return new BigInt64Array(words.buffer);
}

function splits(column: ExampleColumn, dtype: "int32" | "int64", batch: number): TensorValue {
  const { ends } = column;
  if (dtype === "int32") {
    const data = new Int32Array(batch + 1);
    data.set(ends.subarray(0, batch), 1);
    return tensorValue("int32", [batch + 1], data);
  }
  const data = new BigInt64Array(batch + 1);
  const words = new Int32Array(data.buffer);
  for (let i = 0; i < batch; i++) words[i * 2 + 2] = ends[i]!;
  return tensorValue("int64", [batch + 1], data);
}

function paddedOutput(column: ExampleColumn, feature: VarLenFeature, batch: number): TensorValue {
  const longest = column.longest(batch);
  const rows = feature.stride === 0 ? 0 : longest / feature.stride;
  const shape = [batch, rows, ...feature.shape.slice(1)];
  const value = filled(feature.defaultValue, shape, batch * longest);
  const { ends } = column;
  let from = 0;
  if (feature.dtype === "string") {
    const target = value.data as Uint8Array[];
    for (let row = 0; row < batch; row++) {
      for (let i = 0; from < ends[row]!; from++, i++) target[row * longest + i] = column.strings[from]!;
    }
    return value;
  }
  const target = wordsOf(value);
  const size = column.wordsPerElement;
  for (let row = 0; row < batch; row++) {
    const end = ends[row]!;
    target.set(column.words.subarray(from * size, end * size), row * longest * size);
    from = end;
  }
  return value;
}
