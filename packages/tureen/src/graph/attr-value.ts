import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { decodeText } from "../core/text.js";

/** A function named by an attribute, with the attributes it is instantiated with. */
export interface FunctionReference {
  readonly name: string;
  readonly attrs: AttrMap;
}

/** The value of a node's attribute, as `tensorflow.AttrValue` holds it; a list holds one kind. */
export type AttrValue =
  | { readonly kind: "string"; readonly value: Uint8Array }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "type"; readonly value: DType; readonly isRef?: boolean }
  | { readonly kind: "shape"; readonly value: PartialShape }
  | { readonly kind: "tensor"; readonly value: TensorValue }
  | { readonly kind: "func"; readonly value: FunctionReference }
  /** Stands for an attribute of the enclosing function, filled when the function is instantiated. */
  | { readonly kind: "placeholder"; readonly value: string }
  | { readonly kind: "list"; readonly of: AttrListKind; readonly value: readonly unknown[] };

/** What a list attribute may hold. */
export type AttrListKind = "string" | "int" | "float" | "bool" | "type" | "shape" | "tensor" | "func" | "empty";

/** The attributes of a node by name, as stored. */
export type AttrMap = ReadonlyMap<string, AttrValue>;

/** Typed access to a node's attributes; a missing or differently typed one is INVALID_ARGUMENT, as when TensorFlow makes the kernel. */
export class Attrs {
  readonly map: AttrMap;
  readonly #owner: string;

  constructor(map: AttrMap, owner: string) {
    this.map = map;
    this.#owner = owner;
  }

  has(name: string): boolean {
    return this.map.has(name);
  }

  type(name: string): DType {
    return this.#get(name, "type").value;
  }

  /** An int64 attribute as a number; exact below 2^53. */
  int(name: string): number {
    return Number(this.#get(name, "int").value);
  }

  bigint(name: string): bigint {
    return this.#get(name, "int").value;
  }

  float(name: string): number {
    return this.#get(name, "float").value;
  }

  bool(name: string): boolean {
    return this.#get(name, "bool").value;
  }

  bytes(name: string): Uint8Array {
    return this.#get(name, "string").value;
  }

  text(name: string): string {
    return decodeText(this.#get(name, "string").value);
  }

  shape(name: string): PartialShape {
    return this.#get(name, "shape").value;
  }

  tensor(name: string): TensorValue {
    return this.#get(name, "tensor").value;
  }

  func(name: string): FunctionReference {
    return this.#get(name, "func").value;
  }

  types(name: string): readonly DType[] {
    return this.#list(name) as readonly DType[];
  }

  ints(name: string): number[] {
    return this.#list(name).map(Number);
  }

  floats(name: string): readonly number[] {
    return this.#list(name) as readonly number[];
  }

  bools(name: string): readonly boolean[] {
    return this.#list(name) as readonly boolean[];
  }

  texts(name: string): string[] {
    return (this.#list(name) as readonly Uint8Array[]).map(decodeText);
  }

  bytesList(name: string): readonly Uint8Array[] {
    return this.#list(name) as readonly Uint8Array[];
  }

  shapes(name: string): readonly PartialShape[] {
    return this.#list(name) as readonly PartialShape[];
  }

  funcs(name: string): readonly FunctionReference[] {
    return this.#list(name) as readonly FunctionReference[];
  }

  #get<K extends AttrValue["kind"]>(name: string, kind: K): Extract<AttrValue, { kind: K }> {
    const attr = this.map.get(name);
    if (attr === undefined) throw invalidArgument(`No attr named '${name}' in NodeDef '${this.#owner}'`);
    if (attr.kind !== kind) {
      throw invalidArgument(
        `AttrValue had value with type '${attr.kind}' when '${kind}' expected for attr '${name}' of '${this.#owner}'`,
      );
    }
    return attr as Extract<AttrValue, { kind: K }>;
  }

  #list(name: string): readonly unknown[] {
    return this.#get(name, "list").value;
  }
}
