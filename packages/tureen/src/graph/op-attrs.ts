import type { DType } from "../core/dtype.js";
import { dtypeLabel } from "../core/dtype.js";
import { invalidArgument } from "../core/status-error.js";
import { attrFromPlain } from "./attr-from-plain.js";
import type { AttrMap, Attrs, AttrValue } from "./attr-value.js";
import type { AttrDef, OpArg, OpDef } from "./op-def.js";
import { opDefText } from "./op-def-text.js";

/** The stored attributes plus the OpDef's defaults; a required one that is missing is INVALID_ARGUMENT, as in TensorFlow's node validation. */
export function completeAttrs(def: OpDef, attrs: AttrMap, owner: string): AttrMap {
  const result = new Map(attrs);
  for (const attr of def.attrs) {
    const present = result.get(attr.name);
    if (present === undefined) {
      if (!("default" in attr)) {
        throw invalidArgument(`NodeDef missing attr '${attr.name}' from ${opDefText(def)}; NodeDef: {{node ${owner}}}`);
      }
      result.set(attr.name, attrFromPlain(attr.type, attr.default));
    } else {
      checkAttr(def, attr, present, owner);
    }
  }
  return result;
}

function checkAttr(op: OpDef, def: AttrDef, attr: AttrValue, owner: string): void {
  if (attr.kind === "placeholder") return;
  const where = (): string => `\n\t; NodeDef: {{node ${owner}}}; ${opDefText(op)}`;
  const declared = def.type.startsWith("list(") ? "list" : def.type;
  if (attr.kind !== declared) {
    throw invalidArgument(
      `AttrValue had value with type '${attr.kind}' when '${def.type}' expected\n\t for attr '${def.name}'${where()}`,
    );
  }
  if (def.minimum !== undefined) checkMinimum(def, def.minimum, attr, where);
  if (def.allowed === undefined) return;
  const values = attr.kind === "list" ? attr.value : [attr.value];
  for (const value of values) {
    const plain = value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
    if (def.allowed.includes(plain)) continue;
    const list = def.allowed.map((v) => (attr.kind === "type" ? dtypeLabel(v as DType) : JSON.stringify(v))).join(", ");
    const shown = attr.kind === "type" ? dtypeLabel(plain as DType) : JSON.stringify(String(plain));
    throw invalidArgument(
      `Value for attr '${def.name}' of ${shown} is not in the list of allowed values: ${list}${where()}`,
    );
  }
}

function checkMinimum(def: AttrDef, minimum: number, attr: AttrValue, where: () => string): void {
  if (attr.kind === "int" && attr.value < minimum) {
    throw invalidArgument(
      `Value for attr '${def.name}' of ${attr.value} must be at least minimum ${minimum}${where()}`,
    );
  }
  if (attr.kind === "list" && attr.value.length < minimum) {
    throw invalidArgument(
      `Length for attr '${def.name}' of ${attr.value.length} must be at least minimum ${minimum}${where()}`,
    );
  }
}

/** No node can have more tensors in one argument: each input is a name in the file, and the largest real lists are variables in the thousands. */
const maxArgTensors = 2 ** 20;

function argCount(attrs: Attrs, numberAttr: string): number {
  const count = attrs.int(numberAttr);
  if (count < 0) throw invalidArgument(`Value for number_attr() ${count} < 0`);
  if (count > maxArgTensors) throw invalidArgument(`Number of outputs is too big: ${count}`);
  return count;
}

/** One tensor of an argument. */
export interface PortType {
  readonly dtype: DType;
  readonly isRef: boolean;
}

/** The dtypes of the tensors an argument stands for, given the node's attributes. */
export function argTypes(arg: OpArg, attrs: Attrs): PortType[] {
  const { isRef } = arg;
  if (arg.typeListAttr !== undefined) return attrs.types(arg.typeListAttr).map((dtype) => ({ dtype, isRef }));
  const dtype = arg.type ?? attrs.type(arg.typeAttr!);
  const count = arg.numberAttr === undefined ? 1 : argCount(attrs, arg.numberAttr);
  return new Array<PortType>(count).fill({ dtype, isRef });
}

/** The dtypes of all outputs of a node. */
export function outputTypes(def: OpDef, attrs: Attrs): PortType[] {
  return def.outputs.flatMap((arg) => argTypes(arg, attrs));
}

/** The dtypes of all inputs of a node. */
export function inputTypes(def: OpDef, attrs: Attrs): PortType[] {
  return def.inputs.flatMap((arg) => argTypes(arg, attrs));
}
