import { readFileSync } from "node:fs";
import { parseJsonLine } from "../../cloud/predict/parse-instances.js";
import { fileError } from "../../core/file-system.js";
import { invalidArgument } from "../../core/status-error.js";
import { encodeText } from "../../core/text.js";
import { isArray, isObject, type JsonArray, type JsonValue, member } from "../../serving/rest/json-value.js";

/** The flags of which one names the file with the instances; `-` is stdin. */
export interface InstanceFlags {
  readonly jsonRequest?: string;
  readonly jsonInstances?: string;
  readonly textInstances?: string;
}

/**
 * Reads the instances that gcloud's flags name.
 *
 * INVALID_ARGUMENT with gcloud's texts for what is no instances file, and for more than `limit` lines.
 */
export function readInstances(flags: InstanceFlags, limit?: number): JsonValue {
  const { jsonRequest, jsonInstances, textInstances } = flags;
  const given = [jsonRequest, jsonInstances, textInstances].filter((path) => path !== undefined && path !== "");
  if (given.length !== 1) {
    throw invalidArgument("Exactly one of --json-request, --json-instances and --text-instances must be specified.");
  }
  const content = readInput(given[0]!);
  if (jsonRequest) return requestInstances(content);
  return instanceLines(content, jsonInstances ? "json" : "text", limit);
}

function readInput(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw fileError(error, path);
  }
}

function requestInstances(content: string): JsonValue {
  const request = parsed(content, "ml-engine");
  const instances = isObject(request) ? member(request, "instances") : undefined;
  if (instances === undefined) throw invalidArgument('Invalid JSON request: missing "instances" attribute');
  if (!isArray(instances)) throw invalidArgument('Invalid JSON request: "instances" must be a list');
  return instances;
}

function instanceLines(content: string, format: "json" | "text", limit: number | undefined): JsonArray {
  const lines = content.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const items = lines.map((line, number): JsonValue => {
    const text = line.replace(/\r+$/, "");
    if (text === "") throw invalidArgument("Empty line is not allowed in the instances file.");
    if (limit !== undefined && number >= limit) {
      throw invalidArgument(
        `The gcloud CLI can currently process no more than ${limit} instances per file. Please use the API directly if you need to send more.`,
      );
    }
    return format === "json" ? parsed(text, "ai-platform") : encodeText(text);
  });
  if (items.length === 0) throw invalidArgument("No valid instance was found in input file.");
  return { kind: "array", items };
}

function parsed(text: string, group: string): JsonValue {
  try {
    return parseJsonLine(encodeText(text));
  } catch {
    throw invalidArgument(`Input instances are not in JSON format. See "gcloud ${group} predict --help" for details.`);
  }
}
