import type { IncomingHttpHeaders } from "node:http";
import { invalidArgument } from "../../core/status-error.js";

/**
 * The routes under which a platform that hosts containers asks for predictions and health: Vertex AI gives them in its environment
 * (`AIP_PREDICT_ROUTE`, `AIP_HEALTH_ROUTE`), SageMaker has `/invocations` and `/ping`.
 */
export interface PlatformRoutes {
  readonly predict: string | undefined;
  readonly health: string | undefined;
  /** The model that predictions are for where a request names none. */
  readonly model: string;
}

/** A request to the model API that a platform's request stands for. */
export interface TranslatedRequest {
  readonly path: string;
  readonly body: Uint8Array;
}

/** SageMaker's header of what its TensorFlow containers take: `tfs-model-name=m,tfs-model-version=2,tfs-method=classify`. */
const attributesHeader = "x-amzn-sagemaker-custom-attributes";

/** Whether a request is a platform's question for a prediction. */
export function isPlatformPredict(routes: PlatformRoutes | undefined, method: string, path: string): boolean {
  return routes?.predict !== undefined && method === "POST" && path === routes.predict;
}

/** Whether a request is a platform's question for health. */
export function isPlatformHealth(routes: PlatformRoutes | undefined, method: string, path: string): boolean {
  return routes?.health !== undefined && (method === "GET" || method === "HEAD") && path === routes.health;
}

/**
 * The request to the model API that a platform's request stands for: the model by SageMaker's attributes or the one that is served, the body
 * as it is or, from JSON lines and CSV, as `{"instances": …}`.
 *
 * INVALID_ARGUMENT for attributes of another form and for media types that are none of these.
 */
export function translateRequest(
  { model }: PlatformRoutes,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): TranslatedRequest {
  const attributes = attributesOf(headers[attributesHeader]);
  const name = attributes.get("tfs-model-name") ?? model;
  const version = attributes.get("tfs-model-version");
  const verb = attributes.get("tfs-method") ?? "predict";
  const versionPath = version === undefined ? "" : `/versions/${version}`;
  return {
    path: `/v1/models/${encodeURIComponent(name)}${versionPath}:${verb}`,
    body: jsonBody(headers["content-type"] ?? "application/json", body),
  };
}

function attributesOf(header: string | string[] | undefined): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const part of String(header ?? "").split(",")) {
    if (!part.includes("tfs-")) continue;
    const match = /^\s*(tfs-[a-z-]+)\s*=\s*([A-Za-z0-9_.-]+)\s*$/.exec(part);
    if (match === null) throw invalidArgument(`'${part.trim()}' is not of the form tfs-model-name=NAME`);
    attributes.set(match[1]!, match[2]!);
  }
  return attributes;
}

function jsonBody(contentType: string, body: Uint8Array): Uint8Array {
  const type = contentType.split(";", 1)[0]!.trim().toLowerCase();
  switch (type) {
    case "application/json":
    case "":
      return wrapped(body);
    case "application/jsonlines":
    case "application/jsons":
      return Buffer.from(`{"instances": [${nonEmptyLines(body).join(", ")}]}`);
    case "text/csv":
      return Buffer.from(`{"instances": [${nonEmptyLines(body).map(csvRow).join(", ")}]}`);
    default:
      throw invalidArgument(
        `Content-Type ${type} is not supported: send application/json, application/jsonlines or text/csv`,
      );
  }
}

/** A list stands for the instances; an object is the request itself. */
function wrapped(body: Uint8Array): Uint8Array {
  const first = body.findIndex((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  const openingBracket = 0x5b;
  if (body[first] !== openingBracket) return body;
  return Buffer.concat([Buffer.from('{"instances": '), body, Buffer.from("}")]);
}

function nonEmptyLines(body: Uint8Array): string[] {
  const lines = Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8").split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "");
}

/** A row of numbers and texts; one value alone is a row of one, as SageMaker's containers have it. */
function csvRow(line: string): string {
  return `[${csvFields(line).map(csvValue).join(", ")}]`;
}

function csvFields(line: string): string[] {
  const fields: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    fields.push(match[1] === undefined ? match[2]!.trim() : JSON.stringify(match[1].replaceAll('""', '"')));
  }
  return fields;
}

function csvValue(field: string): string {
  if (field.startsWith('"')) return field;
  // As JSON spells numbers they pass through, however many digits they have; CSV has other spellings, such as `.5` and `007`.
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(field)) return field;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(field) ? String(Number(field)) : JSON.stringify(field);
}
