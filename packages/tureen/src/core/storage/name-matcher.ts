/**
 * Whether a path matches a pattern: `*` and `?` stand for characters of one part of it; parts whose names begin with a dot match only
 * patterns that do.
 */
export function nameMatcher(pattern: string): (path: string) => boolean {
  const parts = pattern.split("/").map((part) => {
    const isHidden = part.startsWith(".");
    const text = part
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll("?", "[^/]");
    return isHidden || !/^[*?]/.test(part) ? text : `(?!\\.)${text}`;
  });
  const expression = new RegExp(`^${parts.join("/")}$`, "s");
  return (path) => expression.test(path);
}
