import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { invalidArgument, unimplemented } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";
import type { AttrListKind, AttrValue, FunctionReference } from "./attr-value.js";
import type { AttrTypeName } from "./op-def.js";

/** An attribute as builders and the registry write it; null is a shape of unknown rank. */
export type PlainAttr =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | TensorValue
  | FunctionReference
  | readonly (PlainAttr | undefined)[];

/** An attribute value of the declared type from its plain form. */
export function attrFromPlain(type: AttrTypeName, plain: unknown): AttrValue {
  if (type.startsWith("list(")) {
    const of = type.slice(5, -1) as AttrListKind;
    return { kind: "list", of, value: (plain as readonly unknown[]).map((item) => element(of, item)) };
  }
  return { kind: type, value: element(type, plain) } as AttrValue;
}

function element(type: string, plain: unknown): unknown {
  switch (type) {
    case "string":
      return typeof plain === "string" ? encodeText(plain) : (plain as Uint8Array);
    case "int":
      return BigInt(plain as number | bigint);
    case "float":
      return typeof plain === "string" ? Number(plain.replace(/inf$/, "Infinity")) : Number(plain);
    case "bool":
      return plain as boolean;
    case "type":
      return plain as DType;
    case "shape":
      return plain === null ? undefined : (plain as PartialShape);
    case "func":
      return typeof plain === "string" ? { name: plain, attrs: new Map() } : plain;
    case "tensor":
      return tensorElement(plain);
    default:
      throw unimplemented(`Attributes of type ${type} have no plain form`);
  }
}

function tensorElement(plain: unknown): TensorValue {
  if (plain !== null && typeof plain === "object" && "dtype" in plain) return plain as TensorValue;
  // The one registered tensor default is ImageSummary's bad_color, the uint8 vector [255, 0, 0, 255].
  const stored = plain as { readonly tensor: string };
  if (stored.tensor === "CAQSBBICCAQ6Bv8BAAD/AQ==") return tensorValue("uint8", [4], Uint8Array.of(255, 0, 0, 255));
  throw invalidArgument("A tensor attribute takes a TensorValue");
}
