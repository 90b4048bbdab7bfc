import { WireReader } from "./wire-reader.js";

/** The kind of list that a feature holds: the field number in `tensorflow.Feature`, or 0 where it holds none. */
export type FeatureKind = 0 | 1 | 2 | 3;

/** The feature kinds by name. */
export const featureKind: Readonly<{ none: 0; bytes: 1; float: 2; int64: 3 }> = Object.freeze({
  none: 0,
  bytes: 1,
  float: 2,
  int64: 3,
});

/** Called for each feature: where its key lies in the buffer, its kind, and where the content of its list lies. */
export type FeatureVisitor = (
  keyStart: number,
  keyEnd: number,
  kind: FeatureKind,
  valueStart: number,
  valueEnd: number,
) => void;

/**
 * Walks over the features of the serialized `tensorflow.Example` in `[start, end)` of `bytes`, in the order of the bytes.
 *
 * Nothing is decoded or allocated: the visitor gets offsets, and `readFloatList`, `readInt64List` and `readBytesList` read what they
 * point at. A key may come more than once (as when a context Example precedes another); the last counts. Of several lists in one feature
 * the first is reported, as TensorFlow's fast parser does. Throws `WireError` with reason `malformed`; the lists themselves are checked by
 * their readers.
 */
export function scanExample(bytes: Uint8Array, visit: FeatureVisitor, start = 0, end: number = bytes.length): void {
  const reader = new WireReader(bytes, start, end);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== 10) {
      reader.skip(tag);
      continue;
    }
    const outer = reader.enter();
    scanFeatures(reader, visit);
    reader.leave(outer);
  }
}

/** Walks over the `tensorflow.Features` that fill the reader's range; also for the context of a SequenceExample. */
export function scanFeatures(reader: WireReader, visit: FeatureVisitor): void {
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== 10) {
      reader.skip(tag);
      continue;
    }
    const outer = reader.enter();
    scanEntry(reader, visit);
    reader.leave(outer);
  }
}

function scanEntry(reader: WireReader, visit: FeatureVisitor): void {
  let keyStart = reader.pos;
  let keyEnd = reader.pos;
  let featureStart = reader.end;
  let featureEnd = reader.end;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) {
      const length = reader.length();
      keyStart = reader.take(length);
      keyEnd = keyStart + length;
    } else if (tag === 18) {
      const length = reader.length();
      featureStart = reader.take(length);
      featureEnd = featureStart + length;
    } else {
      reader.skip(tag);
    }
  }
  const entryEnd = reader.end;
  reader.pos = featureStart;
  reader.end = featureEnd;
  let kind: FeatureKind = 0;
  let valueStart = featureEnd;
  let valueEnd = featureEnd;
  while (!reader.done) {
    const tag = reader.tag();
    if (kind === 0 && (tag === 10 || tag === 18 || tag === 26)) {
      kind = (tag >>> 3) as FeatureKind;
      const length = reader.length();
      valueStart = reader.take(length);
      valueEnd = valueStart + length;
    } else {
      reader.skip(tag);
    }
  }
  reader.end = entryEnd;
  visit(keyStart, keyEnd, kind, valueStart, valueEnd);
}
