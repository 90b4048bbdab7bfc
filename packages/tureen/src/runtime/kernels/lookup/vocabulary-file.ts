import { allocate, type DType, dtypeLabel } from "../../../core/dtype.js";
import { readWholeFile } from "../../../core/file-system.js";
import { invalidArgument, outOfRange } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { decodeText } from "../../../core/text.js";
import { parseInteger, parseReal } from "../string/parse-number.js";

/** How a text file becomes keys and values: InitializeTableFromTextFile's attributes. */
export interface VocabularyFormat {
  /** Which column is the key: -2 the whole line, -1 the line's number, else its index. */
  readonly keyIndex: number;
  readonly valueIndex: number;
  /** Lines to read; -1 for all. */
  readonly vocabSize: number;
  /** The byte between columns. */
  readonly delimiter: number;
  /** Added to line numbers. */
  readonly offset: number;
}

const wholeLine = -2;
const lineNumber = -1;
const newline = 0x0a;
const carriageReturn = 0x0d;

const integers = new Set<DType>(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]);

/**
 * Reads keys and values of a vocabulary, with TensorFlow's checks and texts (TextFileLineIterator in core/kernels/lookup_util.cc).
 *
 * `name` is the file's name in texts, `path` where it is. A carriage return before the newline is dropped.
 */
export function readVocabulary(
  path: string,
  name: string,
  format: VocabularyFormat,
  keyDType: DType,
  valueDType: DType,
): readonly [TensorValue, TensorValue] {
  checkColumns(format, keyDType, valueDType);
  const lines = splitLines(readWholeFile(path));
  const { vocabSize } = format;
  const count = vocabSize >= 0 && lines.length > vocabSize ? vocabSize : lines.length;
  const keys = allocate(keyDType, count);
  const values = allocate(valueDType, count);
  if (count === 0) {
    throw outOfRange(lines.length > 0 ? `Finished reading 0 of lines from ${name}` : "Read less bytes than requested");
  }
  const columns = Math.max(format.keyIndex, format.valueIndex) + 1;
  for (let i = 0; i < count; i++) {
    const { bytes, end } = lines[i]!;
    if (bytes.length === 0) {
      throw invalidArgument(`Invalid content in ${name}: empty line found at position ${end}.`);
    }
    const tokens = columns > 0 ? splitColumns(bytes, format.delimiter) : [];
    if (tokens.length < columns) {
      throw invalidArgument(
        `Invalid number of columns in ${name} line ${i} (${decodeText(bytes)}) : expected at least ${columns} got ${tokens.length}`,
      );
    }
    setColumn(keys, keyDType, i, format.keyIndex, bytes, tokens, format.offset);
    setColumn(values, valueDType, i, format.valueIndex, bytes, tokens, format.offset);
  }
  if (vocabSize >= 0 && lines.length < vocabSize) {
    throw invalidArgument(`Invalid vocab_size in ${name}: expected ${vocabSize} but got ${lines.length}`);
  }
  return [tensorValue(keyDType, [count], keys), tensorValue(valueDType, [count], values)];
}

function checkColumns(format: VocabularyFormat, keyDType: DType, valueDType: DType): void {
  if (format.keyIndex === lineNumber && keyDType !== "int64") {
    throw invalidArgument(`Key index for line number requires table key dtype of int64, got ${dtypeLabel(keyDType)}`);
  }
  if (format.keyIndex === wholeLine && !integers.has(keyDType) && keyDType !== "string") {
    throw invalidArgument(`Key index for whole line requires string or integer table key, got ${dtypeLabel(keyDType)}`);
  }
  if (format.valueIndex === lineNumber && valueDType !== "int64") {
    throw invalidArgument(
      `Value index for line number requires table value dtype of int64, got ${dtypeLabel(valueDType)}`,
    );
  }
  if (format.valueIndex === wholeLine && !integers.has(valueDType) && valueDType !== "string") {
    throw invalidArgument(
      `Value index for whole line requires table value dtype of integer or string, got ${dtypeLabel(valueDType)}`,
    );
  }
}

interface Line {
  readonly bytes: Uint8Array;
  /** Position in the file behind the line. */
  readonly end: number;
}

function splitLines(content: Uint8Array): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < content.length) {
    let end = content.indexOf(newline, start);
    if (end < 0) end = content.length;
    const bytes = content.subarray(start, end > start && content[end - 1] === carriageReturn ? end - 1 : end);
    start = Math.min(end + 1, content.length);
    lines.push({ bytes, end: start });
  }
  return lines;
}

function splitColumns(line: Uint8Array, delimiter: number): Uint8Array[] {
  const columns: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i <= line.length; i++) {
    if (i < line.length && line[i] !== delimiter) continue;
    columns.push(line.subarray(start, i));
    start = i + 1;
  }
  return columns;
}

function setColumn(
  data: TensorValue["data"],
  dtype: DType,
  i: number,
  index: number,
  line: Uint8Array,
  tokens: readonly Uint8Array[],
  offset: number,
): void {
  if (index === lineNumber) {
    (data as BigInt64Array)[i] = BigInt(i + offset);
    return;
  }
  const token = index === wholeLine ? line : tokens[index]!;
  if (dtype === "string") {
    (data as Uint8Array[])[i] = token;
    return;
  }
  const text = decodeText(token);
  const invalid = (): never => {
    throw invalidArgument(`Field ${text} in line ${i} is not a valid ${dtypeLabel(dtype)}.`);
  };
  switch (dtype) {
    case "int32":
      // TensorFlow adds the offset to int32 columns too, and to no other.
      (data as Int32Array)[i] = Number(parseInteger(text, 32) ?? invalid()) + offset;
      break;
    case "int64":
      (data as BigInt64Array)[i] = parseInteger(text, 64) ?? invalid();
      break;
    case "float32":
      (data as Float32Array)[i] = parseReal(text) ?? invalid();
      break;
    case "float64":
      (data as Float64Array)[i] = parseReal(text) ?? invalid();
      break;
    default:
      throw invalidArgument(`Data type ${dtypeLabel(dtype)} not supported.`);
  }
}
