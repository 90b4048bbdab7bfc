import { existsSync, readdirSync } from "node:fs";

/**
 * The files and folders that a pattern names, in the order of their paths, as TensorFlow's `matching_files` has them: `*` and `?` stand for
 * characters of one part of the path, `[ab]` and `[!a-c]` for one of some, a backslash takes the next character as it is.
 */
export function matchFiles(pattern: string): string[] {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => wildcards.test(part));
  if (first < 0) return existsSync(pattern) ? [pattern] : [];
  // What stands before the first wildcard stays as it is written.
  let found = [first === 0 ? "." : parts.slice(0, first).join("/")];
  for (const part of parts.slice(first)) found = found.flatMap((folder) => within(folder, part));
  return found.sort();
}

const wildcards = /[*?[\\]/;

/** The paths of a folder's entries that a part of a pattern names. */
function within(folder: string, part: string): string[] {
  if (!wildcards.test(part)) return existsSync(`${folder}/${part}`) ? [`${folder}/${part}`] : [];
  const matches = partMatcher(part);
  return namesIn(folder === "" ? "/" : folder)
    .filter((name) => matches.test(name))
    .map((name) => `${folder}/${name}`);
}

/** None where the path is no folder, or one that cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What matches a part of a path as POSIX's `fnmatch` does. */
export function partMatcher(part: string): RegExp {
  const body = part.replace(/\\(.)|\[(!?)(\]?[^\]]*)\]|[*?]|[.+^${}()|[\]\\/]/g, (all, escaped, not, set) => {
    if (escaped !== undefined) return escapeText(escaped as string);
    if (set !== undefined) return `[${not === "!" ? "^" : ""}${(set as string).replace(/[\\\]^[]/g, "\\$&")}]`;
    if (all === "*") return ".*";
    return all === "?" ? "." : escapeText(all);
  });
  return new RegExp(`^${body}$`, "su");
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
