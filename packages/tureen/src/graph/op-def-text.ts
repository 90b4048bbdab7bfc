import { type DType, dtypeEnumName, dtypeFromName } from "../core/dtype.js";
import { shapeText } from "../core/shape.js";
import type { AttrDef, OpArg, OpDef } from "./op-def.js";

/** Ops that TensorFlow registers with `SetIsAggregate`, which only its messages show. */
const aggregates: ReadonlySet<string> = new Set(["AddN", "AddV2", "AccumulateNV2"]);

/** An op's signature as TensorFlow's messages print it (`SummarizeOpDef`): `Op<name=Neg; signature=x:T -> y:T; attr=T:type,allowed=[…]>`. */
export function opDefText(def: OpDef): string {
  const parts = [
    `name=${def.name}`,
    `signature=${def.inputs.map(argText).join(", ")} -> ${def.outputs.map(argText).join(", ")}`,
    ...def.attrs.map(attrDefText),
  ];
  if (def.isCommutative) parts.push("is_commutative=true");
  if (aggregates.has(def.name)) parts.push("is_aggregate=true");
  if (def.isStateful) parts.push("is_stateful=true");
  return `Op<${parts.join("; ")}>`;
}

function argText(arg: OpArg): string {
  if (arg.typeListAttr !== undefined) return `${arg.name}:${arg.typeListAttr}`;
  const type = arg.type === undefined ? arg.typeAttr : plainTypeText(arg.type);
  const count = arg.numberAttr === undefined ? "" : `${arg.numberAttr}*`;
  return `${arg.name}:${count}${arg.isRef ? `Ref(${type})` : type}`;
}

/** Argument types are spelt as in `REGISTER_OP`. */
function plainTypeText(dtype: DType): string {
  return dtypeEnumName(dtype).slice("DT_".length).toLowerCase();
}

function attrDefText(attr: AttrDef): string {
  let text = `attr=${attr.name}:${attr.type}`;
  if ("default" in attr) text += `,default=${plainText(attr.type, attr.default)}`;
  if (attr.minimum !== undefined) text += `,min=${attr.minimum}`;
  if (attr.allowed !== undefined)
    text += `,allowed=[${attr.allowed.map((value) => plainText(elementType(attr.type), value)).join(", ")}]`;
  return text;
}

/** What a list holds; lists allow elements, not lists. */
function elementType(type: string): string {
  return type.startsWith("list(") ? type.slice("list(".length, -1) : type;
}

function plainText(type: string, value: unknown): string {
  if (type.startsWith("list(")) {
    const element = elementType(type);
    return `[${(value as readonly unknown[]).map((item) => plainText(element, item)).join(", ")}]`;
  }
  if (type === "type") return dtypeEnumName(dtypeFromName(String(value)) ?? "float32");
  if (type === "shape") return value === null ? "<unknown>" : shapeText(value as readonly number[]);
  return type === "string" ? JSON.stringify(value) : String(value);
}
