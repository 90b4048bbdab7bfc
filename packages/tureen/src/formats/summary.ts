import { type DType, dtypeFromNumber, dtypeNumber, isNumericDType } from "../core/dtype.js";
import { dataLoss, unimplemented } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Histogram } from "./histogram.js";
import { numericBytes } from "./tensor-bundle-data.js";
import { WireReader, WireWriter } from "./wire-format.js";

/** `tensorflow.SummaryMetadata`: which TensorBoard plugin shows a value, and how it is labelled. */
export interface SummaryMetadata {
  readonly pluginName: string;
  /** The plugin's own message. */
  readonly content?: Uint8Array;
  readonly displayName?: string;
  readonly description?: string;
}

/** `tensorflow.Summary.Image`. */
export interface SummaryImage {
  readonly height: number;
  readonly width: number;
  /** 1 for grayscale, 3 for RGB, 4 for RGBA. */
  readonly colorspace: number;
  /** The encoded file, such as PNG. */
  readonly encoded: Uint8Array;
}

/** `tensorflow.Summary.Audio`. */
export interface SummaryAudio {
  /** In hertz. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
  /** The encoded file, such as WAV. */
  readonly encoded: Uint8Array;
  readonly contentType: string;
}

/** `tensorflow.Summary.Value`: a tag and one of the kinds of value. */
export interface SummaryValue {
  readonly tag: string;
  /** A scalar as TensorFlow 1 and the Estimator write it, a float. */
  readonly simpleValue?: number;
  readonly histogram?: Histogram;
  readonly image?: SummaryImage;
  readonly audio?: SummaryAudio;
  /** A serialized `TensorProto`: what TensorFlow 2 writes, with metadata that says what it means. */
  readonly tensor?: Uint8Array;
  readonly metadata?: SummaryMetadata;
  /** A serialized `SummaryMetadata` to be written as it is, in place of `metadata`. */
  readonly serializedMetadata?: Uint8Array;
}

/** A serialized `TensorProto` of a numeric or string value. */
export function encodeSummaryTensor(value: TensorValue): Uint8Array {
  const shape = new WireWriter();
  for (const size of value.shape) shape.bytesField(2, new WireWriter().integerField(1, size).finish());
  const writer = new WireWriter().integerField(1, dtypeNumber(value.dtype)).bytesField(2, shape.finish());
  if (value.dtype === "string") {
    for (const text of value.data as readonly Uint8Array[]) writer.bytesField(8, text);
  } else if (isNumericDType(value.dtype)) {
    writer.bytesField(4, numericBytes(value));
  } else {
    throw unimplemented(`A summary cannot hold a ${value.dtype}`);
  }
  return writer.finish();
}

/** The fields of TensorProto that hold one kind of number each: the dtypes they serve and how a number is read. */
const numberFields: Readonly<Record<number, (reader: WireReader) => number>> = {
  5: (reader) => reader.float(),
  6: (reader) => reader.double(),
  7: (reader) => reader.int64(),
  10: (reader) => reader.int64(),
  11: (reader) => reader.int64(),
  16: (reader) => reader.varint(),
  17: (reader) => reader.varint(),
};

const scalarReaders: Partial<Record<DType, (view: DataView) => number>> = {
  float32: (view) => view.getFloat32(0, true),
  float64: (view) => view.getFloat64(0, true),
  int8: (view) => view.getInt8(0),
  int16: (view) => view.getInt16(0, true),
  int32: (view) => view.getInt32(0, true),
  int64: (view) => Number(view.getBigInt64(0, true)),
  uint8: (view) => view.getUint8(0),
  uint16: (view) => view.getUint16(0, true),
  uint32: (view) => view.getUint32(0, true),
  uint64: (view) => Number(view.getBigUint64(0, true)),
  bool: (view) => view.getUint8(0),
};

/** The number in a serialized scalar TensorProto, undefined for another shape or dtype. */
function scalarOfTensor(bytes: Uint8Array): number | undefined {
  const reader = new WireReader(bytes);
  let dtype: DType | undefined;
  let scalar = true;
  let content: Uint8Array | undefined;
  let number: number | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const field = Math.floor(tag / 8);
    if (field === 1) dtype = dtypeFromNumber(reader.varint());
    else if (field === 2) scalar = reader.lengthPrefixed().length === 0;
    else if (field === 4) content = reader.lengthPrefixed();
    else if (Object.hasOwn(numberFields, field)) {
      const packed = tag % 8 === 2 ? new WireReader(reader.lengthPrefixed()) : undefined;
      if (packed?.done === true) continue;
      number ??= numberFields[field]!(packed ?? reader);
    } else reader.skip(tag);
  }
  if (!scalar || dtype === undefined) return undefined;
  const read = scalarReaders[dtype];
  if (read === undefined) return undefined;
  if (content === undefined || content.length === 0) return number ?? 0;
  const expected = new DataView(content.buffer, content.byteOffset, content.byteLength);
  try {
    return read(expected);
  } catch {
    throw dataLoss(`a ${dtype} scalar of ${content.length} bytes`);
  }
}

/** The number that a value holds, as a TensorFlow 1 scalar or a TensorFlow 2 one; undefined for what is no scalar. */
export function summaryScalar(value: SummaryValue): number | undefined {
  if (value.simpleValue !== undefined) return value.simpleValue;
  return value.tensor === undefined ? undefined : scalarOfTensor(value.tensor);
}

/** The bytes of a `tensorflow.SummaryMetadata`. */
export function encodeMetadata(metadata: SummaryMetadata): Uint8Array {
  const plugin = new WireWriter().textField(1, metadata.pluginName);
  if (metadata.content !== undefined && metadata.content.length > 0) plugin.bytesField(2, metadata.content);
  return new WireWriter()
    .bytesField(1, plugin.finish())
    .textField(2, metadata.displayName ?? "")
    .textField(3, metadata.description ?? "")
    .finish();
}

function encodeHistogram(histogram: Histogram): Uint8Array {
  const doubles = (values: readonly number[]): Uint8Array => {
    const writer = new WireWriter();
    for (const value of values) writer.double(value);
    return writer.finish();
  };
  return new WireWriter()
    .doubleField(1, histogram.min)
    .doubleField(2, histogram.max)
    .doubleField(3, histogram.num)
    .doubleField(4, histogram.sum)
    .doubleField(5, histogram.sumSquares)
    .bytesField(6, doubles(histogram.bucketLimits))
    .bytesField(7, doubles(histogram.buckets))
    .finish();
}

function encodeAudio({ sampleRate, channels, frames, encoded, contentType }: SummaryAudio): Uint8Array {
  const writer = new WireWriter().tag(1, 5).float(sampleRate).integerField(2, channels).integerField(3, frames);
  return writer.bytesField(4, encoded).textField(5, contentType).finish();
}

function encodeValue(value: SummaryValue): Uint8Array {
  const writer = new WireWriter().textField(1, value.tag);
  if (value.simpleValue !== undefined) writer.tag(2, 5).float(value.simpleValue);
  if (value.image !== undefined) {
    const { height, width, colorspace, encoded } = value.image;
    const image = new WireWriter().integerField(1, height).integerField(2, width).integerField(3, colorspace);
    writer.bytesField(4, image.bytesField(4, encoded).finish());
  }
  if (value.audio !== undefined) writer.bytesField(6, encodeAudio(value.audio));
  if (value.histogram !== undefined) writer.bytesField(5, encodeHistogram(value.histogram));
  if (value.tensor !== undefined) writer.bytesField(8, value.tensor);
  if (value.metadata !== undefined) writer.bytesField(9, encodeMetadata(value.metadata));
  if (value.serializedMetadata !== undefined) writer.bytesField(9, value.serializedMetadata);
  return writer.finish();
}

/** The bytes of a `tensorflow.Summary`. */
export function encodeSummary(values: readonly SummaryValue[]): Uint8Array {
  const writer = new WireWriter();
  for (const value of values) writer.bytesField(1, encodeValue(value));
  return writer.finish();
}

/** Calls `field` for each field of a message; it reads the value and says true, or says false to have it skipped. */
function eachField(bytes: Uint8Array, field: (tag: number, reader: WireReader) => boolean): void {
  const reader = new WireReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) if (!field(tag, reader)) reader.skip(tag);
}

function decodeMetadata(bytes: Uint8Array): SummaryMetadata {
  const metadata: { -readonly [K in keyof SummaryMetadata]: SummaryMetadata[K] } = { pluginName: "" };
  eachField(bytes, (tag, reader) => {
    if (tag === 10) {
      eachField(reader.lengthPrefixed(), (inner, plugin) => {
        if (inner === 10) metadata.pluginName = plugin.text();
        else if (inner === 18) metadata.content = plugin.lengthPrefixed();
        else return false;
        return true;
      });
    } else if (tag === 18) metadata.displayName = reader.text();
    else if (tag === 26) metadata.description = reader.text();
    else return false;
    return true;
  });
  return metadata;
}

function decodeHistogram(bytes: Uint8Array): Histogram {
  const numbers = [0, 0, 0, 0, 0];
  const lists: [number[], number[]] = [[], []];
  eachField(bytes, (tag, reader) => {
    const field = Math.floor(tag / 8);
    if (tag % 8 === 1 && field >= 1 && field <= 5) numbers[field - 1] = reader.double();
    else if (tag === 49 || tag === 57) lists[field - 6]!.push(reader.double());
    else if (tag === 50 || tag === 58) {
      for (const packed = new WireReader(reader.lengthPrefixed()); !packed.done; )
        lists[field - 6]!.push(packed.double());
    } else return false;
    return true;
  });
  const [min, max, num, sum, sumSquares] = numbers as [number, number, number, number, number];
  return { min, max, num, sum, sumSquares, bucketLimits: lists[0], buckets: lists[1] };
}

function decodeImage(bytes: Uint8Array): SummaryImage {
  const numbers = [0, 0, 0];
  let encoded: Uint8Array = new Uint8Array(0);
  eachField(bytes, (tag, reader) => {
    if (tag === 8 || tag === 16 || tag === 24) numbers[tag / 8 - 1] = reader.int64();
    else if (tag === 34) encoded = reader.lengthPrefixed();
    else return false;
    return true;
  });
  const [height, width, colorspace] = numbers as [number, number, number];
  return { height, width, colorspace, encoded };
}

function decodeAudio(bytes: Uint8Array): SummaryAudio {
  let [sampleRate, channels, frames, contentType] = [0, 0, 0, ""];
  let encoded: Uint8Array = new Uint8Array(0);
  eachField(bytes, (tag, reader) => {
    if (tag === 13) sampleRate = reader.float();
    else if (tag === 16) channels = reader.int64();
    else if (tag === 24) frames = reader.int64();
    else if (tag === 34) encoded = reader.lengthPrefixed();
    else if (tag === 42) contentType = reader.text();
    else return false;
    return true;
  });
  return { sampleRate, channels, frames, encoded, contentType };
}

function decodeValue(bytes: Uint8Array): SummaryValue {
  const value: { -readonly [K in keyof SummaryValue]: SummaryValue[K] } = { tag: "" };
  eachField(bytes, (tag, reader) => {
    if (tag === 10) value.tag = reader.text();
    else if (tag === 21) value.simpleValue = reader.float();
    else if (tag === 34) value.image = decodeImage(reader.lengthPrefixed());
    else if (tag === 50) value.audio = decodeAudio(reader.lengthPrefixed());
    else if (tag === 42) value.histogram = decodeHistogram(reader.lengthPrefixed());
    else if (tag === 66) value.tensor = reader.lengthPrefixed();
    else if (tag === 74) value.metadata = decodeMetadata(reader.lengthPrefixed());
    else return false;
    return true;
  });
  return value;
}

/** The values of a serialized `tensorflow.Summary`; kinds that `SummaryValue` has no field for keep only their tag. */
export function decodeSummary(bytes: Uint8Array): SummaryValue[] {
  const values: SummaryValue[] = [];
  eachField(bytes, (tag, reader) => {
    if (tag !== 10) return false;
    values.push(decodeValue(reader.lengthPrefixed()));
    return true;
  });
  return values;
}
