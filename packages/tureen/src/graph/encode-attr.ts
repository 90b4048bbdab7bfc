import { writeDimensions, writeTensorProto } from "@tureen/protos/encode-tensor-proto";
import type { WireWriter } from "@tureen/protos/wire-writer";
import { type DType, dtypeNumber, refOffset } from "../core/dtype.js";
import { elementCount, type PartialShape } from "../core/shape.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { AttrListKind, AttrMap, AttrValue, FunctionReference } from "./attr-value.js";

// Tags: field number × 8 + wire type, 0 for numbers, 2 for what has a length. Everything is written from its end to its beginning.
const [textOf1, textOf2, textOf3, textOf4, textOf5, textOf6] = [10, 18, 26, 34, 42, 50] as const;

/** Prepends a `map<string, AttrValue>` field, sorted by name, as `attrsToProto` orders it. */
export function writeAttrs(writer: WireWriter, tag: number, attrs: AttrMap): void {
  const names = [...attrs.keys()].sort();
  for (let i = names.length - 1; i >= 0; i--) {
    const entry = writer.mark;
    const value = writer.mark;
    writeAttr(writer, attrs.get(names[i]!)!);
    writer.wrap(textOf2, value);
    writer.textField(textOf1, names[i]!);
    writer.wrap(tag, entry);
  }
}

/** Prepends the fields of an AttrValue, without a length prefix. */
export function writeAttr(writer: WireWriter, attr: AttrValue): void {
  switch (attr.kind) {
    case "string":
      writer.bytesField(textOf2, attr.value);
      return;
    case "int":
      writer.bigint(attr.value);
      writer.varint(24);
      return;
    case "float":
      writer.floatField(37, attr.value);
      return;
    case "bool":
      writer.varint(attr.value ? 1 : 0);
      writer.varint(40);
      return;
    case "type":
      writer.int32(dtypeNumber(attr.value) + (attr.isRef === true ? refOffset : 0));
      writer.varint(48);
      return;
    case "shape":
      writeShape(writer, 58, attr.value);
      return;
    case "tensor":
      writeTensor(writer, 66, attr.value);
      return;
    case "placeholder":
      writer.textField(74, attr.value);
      return;
    case "func":
      writeFunction(writer, 82, attr.value);
      return;
    case "list": {
      const list = writer.mark;
      writeList(writer, attr.of, attr.value);
      writer.wrap(textOf1, list);
      return;
    }
  }
}

function writeShape(writer: WireWriter, tag: number, shape: PartialShape): void {
  const start = writer.mark;
  if (shape === undefined) {
    writer.varint(1);
    writer.varint(24);
  } else {
    writeDimensions(writer, shape);
  }
  writer.wrap(tag, start);
}

/** As `tensorToProto` writes it. */
function writeTensor(writer: WireWriter, tag: number, value: TensorValue): void {
  const start = writer.mark;
  const asContent = value.dtype !== "string" && elementCount(value.shape) > 1;
  writeTensorProto(
    writer,
    { dtype: dtypeNumber(value.dtype), shape: value.shape, data: value.data as never },
    asContent,
  );
  writer.wrap(tag, start);
}

function writeFunction(writer: WireWriter, tag: number, { name, attrs }: FunctionReference): void {
  const start = writer.mark;
  writeAttrs(writer, textOf2, attrs);
  writeText(writer, textOf1, name);
  writer.wrap(tag, start);
}

function writeList(writer: WireWriter, of: AttrListKind, values: readonly unknown[]): void {
  const packed = (tag: number, write: (value: never) => void): void => {
    if (values.length === 0) return;
    const start = writer.mark;
    for (let i = values.length - 1; i >= 0; i--) write(values[i] as never);
    writer.wrap(tag, start);
  };
  const each = (write: (value: never) => void): void => {
    for (let i = values.length - 1; i >= 0; i--) write(values[i] as never);
  };
  switch (of) {
    case "string":
      each((value: Uint8Array) => writer.bytesField(textOf2, value));
      return;
    case "int":
      packed(textOf3, (value: bigint) => writer.bigint(value));
      return;
    case "float":
      if (values.length > 0) {
        const start = writer.mark;
        writer.floats(Float32Array.from(values as readonly number[]));
        writer.wrap(textOf4, start);
      }
      return;
    case "bool":
      packed(textOf5, (value: boolean) => writer.varint(value ? 1 : 0));
      return;
    case "type":
      packed(textOf6, (value: DType) => writer.int32(dtypeNumber(value)));
      return;
    case "shape":
      each((value: PartialShape) => writeShape(writer, 58, value));
      return;
    case "tensor":
      each((value: TensorValue) => writeTensor(writer, 66, value));
      return;
    case "func":
      each((value: FunctionReference) => writeFunction(writer, 74, value));
      return;
    case "empty":
      return;
  }
}

/** Prepends a text field, left out where it is empty, as proto3 does. */
export function writeText(writer: WireWriter, tag: number, text: string): void {
  if (text !== "") writer.textField(tag, text);
}
