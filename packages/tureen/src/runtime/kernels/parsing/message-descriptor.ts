import { invalidArgument, StatusError } from "../../../core/status-error.js";
import { decodeText } from "../../../core/text.js";
import { WireReader } from "../../../formats/wire-format.js";

/** `FieldDescriptorProto.Type` of descriptor.proto. */
export const FieldType = {
  DOUBLE: 1,
  FLOAT: 2,
  INT64: 3,
  UINT64: 4,
  INT32: 5,
  FIXED64: 6,
  FIXED32: 7,
  BOOL: 8,
  STRING: 9,
  GROUP: 10,
  MESSAGE: 11,
  BYTES: 12,
  UINT32: 13,
  ENUM: 14,
  SFIXED32: 15,
  SFIXED64: 16,
  SINT32: 17,
  SINT64: 18,
} as const;

/** What a descriptor says of one field. */
export interface MessageField {
  readonly name: string;
  readonly number: number;
  /** One of `FieldType`. */
  readonly type: number;
  readonly repeated: boolean;
  /** Whether it is written packed: only where the field says so itself, as in TensorFlow, not for being of proto3. */
  readonly packed: boolean;
  /** The default as the descriptor's text has it; undefined for none. An enum's is a number. */
  readonly fallback: string | number | undefined;
}

interface Draft {
  name: string;
  number: number;
  type: number;
  typeName: string;
  repeated: boolean;
  packed: boolean;
  fallback: string | undefined;
}

type Enums = Map<string, readonly (readonly [name: string, number: number])[]>;

const repeatedLabel = 3;

/** Calls `visit` for each field of a message, with its number; what it does not read is skipped. */
function forFields(bytes: Uint8Array, visit: (number: number, reader: WireReader) => boolean): void {
  const reader = new WireReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (!visit(Math.floor(tag / 8), reader)) reader.skip(tag);
  }
}

function readField(bytes: Uint8Array): Draft {
  const field: Draft = {
    name: "",
    number: 0,
    type: 0,
    typeName: "",
    repeated: false,
    packed: false,
    fallback: undefined,
  };
  forFields(bytes, (number, reader) => {
    if (number === 1) field.name = reader.text();
    else if (number === 3) field.number = reader.varint();
    else if (number === 4) field.repeated = reader.varint() === repeatedLabel;
    else if (number === 5) field.type = reader.varint();
    else if (number === 6) field.typeName = reader.text();
    else if (number === 7) field.fallback = reader.text();
    else if (number === 8) {
      forFields(reader.lengthPrefixed(), (option, options) => {
        if (option !== 2) return false;
        field.packed = options.varint() !== 0;
        return true;
      });
    } else return false;
    return true;
  });
  return field;
}

function readEnum(bytes: Uint8Array, prefix: string, enums: Enums): void {
  let name = "";
  const values: [string, number][] = [];
  forFields(bytes, (number, reader) => {
    if (number === 1) name = reader.text();
    else if (number === 2) {
      let [label, value] = ["", 0];
      forFields(reader.lengthPrefixed(), (part, parts) => {
        if (part === 1) label = parts.text();
        else if (part === 2) value = parts.varint() | 0;
        else return false;
        return true;
      });
      values.push([label, value]);
    } else return false;
    return true;
  });
  enums.set(`${prefix}.${name}`, values);
}

function readMessage(bytes: Uint8Array, prefix: string, messages: Map<string, Draft[]>, enums: Enums): void {
  let name = "";
  const fields: Draft[] = [];
  const [inner, innerEnums]: [Uint8Array[], Uint8Array[]] = [[], []];
  forFields(bytes, (number, reader) => {
    if (number === 1) name = reader.text();
    else if (number === 2) fields.push(readField(reader.lengthPrefixed()));
    else if (number === 3) inner.push(reader.lengthPrefixed());
    else if (number === 4) innerEnums.push(reader.lengthPrefixed());
    else return false;
    return true;
  });
  const full = `${prefix}.${name}`;
  messages.set(full, fields);
  for (const each of inner) readMessage(each, full, messages, enums);
  for (const each of innerEnums) readEnum(each, full, enums);
}

function readFile(bytes: Uint8Array, messages: Map<string, Draft[]>, enums: Enums): void {
  let packageName = "";
  const [found, foundEnums]: [Uint8Array[], Uint8Array[]] = [[], []];
  forFields(bytes, (number, reader) => {
    if (number === 2) packageName = reader.text();
    else if (number === 4) found.push(reader.lengthPrefixed());
    else if (number === 5) foundEnums.push(reader.lengthPrefixed());
    else return false;
    return true;
  });
  const prefix = packageName === "" ? "" : `.${packageName}`;
  for (const each of found) readMessage(each, prefix, messages, enums);
  for (const each of foundEnums) readEnum(each, prefix, enums);
}

function isPackable(type: number): boolean {
  const { STRING, BYTES, MESSAGE, GROUP } = FieldType;
  return type !== STRING && type !== BYTES && type !== MESSAGE && type !== GROUP;
}

function finish(fields: readonly Draft[], enums: Enums): Map<string, MessageField> {
  return new Map(
    fields.map(({ name, number, type, typeName, repeated, packed, fallback }) => {
      const values = type === FieldType.ENUM ? (enums.get(typeName) ?? []) : [];
      // An enum without a default of its own has its first value.
      const enumDefault = values.find(([label]) => label === fallback)?.[1] ?? values[0]?.[1] ?? 0;
      const field: MessageField = {
        name,
        number,
        type,
        repeated,
        packed: repeated && isPackable(type) && packed,
        fallback: type === FieldType.ENUM ? enumDefault : fallback,
      };
      return [name, field];
    }),
  );
}

const bytesScheme = "bytes://";

/**
 * The fields by name of a message, from a source of descriptors as DecodeProtoV2 and EncodeProto name them.
 *
 * Sources are `bytes://` and a FileDescriptorSet. TensorFlow's `local://` stands for what its own program is linked with and any other for a
 * file: a model has neither here, and is refused.
 */
export function messageFields(source: Uint8Array, messageType: string): Map<string, MessageField> {
  const text = decodeText(source.subarray(0, bytesScheme.length));
  if (text !== bytesScheme) {
    const whole = decodeText(source);
    if (whole === "" || whole.startsWith("local://")) {
      throw new StatusError(
        "UNIMPLEMENTED",
        `No descriptor found for message type ${messageType}: only descriptors that the graph holds itself (bytes://) are read`,
      );
    }
    throw invalidArgument(
      `Source does not represent serialized file descriptor set proto. This may be due to a missing dependency on the file containing REGISTER_DESCRIPTOR_POOL("${whole}", ...);`,
    );
  }
  const messages = new Map<string, Draft[]>();
  const enums: Enums = new Map();
  try {
    forFields(source.subarray(bytesScheme.length), (number, reader) => {
      if (number !== 1) return false;
      readFile(reader.lengthPrefixed(), messages, enums);
      return true;
    });
  } catch (error) {
    if (error instanceof StatusError)
      throw invalidArgument("Source does not represent serialized file descriptor set proto.");
    throw error;
  }
  const found = messages.get(`.${messageType}`);
  if (found === undefined) throw invalidArgument(`No descriptor found for message type ${messageType}`);
  return finish(found, enums);
}
