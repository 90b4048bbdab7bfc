import type { UnknownField } from "@bufbuild/protobuf";
import {
  create,
  type DescField,
  type DescMessage,
  type DescOneof,
  fromBinary,
  type Message,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
import { WireError } from "./wire-error.js";
import { WireReader, wireType } from "./wire-reader.js";

/** How deep messages may nest, as in protobuf's own C++ parser. */
const maxDepth = 100;

/**
 * Decodes a serialized message of a generated schema: `fromBinary` of protobuf-es, in about half the time on a SavedModel.
 *
 * Gives what `fromBinary` gives, unknown fields included, but byte strings are views of `bytes`. Throws `WireError`. For model files,
 * which hold tens of thousands of small messages; a message that reaches a wrapper type of `google.protobuf` (as ModelSpec does) goes to `fromBinary` itself.
 */
export function decodeMessage<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  if (!reachesOnlyPlain(schema)) return throughReflection(schema, bytes);
  const table = tableOf(schema);
  const message = newMessage(table);
  readMessage(new WireReader(bytes), table, message, 0);
  return message as MessageShape<Desc>;
}

type Fields = Record<string, unknown>;
type OpenMessage = Message & Fields;
type Oneof = { case: string | undefined; value?: unknown };

interface FieldEntry {
  readonly number: number;
  readonly name: string;
  readonly shape: "single" | "list" | "map";
  /** Name of the oneof's property, where the field is in one. */
  readonly oneof: string | undefined;
  readonly scalar: ScalarType | undefined;
  /** For messages, also as map values. */
  readonly message: MessageTable | undefined;
  readonly mapKey: ScalarType | undefined;
  readonly wire: number;
}

interface MessageTable {
  readonly schema: DescMessage;
  readonly isProto3: boolean;
  readonly fields: (FieldEntry | undefined)[];
  /** A message with every field at its zero. */
  readonly template: OpenMessage;
  /** Members of which each message needs its own: lists, maps, oneofs. */
  readonly fresh: { readonly name: string; readonly zero: () => unknown }[];
}

/** Nothing can be written into it, so all messages share it. */
const noBytes = new Uint8Array(0);

const tables = new WeakMap<DescMessage, MessageTable>();
const plainSchemas = new WeakMap<DescMessage, boolean>();

/** Whether nothing that the message reaches needs the special cases of protobuf-es. */
function reachesOnlyPlain(schema: DescMessage): boolean {
  const known = plainSchemas.get(schema);
  if (known !== undefined) return known;
  const reached = new Set([schema]);
  let plain = true;
  // A set's iteration comes to what is added on the way.
  for (const each of reached) {
    plain &&= isPlain(each);
    for (const field of each.fields) if (field.message !== undefined) reached.add(field.message);
  }
  plainSchemas.set(schema, plain);
  return plain;
}

function tableOf(schema: DescMessage): MessageTable {
  const known = tables.get(schema);
  if (known !== undefined) return known;
  const table: MessageTable = {
    schema,
    isProto3: isProto3(schema),
    fields: [],
    template: { $typeName: schema.typeName },
    fresh: [],
  };
  tables.set(schema, table);
  for (const member of schema.members) {
    const zero = zeroOf(member);
    if (zero === undefined) continue;
    const value = zero();
    table.template[member.localName] = value;
    if (typeof value === "object" && value !== noBytes) table.fresh.push({ name: member.localName, zero });
  }
  for (const field of schema.fields) {
    const element =
      field.fieldKind === "list" ? field.listKind : field.fieldKind === "map" ? field.mapKind : field.fieldKind;
    const scalar = element === "enum" ? ScalarType.INT32 : element === "scalar" ? field.scalar : undefined;
    table.fields[field.number] = {
      number: field.number,
      name: field.localName,
      shape: field.fieldKind === "list" ? "list" : field.fieldKind === "map" ? "map" : "single",
      oneof: field.oneof?.localName,
      scalar,
      message: field.message === undefined ? undefined : tableOf(field.message),
      mapKey: field.fieldKind === "map" ? field.mapKey : undefined,
      wire: field.fieldKind === "map" || scalar === undefined ? wireType.length : wireTypeOf(scalar),
    };
  }
  return table;
}

function isProto3(schema: DescMessage): boolean {
  return schema.file.proto.syntax === "proto3";
}

/** None of the types that protobuf-es unwraps inside other messages, and none of proto2's groups and closed enums. */
function isPlain(schema: DescMessage): boolean {
  if (schema.typeName.startsWith("google.protobuf.")) return schema.typeName === "google.protobuf.Any";
  return (
    isProto3(schema) ||
    schema.fields.every(
      (field) => field.enum === undefined && !("delimitedEncoding" in field && field.delimitedEncoding),
    )
  );
}

function zeroOf(member: DescField | DescOneof): (() => unknown) | undefined {
  if (member.kind === "oneof") return () => ({ case: undefined });
  if (member.oneof !== undefined || member.fieldKind === "message") return undefined;
  if (member.fieldKind === "list") return () => [];
  if (member.fieldKind === "map") return () => ({});
  // Explicit presence (proto3 optional): absent until set. The descriptor says it by a oneof that the compiler made up.
  if (member.proto.proto3Optional) return undefined;
  const zero = member.fieldKind === "enum" ? member.enum.values[0]!.number : scalarZero(member.scalar);
  return () => zero;
}

function scalarZero(type: ScalarType): unknown {
  switch (type) {
    case ScalarType.STRING:
      return "";
    case ScalarType.BOOL:
      return false;
    case ScalarType.BYTES:
      return noBytes;
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 0n;
    default:
      return 0;
  }
}

function wireTypeOf(type: ScalarType): number {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return wireType.length;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return wireType.fixed64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return wireType.fixed32;
    default:
      return wireType.varint;
  }
}

function throughReflection<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  try {
    return fromBinary(schema, bytes);
  } catch (error) {
    throw new WireError(error instanceof Error ? error.message : String(error), 0);
  }
}

function newMessage(table: MessageTable): OpenMessage {
  // Proto2 messages keep their defaults in a prototype, which protobuf-es alone makes.
  if (!table.isProto3) return create(table.schema) as OpenMessage;
  // A copy of a finished message keeps its hidden class, which adding property by property would look up each time.
  const message = { ...table.template };
  for (const { name, zero } of table.fresh) message[name] = zero();
  return message;
}

function readMessage(reader: WireReader, table: MessageTable, message: OpenMessage, depth: number): void {
  if (depth >= maxDepth) throw new WireError(`messages nest deeper than ${maxDepth}`, reader.pos);
  while (!reader.done) {
    const tag = reader.tag();
    const field = table.fields[tag >>> 3];
    const wire = tag & 7;
    if (field !== undefined && wire === field.wire) {
      if (field.shape === "map") readEntry(reader, field, message[field.name] as Fields, depth);
      else if (field.shape === "list")
        (message[field.name] as unknown[]).push(readOne(reader, field, undefined, depth));
      else if (field.oneof !== undefined) readOneof(reader, field, message[field.oneof] as Oneof, depth);
      else message[field.name] = readOne(reader, field, message[field.name], depth);
    } else if (field?.shape === "list" && wire === wireType.length) {
      const outer = reader.enter();
      const list = message[field.name] as unknown[];
      while (!reader.done) list.push(readScalar(reader, field.scalar!));
      reader.leave(outer);
    } else {
      const start = reader.pos;
      reader.skip(tag);
      keepUnknown(message, { no: tag >>> 3, wireType: wire, data: reader.bytes.subarray(start, reader.pos) });
    }
  }
}

function keepUnknown(message: OpenMessage, field: UnknownField): void {
  message.$unknown ??= [];
  message.$unknown.push(field);
}

/** Reads a scalar, or a message into `before`, what an earlier occurrence of the field gave. */
function readOne(reader: WireReader, field: FieldEntry, before: unknown, depth: number): unknown {
  if (field.message === undefined) return readScalar(reader, field.scalar!);
  const message = (before as OpenMessage | undefined) ?? newMessage(field.message);
  const outer = reader.enter();
  readMessage(reader, field.message, message, depth + 1);
  reader.leave(outer);
  return message;
}

function readOneof(reader: WireReader, field: FieldEntry, oneof: Oneof, depth: number): void {
  const before = oneof.case === field.name ? oneof.value : undefined;
  oneof.value = readOne(reader, field, before, depth);
  oneof.case = field.name;
}

function readEntry(reader: WireReader, field: FieldEntry, map: Fields, depth: number): void {
  const outer = reader.enter();
  let key: unknown = scalarZero(field.mapKey!);
  let value: unknown;
  const keyTag = 8 + wireTypeOf(field.mapKey!);
  const valueTag = 16 + (field.message === undefined ? wireTypeOf(field.scalar!) : wireType.length);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === keyTag) key = readScalar(reader, field.mapKey!);
    else if (tag === valueTag) value = readOne(reader, field, value, depth);
    else reader.skip(tag);
  }
  reader.leave(outer);
  value ??= field.message === undefined ? scalarZero(field.scalar!) : newMessage(field.message);
  const name = String(key);
  // As a plain assignment this one name would change the map's prototype.
  if (name === "__proto__")
    Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
  else map[name] = value;
}

function readScalar(reader: WireReader, type: ScalarType): unknown {
  switch (type) {
    case ScalarType.STRING:
      return reader.text();
    case ScalarType.BYTES:
      return reader.bytesView();
    case ScalarType.INT32:
      return reader.varint();
    case ScalarType.UINT32:
      return reader.varint() >>> 0;
    case ScalarType.INT64:
      return reader.int64();
    case ScalarType.UINT64:
      return BigInt.asUintN(64, reader.int64());
    case ScalarType.BOOL:
      return (reader.varint() | reader.high) !== 0;
    case ScalarType.FLOAT:
      return reader.float();
    case ScalarType.DOUBLE:
      return reader.double();
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64: {
      const bits = reader.fixed64();
      return type === ScalarType.FIXED64 ? BigInt.asUintN(64, bits) : bits;
    }
    case ScalarType.FIXED32:
      return reader.fixed32() >>> 0;
    case ScalarType.SFIXED32:
      return reader.fixed32();
    case ScalarType.SINT32: {
      const bits = reader.varint();
      return (bits >>> 1) ^ -(bits & 1);
    }
    case ScalarType.SINT64: {
      const bits = BigInt.asUintN(64, reader.int64());
      return (bits >> 1n) ^ -(bits & 1n);
    }
  }
}
