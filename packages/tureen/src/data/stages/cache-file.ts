import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolders } from "../../core/file-system.js";
import { dataLoss } from "../../core/status-error.js";
import { decodeText, encodeText } from "../../core/text.js";
import { readTfRecordFileSync, TfRecordWriter } from "../../formats/tf-record-file.js";
import { decodeElement, encodeElement } from "../element-bytes.js";
import type { ElementSpec } from "../element-spec.js";
import { type Cursor, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";

/** The first record of a cache file, before its elements' spec as JSON. */
const mark = "tureen.cache/1 ";

/**
 * Keeps the elements of the first pass that reaches its end in a file; later passes, of this process and of others, read them from it.
 *
 * A TFRecord file: the spec, then an element a record. It appears under its name when it is complete, so that a pass that is given up or killed
 * leaves nothing that counts. Who changes the data or the stages before has to delete it. DATA_LOSS for a file that is something else.
 */
export function cacheFileStage(source: Stage, path: string): Stage {
  const open = (): Cursor => {
    if (existsSync(path)) return readingCursor(path);
    let inner: Cursor | undefined;
    // The spec comes before the pass: where it takes an element to know it, that one's pass is handed on.
    const start = (spec: ElementSpec): Cursor => {
      inner = writingCursor(source.open(), path, spec);
      return inner;
    };
    return {
      next: () =>
        inner === undefined ? whenHere(whenHere(source.spec(), start), (cursor) => cursor.next()) : inner.next(),
      close: () => inner?.close(),
    };
  };
  return { open, spec: () => (existsSync(path) ? readSpec(path) : source.spec()) };
}

function records(path: string): { readonly spec: ElementSpec; readonly elements: Generator<Uint8Array, void> } {
  const elements = readTfRecordFileSync(path);
  const head = elements.next();
  const text = head.done === true ? "" : decodeText(head.value);
  if (!text.startsWith(mark)) throw dataLoss(`${path} is no cache of a dataset`);
  return { spec: JSON.parse(text.slice(mark.length)) as ElementSpec, elements };
}

function readSpec(path: string): ElementSpec {
  const { spec, elements } = records(path);
  elements.return();
  return spec;
}

function readingCursor(path: string): Cursor {
  const { elements } = records(path);
  return {
    next: () => {
      const record = elements.next();
      return record.done === true ? undefined : decodeElement(record.value);
    },
    close: () => {
      elements.return();
    },
  };
}

let written = 0;

function writingCursor(cursor: Cursor, path: string, spec: ElementSpec): Cursor {
  makeFolders(dirname(path));
  // Of several passes that fill one cache at a time each has its own file, and the last to end stays.
  const temporary = `${path}.temp-${process.pid}-${written++}`;
  let writer: TfRecordWriter | undefined = new TfRecordWriter(temporary);
  writer.write(encodeText(mark + JSON.stringify(spec)));
  const end = (complete: boolean): void => {
    if (writer === undefined) return;
    writer.close();
    writer = undefined;
    if (complete) renameSync(temporary, path);
    else rmSync(temporary, { force: true });
  };
  const keep = (element: Structure | undefined): Structure | undefined => {
    if (element === undefined) end(true);
    else writer?.write(encodeElement(element));
    return element;
  };
  return {
    next: () => whenHere(cursor.next(), keep),
    close: () => {
      end(false);
      return cursor.close();
    },
  };
}
