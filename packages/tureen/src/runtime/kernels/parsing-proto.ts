import { allocate, type DataOf, type DType, dtypeNumber } from "../../core/dtype.js";
import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import { type MessageField, messageFields } from "./parsing/message-descriptor.js";
import { type MessageReader, readMessage } from "./parsing/proto-reader.js";
import { cppType, defaultOf, type FieldValue, isCompatible, typeName } from "./parsing/proto-values.js";
import { ProtoWriter } from "./parsing/proto-writer.js";

/** The fields that a node names, in its order. */
function namedFields({ attrs }: KernelNode): {
  readonly message: string;
  readonly fields: readonly MessageField[];
  readonly known: ReadonlyMap<string, MessageField>;
} {
  const message = attrs.text("message_type");
  const known = messageFields(attrs.bytes("descriptor_source"), message);
  const fields = attrs.texts("field_names").map((name) => {
    const field = known.get(name);
    if (field === undefined) throw invalidArgument(`Unknown field: ${name} in message type ${message}`);
    return field;
  });
  return { message, fields, known };
}

const decodeProto: KernelFactory = (node) => {
  const { attrs } = node;
  const dtypes = attrs.types("output_types");
  const names = attrs.texts("field_names");
  if (names.length !== dtypes.length) {
    throw invalidArgument("field_names and output_types attributes must have the same length");
  }
  const { message, fields, known } = namedFields(node);
  for (const [i, field] of fields.entries()) {
    if (!isCompatible(field.type, dtypes[i]!)) {
      throw invalidArgument(
        `Unexpected output type for ${message}.${field.name}: ${cppType[field.type]} to ${dtypeNumber(dtypes[i]!)}`,
      );
    }
  }
  const format = attrs.text("message_format");
  if (format !== "binary" && format !== "text") throw invalidArgument("format must be one of binary or text");
  if (format === "text") throw unimplemented("DecodeProtoV2 of messages in text form");
  const sanitize = attrs.bool("sanitize");
  const checked = sanitize ? [...known.values()].map((field) => [field.number, { field, index: -1 }] as const) : [];
  const wanted = fields.map((field, index) => [field.number, { field, index }] as const);
  const reader: MessageReader = { byNumber: new Map([...checked, ...wanted]), sanitize };
  const defaults = fields.map(defaultOf);
  return ([input]) => {
    const { shape, data } = input as TensorValue<"string">;
    if (data.length < 1) throw invalidArgument("Bufs argument must contain at least one value");
    const messages = data.map((bytes) => readMessage(bytes, fields.length, reader));
    const sizes = new Int32Array(data.length * fields.length);
    const longest = new Array<number>(fields.length).fill(1);
    for (const [i, values] of messages.entries()) {
      for (const [j, found] of values.entries()) {
        sizes[i * fields.length + j] = found.length;
        longest[j] = Math.max(longest[j]!, found.length);
      }
    }
    const outputs = fields.map((_, j) => {
      const width = longest[j]!;
      const filled: FieldValue[] = [];
      for (const values of messages) {
        const found = values[j]!;
        for (let k = 0; k < width; k++) filled.push(found[k] ?? defaults[j]!);
      }
      return fieldTensor(dtypes[j]!, [...shape, width], filled);
    });
    return [tensorValue("int32", [...shape, fields.length], sizes), ...outputs];
  };
};

function fieldTensor(dtype: DType, shape: readonly number[], values: readonly FieldValue[]): TensorValue {
  if (dtype === "string") return tensorValue("string", shape, values as readonly Uint8Array[]);
  const data = allocate(dtype, values.length) as unknown as (number | bigint)[];
  const isLong = dtype === "int64" || dtype === "uint64";
  for (const [i, value] of values.entries()) {
    data[i] = isLong ? BigInt(value as number | bigint) : Number(value as number | boolean);
  }
  return tensorValue(dtype, shape, data as unknown as DataOf[DType]);
}

const encodeProto: KernelFactory = (node) => {
  const { inputTypes } = node;
  const { fields } = namedFields(node);
  const dtypes = inputTypes.slice(1);
  if (dtypes.length !== fields.length) throw invalidArgument("Length of inputs list must match field_names");
  // Fields are written in the order of their numbers, as the library does that everybody else writes with.
  const order = fields.map((_, i) => i).sort((a, b) => fields[a]!.number - fields[b]!.number);
  return ([sizesValue, ...values]) => {
    for (const [i, field] of fields.entries()) {
      const { dtype, shape } = values[i]!;
      if (!isCompatible(field.type, dtype)) {
        throw invalidArgument(
          `Incompatible type for field ${field.name}.  Saw dtype: ${dtype === "float64" ? "double" : dtype === "float32" ? "float" : dtype} but field type is: ${typeName(field.type)}`,
        );
      }
      if (shape.length < 2) {
        throw invalidArgument(
          `Invalid shape for field ${field.name}.  Saw shape ${shapeText(shape)} but it should be at least a matrix.`,
        );
      }
    }
    const batch = values[0]!.shape.slice(0, -1);
    const expected = [...batch, fields.length];
    const found = sizesValue!.shape;
    if (found.length !== expected.length || found.some((size, d) => size !== expected[d])) {
      throw invalidArgument(
        `sizes should be batch_size + [len(field_names)].  Saw: ${shapeText(found)} but expected: ${shapeText(expected)}`,
      );
    }
    for (const [i, { shape }] of values.entries()) {
      if (shape.length !== batch.length + 1 || batch.some((size, d) => shape[d] !== size)) {
        throw invalidArgument(
          `Values must match up to the last dimension but field ${fields[i]!.name} has shape ${shapeText(shape)}`,
        );
      }
    }
    const sizes = toIntegers(sizesValue!);
    const files = Array.from({ length: elementCount(batch) }, (_, message) => {
      const writer = new ProtoWriter();
      for (const i of order) {
        const width = values[i]!.shape.at(-1)!;
        const count = sizes[message * fields.length + i]!;
        if (count > width) {
          throw invalidArgument(
            `Size to write must not be larger than value tensor; but saw: ${count} > ${width} at message ${message} field ${i}`,
          );
        }
        writer.field(fields[i]!, values[i]!.data as unknown as readonly FieldValue[], message * width, count);
      }
      return writer.finish();
    });
    return [tensorValue("string", batch, files)];
  };
};

/** Host kernels of protocol buffers of any kind, described by what the graph holds. */
export const parsingProtoKernels: KernelTable = { DecodeProtoV2: decodeProto, EncodeProto: encodeProto };
