import { StatusError } from "../../core/status-error.js";
import { jobSchemas, modelSchemas } from "./discovery-schemas.js";
import { camelCase } from "./filter.js";
import type { Json } from "./update-mask.js";

/** A resource that a request's body can be. */
export type BodyKind = "Model" | "Version" | "Job";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
}

const schemas = { ...modelSchemas, ...jobSchemas } as Readonly<Record<string, Schema>>;

/** What Google's front end calls the types. */
const typeNames: Readonly<Record<string, string>> = {
  boolean: "TYPE_BOOL",
  int64: "TYPE_INT64",
  double: "TYPE_DOUBLE",
  byte: "TYPE_BYTES",
};

/**
 * A request's body with its members as the discovery document names them: protos' JSON may spell them `max_worker_count` as well, and integers of
 * 64 bits as numbers. Members that are null are left out.
 *
 * INVALID_ARGUMENT with the front end's texts for members that the resource does not have and for values of other types.
 */
export function checkBody(kind: BodyKind, body: Json): Json {
  return checked({ $ref: `GoogleCloudMlV1__${kind}` }, kind.toLowerCase(), body) as Json;
}

function checked(schema: Schema, path: string, value: unknown): unknown {
  const { type, format, items, properties, additionalProperties } =
    schema.$ref === undefined ? schema : schemas[schema.$ref]!;
  if (properties !== undefined) return checkedObject(properties, path, value);
  switch (type) {
    case "array":
      if (!Array.isArray(value)) throw invalidValue(path, "", value);
      return value.map((item, i) => checked(items!, `${path}[${i}]`, item));
    case "object": {
      if (!isPlainObject(value)) throw invalidValue(path, "", value);
      const entries = Object.entries(value).map(([key, item]) => [key, checked(additionalProperties!, path, item)]);
      return Object.fromEntries(entries);
    }
    case "boolean":
      if (typeof value !== "boolean") throw invalidValue(path, typeNames["boolean"]!, value);
      return value;
    case "number":
      if (typeof value !== "number") throw invalidValue(path, typeNames[format!]!, value);
      return value;
    case "string":
      if (format === "int64") return checkedInteger(path, value);
      if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
        throw invalidValue(path, `type.googleapis.com/google.cloud.ml.v1.${enumName(path)}`, value);
      }
      if (typeof value !== "string") throw invalidValue(path, typeNames[format ?? ""] ?? "TYPE_STRING", value);
      return value;
    default:
      return value;
  }
}

function checkedObject(properties: Readonly<Record<string, Schema>>, path: string, value: unknown): Json {
  if (!isPlainObject(value)) throw invalidValue(path, "", value);
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const key = Object.hasOwn(properties, name) ? name : camelCase(name);
    if (!Object.hasOwn(properties, key)) {
      throw new StatusError(
        "INVALID_ARGUMENT",
        `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`,
      );
    }
    if (member !== null) result[key] = checked(properties[key]!, `${path}.${protoName(key)}`, member);
  }
  return result;
}

function checkedInteger(path: string, value: unknown): string {
  const isInteger = typeof value === "string" ? /^-?\d{1,19}$/.test(value) : Number.isSafeInteger(value);
  if (!isInteger) throw invalidValue(path, typeNames["int64"]!, value);
  return String(value);
}

function invalidValue(path: string, type: string, value: unknown): StatusError {
  const what = type === "" ? "" : ` (${type})`;
  return new StatusError("INVALID_ARGUMENT", `Invalid value at '${path}'${what}, ${JSON.stringify(value)}`);
}

function isPlainObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How protos spell a member. */
function protoName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The enumeration of a field, which is named after it. */
function enumName(path: string): string {
  const last = camelCase(path.slice(path.lastIndexOf(".") + 1));
  return last.charAt(0).toUpperCase() + last.slice(1);
}
