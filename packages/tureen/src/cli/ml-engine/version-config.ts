import { readFileSync } from "node:fs";
import { fileError } from "../../core/file-system.js";
import { invalidArgument } from "../../core/status-error.js";

/** A mapping of a configuration file. */
export type ConfigMapping = { [key: string]: string | number | boolean | ConfigMapping };

/**
 * Reads the file of `versions create --config`: JSON, or the YAML that such files are written in, mappings of plain and quoted scalars.
 *
 * INVALID_ARGUMENT with the line for whatever else YAML knows (lists, aliases, blocks of text): it is not guessed at.
 */
export function readVersionConfig(path: string): ConfigMapping {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fileError(error, path);
  }
  if (text.trimStart().startsWith("{")) {
    try {
      return JSON.parse(text) as ConfigMapping;
    } catch (error) {
      throw invalidArgument(`${path}: ${(error as Error).message}`);
    }
  }
  return parseMappings(text, path);
}

interface Level {
  readonly indent: number;
  readonly mapping: ConfigMapping;
}

const entry = /^( *)([A-Za-z_][\w.-]*|'[^']*'|"[^"\\]*") *:(?: +(.*))?$/;

function parseMappings(text: string, path: string): ConfigMapping {
  const root: ConfigMapping = {};
  let levels: Level[] = [{ indent: 0, mapping: root }];
  /** A mapping that was announced and has no line yet, with the indent of its key. */
  let opened: Level | undefined;
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trimEnd();
    if (line === "" || line === "---") continue;
    const match = entry.exec(line);
    const wrong = (): Error =>
      invalidArgument(`${path}, line ${i + 1}: only simple mappings are understood: ${raw.trim()}`);
    if (match === null) throw wrong();
    const indent = match[1]!.length;
    if (opened !== undefined && indent > opened.indent) levels.push({ indent, mapping: opened.mapping });
    else levels = levels.filter((level) => level.indent <= indent);
    opened = undefined;
    const level = levels.at(-1)!;
    if (level.indent !== indent) throw wrong();
    const key = match[2]!.replace(/^(['"])(.*)\1$/, "$2");
    const value = match[3]?.trim() ?? "";
    if (value === "") {
      const mapping: ConfigMapping = {};
      level.mapping[key] = mapping;
      opened = { indent, mapping };
      continue;
    }
    const scalar = scalarOf(value);
    if (scalar === undefined) throw wrong();
    level.mapping[key] = scalar;
  }
  return root;
}

function scalarOf(text: string): string | number | boolean | undefined {
  const quoted = /^'((?:[^']|'')*)'$/.exec(text) ?? /^"([^"\\]*)"$/.exec(text);
  if (quoted !== null) return quoted[1]!.replaceAll("''", "'");
  if (/^[[\]{},&*!|>%@`"'?-]/.test(text) && !/^-?\d/.test(text)) return undefined;
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+$/.test(text) ? Number(text) : text;
}
