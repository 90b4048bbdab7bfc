import { StatusError } from "../../core/status-error.js";
import { camelCase } from "./filter.js";
import { FieldError } from "./google-error.js";

/** A resource as JSON has it. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * Takes over from `patch` what `mask` names; `etag` in the mask makes it fail where the resource has changed since.
 *
 * INVALID_ARGUMENT for an empty mask and for fields that may not be changed, ABORTED for another etag.
 */
export function applyMask(
  resource: Json & { readonly etag: string },
  patch: Json,
  mask: string | null,
  updatable: readonly string[],
): Json {
  const fields = (mask ?? "")
    .split(",")
    .map(camelCase)
    .filter((field) => field !== "");
  if (fields.length === 0)
    throw new FieldError("INVALID_ARGUMENT", "update_mask", "The update mask must not be empty.");
  const result: Record<string, unknown> = { ...resource };
  for (const field of fields) {
    if (field === "etag") {
      if (patch["etag"] === resource.etag) continue;
      throw new StatusError("ABORTED", "The etag of the resource does not match: it has been changed in the meantime.");
    }
    const top = field.split(".", 1)[0]!;
    if (!updatable.includes(top)) {
      throw new FieldError("INVALID_ARGUMENT", "update_mask", `Field ${field} cannot be updated.`);
    }
    if (patch[top] === undefined) delete result[top];
    else result[top] = patch[top];
  }
  return result;
}
