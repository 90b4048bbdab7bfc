import { create } from "@bufbuild/protobuf";
import {
  OpDef_ArgDefSchema,
  OpDef_AttrDefSchema,
  type OpDef as OpDefProto,
  OpDefSchema,
  type OpList,
  OpListSchema,
} from "@tureen/protos/gen/tensorflow/core/framework/op_def_pb";
import { dtypeNumber } from "../core/dtype.js";
import { attrFromPlain } from "./attr-from-plain.js";
import { attrToProto } from "./attr-proto.js";
import type { AttrTypeName } from "./op-def.js";
import { findOpDef, type OpArg, type OpDef } from "./op-def.js";

/** The definitions of the ops that nodes use, for `MetaInfoDef.stripped_op_list`; functions and unknown names are left out. */
export function opList(types: Iterable<string>): OpList {
  const defs = [...new Set(types)].sort().flatMap((type) => findOpDef(type) ?? []);
  return create(OpListSchema, { op: defs.map(opDefToProto) });
}

function opDefToProto(def: OpDef): OpDefProto {
  return create(OpDefSchema, {
    name: def.name,
    inputArg: def.inputs.map(argToProto),
    outputArg: def.outputs.map(argToProto),
    attr: def.attrs.map((attr) =>
      create(OpDef_AttrDefSchema, {
        name: attr.name,
        type: attr.type,
        ...("default" in attr ? { defaultValue: attrToProto(attrFromPlain(attr.type, attr.default)) } : {}),
        ...(attr.allowed === undefined
          ? {}
          : { allowedValues: attrToProto(attrFromPlain(listOf(attr.type), attr.allowed)) }),
        ...(attr.minimum === undefined ? {} : { hasMinimum: true, minimum: BigInt(attr.minimum) }),
      }),
    ),
    isStateful: def.isStateful,
    isCommutative: def.isCommutative,
  });
}

/** The type of a list of attributes of a type; of a list itself. */
export function listOf(type: AttrTypeName): AttrTypeName {
  return type.startsWith("list(") ? type : (`list(${type})` as AttrTypeName);
}

function argToProto(arg: OpArg) {
  return create(OpDef_ArgDefSchema, {
    name: arg.name,
    isRef: arg.isRef,
    type: arg.type === undefined ? 0 : dtypeNumber(arg.type),
    typeAttr: arg.typeAttr ?? "",
    numberAttr: arg.numberAttr ?? "",
    typeListAttr: arg.typeListAttr ?? "",
  });
}
