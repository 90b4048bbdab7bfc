import { emptyBytes } from "../core/dtype.js";
import { invalidArgument } from "../core/status-error.js";

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const comma = 0x2c;

/** How fields are told apart. */
export interface CsvOptions {
  /** The byte between fields; a comma unless said. */
  readonly delimiter?: number;
  /** Whether a field may be quoted, to hold delimiters, line breaks and doubled quotes; true unless said. */
  readonly useQuotes?: boolean;
}

/**
 * The fields of one record, as the op DecodeCSV takes it apart: views on it where they need no unescaping.
 *
 * Line breaks before a field are skipped; elsewhere they must be quoted. INVALID_ARGUMENT with DecodeCSV's texts.
 */
export function splitCsvRecord(record: Uint8Array, options: CsvOptions = {}): Uint8Array[] {
  const delimiter = options.delimiter ?? comma;
  const useQuotes = options.useQuotes ?? true;
  const fields: Uint8Array[] = [];
  const end = record.length;
  let i = 0;
  while (i < end) {
    const byte = record[i]!;
    if (byte === lineFeed || byte === carriageReturn) {
      i += 1;
    } else if (useQuotes && byte === quote) {
      const close = closingQuote(record, i + 1, delimiter);
      fields.push(undouble(record, i + 1, close));
      i = close + 2;
    } else {
      const start = i;
      for (; i < end && record[i] !== delimiter; i++) {
        const inner = record[i]!;
        if ((useQuotes && inner === quote) || inner === lineFeed || inner === carriageReturn) {
          throw invalidArgument("Unquoted fields cannot have quotes/CRLFs inside");
        }
      }
      fields.push(record.subarray(start, i));
      i += 1;
    }
  }
  if (end > 0 && record[end - 1] === delimiter) fields.push(emptyBytes);
  return fields;
}

/** The quote that ends a field: one that a delimiter or the record's end follows. */
function closingQuote(record: Uint8Array, start: number, delimiter: number): number {
  const last = record.length - 1;
  let i = start;
  while (i < last && (record[i] !== quote || record[i + 1] !== delimiter)) {
    if (record[i] !== quote) {
      i += 1;
    } else {
      if (record[i + 1] !== quote) throw invalidArgument("Quote inside a string has to be escaped by another quote");
      i += 2;
    }
  }
  if (i < record.length && record[i] === quote) return i;
  throw invalidArgument("Quoted field has to end with quote followed by delim or end");
}

/** The bytes from `start` to `end` with each doubled quote as one. */
function undouble(record: Uint8Array, start: number, end: number): Uint8Array {
  const field = record.subarray(start, end);
  if (!field.includes(quote)) return field;
  const result = new Uint8Array(field.length);
  let length = 0;
  for (let i = 0; i < field.length; i++) {
    result[length++] = field[i]!;
    if (field[i] === quote) i += 1;
  }
  return result.subarray(0, length);
}

/**
 * The records of a CSV file (RFC 4180), each a list of fields, as CsvDataset reads them.
 *
 * Records end with \n, \r\n, \r or the file; quoted fields may hold any of these. An empty line is a record of one empty field. INVALID_ARGUMENT
 * with CsvDataset's texts.
 */
export function* readCsvRecords(bytes: Uint8Array, options: CsvOptions = {}): Generator<Uint8Array[], void> {
  const delimiter = options.delimiter ?? comma;
  const useQuotes = options.useQuotes ?? true;
  const end = bytes.length;
  let fields: Uint8Array[] = [];
  let i = 0;
  /** Whether a delimiter was read last, so that a field is due even where the file ends. */
  let due = false;
  while (i < end) {
    if (useQuotes && bytes[i] === quote) {
      const close = quoteEnd(bytes, i + 1, delimiter);
      fields.push(undouble(bytes, i + 1, close));
      i = close + 1;
    } else {
      const start = i;
      for (; i < end; i++) {
        const byte = bytes[i]!;
        if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break;
        if (useQuotes && byte === quote) throw invalidArgument("Unquoted fields cannot have quotes inside");
      }
      fields.push(bytes.subarray(start, i));
    }
    due = i < end && bytes[i] === delimiter;
    if (!due) {
      if (bytes[i] === carriageReturn && bytes[i + 1] === lineFeed) i += 1;
      yield fields;
      fields = [];
    }
    i += 1;
  }
  if (due) yield [...fields, emptyBytes];
}

/** The quote that ends a field: one that a delimiter, a line break or the file's end follows. */
function quoteEnd(bytes: Uint8Array, start: number, delimiter: number): number {
  let misplaced = false;
  for (let i = start; i < bytes.length; i++) {
    if (bytes[i] !== quote) continue;
    const next = bytes[i + 1];
    if (next === undefined || next === delimiter || next === lineFeed || next === carriageReturn) {
      if (misplaced) throw invalidArgument("Quote inside a string has to be escaped by another quote");
      return i;
    }
    misplaced ||= next !== quote;
    i += 1;
  }
  // As CsvDataset does, which reads on to the end of the field before it reports a misplaced quote.
  throw invalidArgument("Reached end of file without closing quoted field in record");
}
