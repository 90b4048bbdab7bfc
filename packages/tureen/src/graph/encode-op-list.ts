import { WireWriter } from "@tureen/protos/wire-writer";
import { dtypeNumber } from "../core/dtype.js";
import { attrFromPlain } from "./attr-from-plain.js";
import type { AttrValue } from "./attr-value.js";
import { writeAttr, writeText } from "./encode-attr.js";
import { findOpDef, type OpArg, type OpDef } from "./op-def.js";
import { listOf } from "./op-def-proto.js";

// Tags: field number × 8 + wire type, 0 for numbers, 2 for what has a length. Everything is written from its end to its beginning.
const [textOf1, textOf2, textOf3, textOf4, textOf5, textOf6] = [10, 18, 26, 34, 42, 50] as const;

/** A first guess of how large a serialized definition is. */
const bytesOfDef = 256;

/** The serialized OpList that `opList` gives as a message. */
export function encodeOpList(types: Iterable<string>): Uint8Array {
  const defs = [...new Set(types)].sort().flatMap((type) => findOpDef(type) ?? []);
  const writer = new WireWriter(Math.max(4096, defs.length * bytesOfDef));
  for (let i = defs.length - 1; i >= 0; i--) {
    const start = writer.mark;
    writeOpDef(writer, defs[i]!);
    writer.wrap(textOf1, start);
  }
  return writer.finish();
}

function writeOpDef(writer: WireWriter, def: OpDef): void {
  writeFlag(writer, 144, def.isCommutative);
  writeFlag(writer, 136, def.isStateful);
  for (let i = def.attrs.length - 1; i >= 0; i--) {
    const attr = def.attrs[i]!;
    const start = writer.mark;
    if (attr.allowed !== undefined) writeMessage(writer, 58, attrFromPlain(listOf(attr.type), attr.allowed));
    if (attr.minimum !== undefined) {
      if (attr.minimum !== 0) {
        writer.int64(attr.minimum);
        writer.varint(48);
      }
      writeFlag(writer, 40, true);
    }
    if ("default" in attr) writeMessage(writer, textOf3, attrFromPlain(attr.type, attr.default));
    writeText(writer, textOf2, attr.type);
    writeText(writer, textOf1, attr.name);
    writer.wrap(textOf4, start);
  }
  writeArgs(writer, textOf3, def.outputs);
  writeArgs(writer, textOf2, def.inputs);
  writeText(writer, textOf1, def.name);
}

function writeArgs(writer: WireWriter, tag: number, args: readonly OpArg[]): void {
  for (let i = args.length - 1; i >= 0; i--) {
    const arg = args[i]!;
    const start = writer.mark;
    writeFlag(writer, 128, arg.isRef);
    writeText(writer, textOf6, arg.typeListAttr ?? "");
    writeText(writer, textOf5, arg.numberAttr ?? "");
    writeText(writer, textOf4, arg.typeAttr ?? "");
    if (arg.type !== undefined) {
      writer.int32(dtypeNumber(arg.type));
      writer.varint(24);
    }
    writeText(writer, textOf1, arg.name);
    writer.wrap(tag, start);
  }
}

function writeMessage(writer: WireWriter, tag: number, attr: AttrValue): void {
  const start = writer.mark;
  writeAttr(writer, attr);
  writer.wrap(tag, start);
}

function writeFlag(writer: WireWriter, tag: number, isSet: boolean | undefined): void {
  if (isSet !== true) return;
  writer.varint(1);
  writer.varint(tag);
}
