import { create } from "@bufbuild/protobuf";
import {
  type AttrValue as AttrProto,
  AttrValue_ListValueSchema,
  AttrValueSchema,
  type NameAttrList,
  NameAttrListSchema,
} from "@tureen/protos/gen/tensorflow/core/framework/attr_value_pb";
import {
  type TensorShapeProto,
  TensorShapeProto_DimSchema,
  TensorShapeProtoSchema,
} from "@tureen/protos/gen/tensorflow/core/framework/tensor_shape_pb";
import { type DType, dtypeFromNumber, dtypeNumber, refOffset } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { decodeText, encodeText } from "../core/text.js";
import type { AttrListKind, AttrMap, AttrValue, FunctionReference } from "./attr-value.js";
import { tensorFromProto, tensorToProto } from "./tensor-proto.js";

/** A shape from its message. */
export function shapeFromProto(proto: TensorShapeProto | undefined): PartialShape {
  if (proto === undefined) return [];
  if (proto.unknownRank) return undefined;
  const sizes = proto.dim.map((dim) => Number(dim.size));
  if (sizes.some((size) => size < -1)) {
    throw invalidArgument(`Shape [${sizes.join(",")}] has dimensions with values below -1 (where -1 means unknown)`);
  }
  return sizes;
}

/** The message of a shape. */
export function shapeToProto(shape: PartialShape): TensorShapeProto {
  if (shape === undefined) return create(TensorShapeProtoSchema, { unknownRank: true });
  return create(TensorShapeProtoSchema, {
    dim: shape.map((size) => create(TensorShapeProto_DimSchema, { size: BigInt(size) })),
  });
}

/** The attributes of a node from its message. An unset or unreadable value is INVALID_ARGUMENT; an unknown dtype too. */
export function attrsFromProto(attrs: { readonly [key: string]: AttrProto }): Map<string, AttrValue> {
  const result = new Map<string, AttrValue>();
  for (const name of Object.keys(attrs)) {
    const value = attrFromProto(attrs[name]!);
    if (value !== undefined) result.set(name, value);
  }
  return result;
}

function typeFromProto(value: number): AttrValue {
  const dtype = dtypeFromNumber(value);
  return value > refOffset ? { kind: "type", value: dtype, isRef: true } : { kind: "type", value: dtype };
}

/** One attribute; undefined for a message without a value. */
export function attrFromProto(proto: AttrProto): AttrValue | undefined {
  const { value } = proto;
  switch (value.case) {
    case "s":
      return { kind: "string", value: value.value };
    case "i":
      return { kind: "int", value: value.value };
    case "f":
      return { kind: "float", value: value.value };
    case "b":
      return { kind: "bool", value: value.value };
    case "type":
      return typeFromProto(value.value);
    case "shape":
      return { kind: "shape", value: shapeFromProto(value.value) };
    case "tensor":
      return { kind: "tensor", value: tensorFromProto(value.value) };
    case "func":
      return { kind: "func", value: functionFromProto(value.value) };
    case "placeholder":
      return { kind: "placeholder", value: value.value };
    case "list":
      return listFromProto(value.value);
    case undefined:
      return undefined;
  }
}

function functionFromProto(proto: NameAttrList): FunctionReference {
  return { name: proto.name, attrs: attrsFromProto(proto.attr) };
}

function listFromProto(list: Extract<AttrProto["value"], { case: "list" }>["value"]): AttrValue {
  const made = (of: AttrListKind, value: readonly unknown[]): AttrValue => ({ kind: "list", of, value });
  if (list.s.length > 0) return made("string", list.s);
  if (list.i.length > 0) return made("int", list.i);
  if (list.f.length > 0) return made("float", list.f);
  if (list.b.length > 0) return made("bool", list.b);
  if (list.type.length > 0)
    return made(
      "type",
      list.type.map((type) => dtypeFromNumber(type)),
    );
  if (list.shape.length > 0)
    return made(
      "shape",
      list.shape.map((shape) => shapeFromProto(shape)),
    );
  if (list.tensor.length > 0) return made("tensor", list.tensor.map(tensorFromProto));
  if (list.func.length > 0) return made("func", list.func.map(functionFromProto));
  return made("empty", []);
}

/** The messages of a node's attributes. */
export function attrsToProto(attrs: AttrMap): { [key: string]: AttrProto } {
  const result: { [key: string]: AttrProto } = {};
  for (const name of [...attrs.keys()].sort()) result[name] = attrToProto(attrs.get(name)!);
  return result;
}

/** The message of one attribute. */
export function attrToProto(attr: AttrValue): AttrProto {
  switch (attr.kind) {
    case "string":
      return create(AttrValueSchema, { value: { case: "s", value: attr.value } });
    case "int":
      return create(AttrValueSchema, { value: { case: "i", value: attr.value } });
    case "float":
      return create(AttrValueSchema, { value: { case: "f", value: attr.value } });
    case "bool":
      return create(AttrValueSchema, { value: { case: "b", value: attr.value } });
    case "type":
      return create(AttrValueSchema, {
        value: { case: "type", value: dtypeNumber(attr.value) + (attr.isRef === true ? refOffset : 0) },
      });
    case "shape":
      return create(AttrValueSchema, { value: { case: "shape", value: shapeToProto(attr.value) } });
    case "tensor":
      return create(AttrValueSchema, { value: { case: "tensor", value: tensorToProto(attr.value) } });
    case "func":
      return create(AttrValueSchema, { value: { case: "func", value: functionToProto(attr.value) } });
    case "placeholder":
      return create(AttrValueSchema, { value: { case: "placeholder", value: attr.value } });
    case "list":
      return create(AttrValueSchema, { value: { case: "list", value: listToProto(attr.of, attr.value) } });
  }
}

function functionToProto(reference: FunctionReference): NameAttrList {
  return create(NameAttrListSchema, { name: reference.name, attr: attrsToProto(reference.attrs) });
}

function listToProto(
  of: AttrListKind,
  value: readonly unknown[],
): Extract<AttrProto["value"], { case: "list" }>["value"] {
  switch (of) {
    case "string":
      return create(AttrValue_ListValueSchema, { s: value as Uint8Array[] });
    case "int":
      return create(AttrValue_ListValueSchema, { i: value as bigint[] });
    case "float":
      return create(AttrValue_ListValueSchema, { f: value as number[] });
    case "bool":
      return create(AttrValue_ListValueSchema, { b: value as boolean[] });
    case "type":
      return create(AttrValue_ListValueSchema, { type: (value as DType[]).map(dtypeNumber) });
    case "shape":
      return create(AttrValue_ListValueSchema, { shape: (value as PartialShape[]).map(shapeToProto) });
    case "tensor":
      return create(AttrValue_ListValueSchema, { tensor: (value as TensorValue[]).map(tensorToProto) });
    case "func":
      return create(AttrValue_ListValueSchema, { func: (value as FunctionReference[]).map(functionToProto) });
    case "empty":
      return create(AttrValue_ListValueSchema);
  }
}

/** A string attribute's text, for messages. */
export function attrText(attr: AttrValue | undefined): string {
  return attr?.kind === "string" ? decodeText(attr.value) : "";
}

/** A string attribute of a text. */
export function textAttr(text: string): AttrValue {
  return { kind: "string", value: encodeText(text) };
}

/** Throws INVALID_ARGUMENT where a required attribute is missing from a message. */
export function requireAttr(attrs: AttrMap, name: string, owner: string): AttrValue {
  const attr = attrs.get(name);
  if (attr === undefined) throw invalidArgument(`No attr named '${name}' in NodeDef '${owner}'`);
  return attr;
}
