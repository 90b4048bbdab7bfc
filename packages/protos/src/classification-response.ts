import { type ModelSpecMessage, readModelSpec, writeModelSpec } from "./model-spec.js";
import { WireError } from "./wire-error.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

/** What a server puts into a `tensorflow.serving.ClassificationResponse`: a table of examples by classes, row-major. */
export interface ClassificationTable {
  /** Number of examples. */
  readonly rows: number;
  /** Classes an example. */
  readonly columns: number;
  /** Labels, rows times columns; undefined leaves them empty. */
  readonly classes?: readonly Uint8Array[];
  /** Scores, rows times columns; undefined leaves them 0. */
  readonly scores?: Float32Array;
}

/** A label with its score. */
export interface ScoredClass {
  readonly label: string;
  readonly score: number;
}

/** A ClassificationResponse as a client reads it. */
export interface ClassificationResponseMessage {
  readonly modelSpec: ModelSpecMessage | undefined;
  /** For each example its classes, in the model's order. */
  readonly classifications: readonly (readonly ScoredClass[])[];
}

/** Encodes a ClassificationResponse from the model's output arrays. */
export function encodeClassificationResponse(
  modelSpec: ModelSpecMessage | undefined,
  table: ClassificationTable,
): Uint8Array {
  const writer = new WireWriter(256 + table.rows * (4 + table.columns * 24));
  if (modelSpec !== undefined) writeModelSpec(writer, 18, modelSpec);
  writeClassificationResult(writer, 10, table);
  return writer.finish();
}

/** Prepends a ClassificationResult as a length-prefixed field with the given tag. */
export function writeClassificationResult(writer: WireWriter, tag: number, table: ClassificationTable): void {
  const { rows, columns, classes, scores } = table;
  const cells = rows * columns;
  if ((classes !== undefined && classes.length !== cells) || (scores !== undefined && scores.length !== cells)) {
    throw new WireError(`classes or scores do not fill a table of ${rows} by ${columns}`, 0, "invalid");
  }
  const start = writer.mark;
  for (let row = rows - 1; row >= 0; row--) {
    const rowStart = writer.mark;
    for (let cell = (row + 1) * columns - 1; cell >= row * columns; cell--) {
      const cellStart = writer.mark;
      // Object.is: a score of -0 is not the default and goes on the wire.
      if (scores !== undefined && !Object.is(scores[cell], 0)) writer.floatField(21, scores[cell]!);
      const label = classes?.[cell];
      if (label !== undefined && label.length > 0) writer.bytesField(10, label);
      writer.wrap(10, cellStart);
    }
    writer.wrap(10, rowStart);
  }
  writer.wrap(tag, start);
}

/** Decodes a serialized ClassificationResponse. Throws `WireError` with reason `malformed`. */
export function decodeClassificationResponse(bytes: Uint8Array): ClassificationResponseMessage {
  const reader = new WireReader(bytes);
  const classifications: ScoredClass[][] = [];
  let modelSpec: ModelSpecMessage | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) readClassificationResult(reader, classifications);
    else if (tag === 18) modelSpec = readModelSpec(reader, modelSpec);
    else reader.skip(tag);
  }
  return { modelSpec, classifications };
}

function readClassificationResult(reader: WireReader, classifications: ScoredClass[][]): void {
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== 10) {
      reader.skip(tag);
      continue;
    }
    const row: ScoredClass[] = [];
    const rowEnd = reader.enter();
    while (!reader.done) {
      const inner = reader.tag();
      if (inner === 10) row.push(readClass(reader));
      else reader.skip(inner);
    }
    reader.leave(rowEnd);
    classifications.push(row);
  }
  reader.leave(outer);
}

function readClass(reader: WireReader): ScoredClass {
  let label = "";
  let score = 0;
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) label = reader.text();
    else if (tag === 21) score = reader.float();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { label, score };
}
