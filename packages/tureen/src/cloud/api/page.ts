import { FieldError } from "./google-error.js";

/** A part of a list: where it begins and how many entries it has. */
export interface Page {
  readonly size: number;
  /** The name after which the page begins, "" at the list's beginning. */
  readonly after: string;
}

const defaultSize = 20;
const maxSize = 100;

/** The page that `pageSize` and `pageToken` ask for: 20 entries unless said, 100 at most. */
export function pageOf(query: URLSearchParams): Page {
  const text = query.get("pageSize") ?? "0";
  const size = Number(text);
  if (!Number.isInteger(size) || size < 0)
    throw new FieldError("INVALID_ARGUMENT", "page_size", "must not be negative.");
  const token = query.get("pageToken") ?? "";
  const after = Buffer.from(token, "base64url").toString("utf8");
  if (Buffer.from(after, "utf8").toString("base64url") !== token) {
    throw new FieldError("INVALID_ARGUMENT", "page_token", "Invalid page token.");
  }
  return { size: size === 0 ? defaultSize : Math.min(size, maxSize), after };
}

/**
 * Cuts a page out of a list that is sorted by name: `{}` where it is empty, as the service answers.
 *
 * `entries` are all after `page.after`, at least one more than the page's size where there are.
 */
export function pageBody<T>(key: string, entries: readonly T[], page: Page, nameOf: (entry: T) => string): object {
  const shown = entries.slice(0, page.size);
  if (shown.length === 0) return {};
  const isMore = entries.length > page.size;
  const token = isMore ? Buffer.from(nameOf(shown.at(-1)!)).toString("base64url") : undefined;
  return { [key]: shown, ...(token === undefined ? {} : { nextPageToken: token }) };
}
