import { FieldError } from "./google-error.js";

/**
 * Whether a resource fits a list's filter: `key:value`, `key=value` and `key!=value`, joined by AND; `*` ends a beginning, as in
 * `jobId:census*`.
 *
 * INVALID_ARGUMENT for anything else.
 */
export function filterOf(text: string): (resource: object) => boolean {
  const terms = text
    .split(/\s+AND\s+/)
    .map((term) => term.trim())
    .filter((term) => term !== "")
    .map((term) => {
      const match = /^([a-zA-Z_.]+)\s*(:|=|!=)\s*("?)([^"]*)\3$/.exec(term);
      if (match === null) throw new FieldError("INVALID_ARGUMENT", "filter", `Invalid filter: ${term}`);
      const [, path, operator, , value] = match as unknown as [string, string, string, string, string];
      return { path, operator, value };
    });
  return (resource) =>
    terms.every(({ path, operator, value }) => {
      const actual = valueAt(resource, path);
      const isMatch = value.endsWith("*") ? actual.startsWith(value.slice(0, -1)) : actual === value;
      return operator === "!=" ? !isMatch : isMatch;
    });
}

function valueAt(resource: object, path: string): string {
  let value: unknown = resource;
  for (const [i, key] of path.split(".").entries()) {
    // Below the first part are labels and such, whose names are their users'.
    const name = i === 0 || path.startsWith("prediction") ? camelCase(key) : key;
    value = (value as Record<string, unknown> | undefined)?.[name];
  }
  const text = value === undefined || value === null ? "" : String(value);
  // Full names are matched by their last part, as gcloud's users write them.
  return path === "name" ? text.slice(text.lastIndexOf("/") + 1) : text;
}

/** Masks and filters may spell a field as in the proto or as in JSON. */
export function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
