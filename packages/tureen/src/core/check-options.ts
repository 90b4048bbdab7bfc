import { invalidArgument, type StatusError } from "./status-error.js";

/** Which options a call takes, and which it cannot do without: complete, as the compiler checks. */
export type OptionTable<T> = { readonly [K in keyof T]-?: object extends Pick<T, K> ? "optional" : "required" };

/** The table of calls whose only option is the name of what they build. */
export const nameOnly = { name: "optional" } as const;

/** A word with so few letters changed, added or missing is taken for a slip. */
const slips = 3;

/**
 * INVALID_ARGUMENT, in Python's words, for an option that a call does not know and for one that it needs and was not given.
 *
 * The compiler says the same to those who use it; others would train with a default in the place of what they wrote.
 */
export function checkOptions<T extends object>(call: string, options: T, table: OptionTable<T>): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const given: unknown = options;
    if (given === undefined) throw missingOptions(call, requiredOf(table));
    throw notOptions(call, given);
  }
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(table, key)) throw unexpectedOption(call, key, Object.keys(table));
  }
  const missing = requiredOf(table).filter((key) => (options as Readonly<Record<string, unknown>>)[key] === undefined);
  if (missing.length > 0) throw missingOptions(call, missing);
}

/** For what was given in the place of an object of options. */
export function notOptions(call: string, given: unknown): StatusError {
  return invalidArgument(`${call}() takes its options in one object. Given: ${pythonWord(given)}`);
}

/** For an option that a call does not know, with the one that was meant where it is a slip away. */
export function unexpectedOption(call: string, key: string, known: readonly string[]): StatusError {
  const meant = nearest(key, known);
  const hint = meant === undefined ? `. It takes ${known.join(", ")}` : `. Did you mean '${meant}'?`;
  return invalidArgument(`${call}() got an unexpected keyword argument '${key}'${hint}`);
}

function pythonWord(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  return Array.isArray(value) ? `[${value.map(pythonWord).join(", ")}]` : String(value);
}

function requiredOf(table: object): string[] {
  return Object.entries(table)
    .filter(([, kind]) => kind === "required")
    .map(([key]) => key);
}

function missingOptions(call: string, keys: readonly string[]): Error {
  const names = keys.map((key) => `'${key}'`);
  const text = names.length < 3 ? names.join(" and ") : `${names.slice(0, -1).join(", ")}, and ${names.at(-1)}`;
  const count = `${keys.length} required keyword argument${keys.length === 1 ? "" : "s"}`;
  return invalidArgument(
    keys.length === 0 ? `${call}() takes its options in one object.` : `${call}() missing ${count}: ${text}`,
  );
}

function nearest(key: string, known: readonly string[]): string | undefined {
  const plain = (word: string): string => word.replaceAll("_", "").toLowerCase();
  const [first] = known
    .map((word) => ({ word, distance: editDistance(plain(key), plain(word)) }))
    .filter(({ word, distance }) => distance <= Math.min(slips, word.length / 2))
    .sort((a, b) => a.distance - b.distance);
  return first?.word;
}

/** Letters to change, add or take away (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
