import { randomBytes } from "node:crypto";

/** A new etag: any text that no earlier state of the resource had. */
export function newEtag(): string {
  return randomBytes(8).toString("base64url");
}
