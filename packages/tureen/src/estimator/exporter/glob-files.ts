import { existsSync, readdirSync } from "node:fs";
import { join, parse, sep } from "node:path";

/** The existing paths that a pattern stands for, by name: `*`, `?` and `[…]` within one folder's names, as in TensorFlow's `gfile.Glob`. */
export function globFiles(pattern: string): string[] {
  const { root } = parse(pattern);
  const parts = pattern
    .slice(root.length)
    .split(sep)
    .filter((part) => part !== "");
  let found = [root];
  for (const part of parts) {
    found = /[*?[]/.test(part)
      ? found.flatMap((folder) => matchingNames(folder, part).map((name) => join(folder, name)))
      : found.map((folder) => join(folder, part)).filter((path) => existsSync(path));
  }
  return found;
}

function matchingNames(folder: string, part: string): string[] {
  const expression = part
    .replace(/\[!/g, "[^")
    .replace(/[.+^${}()|\\]/g, (char, at: number, all: string) =>
      char === "^" && all[at - 1] === "[" ? "^" : `\\${char}`,
    );
  const matcher = new RegExp(`^${expression.replace(/\*/g, ".*").replace(/\?/g, ".")}$`);
  try {
    return readdirSync(folder === "" ? "." : folder)
      .filter((name) => matcher.test(name))
      .sort();
  } catch {
    // Not a folder, so there is nothing in it.
    return [];
  }
}
