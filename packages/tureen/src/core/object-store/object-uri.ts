import { basename as baseNameOf, dirname, join } from "node:path";
import { invalidArgument } from "../status-error.js";

/** The stores whose URIs stand where a path may stand. */
export type ObjectScheme = "s3" | "gs";

/** An object, or all objects whose keys begin alike. */
export interface ObjectLocation {
  readonly scheme: ObjectScheme;
  readonly bucket: string;
  /** The key without slashes at its ends; empty for the bucket itself. */
  readonly key: string;
}

/** Whether a path is the URI of an object or of a folder in a store: `s3://…` or `gs://…`. */
export function isObjectUri(path: string): boolean {
  return /^(?:s3|gs):\/\//i.test(path);
}

/** The bucket and key of `s3://bucket/key` or `gs://bucket/key`. INVALID_ARGUMENT for a URI without a bucket. */
export function parseObjectUri(uri: string): ObjectLocation {
  const match = /^(s3|gs):\/\/([^/]+)(?:\/(.*))?$/is.exec(uri);
  if (match === null)
    throw invalidArgument(`${uri}: object store URIs have the form s3://bucket/key or gs://bucket/key`);
  const [, scheme, bucket, key = ""] = match;
  return { scheme: scheme!.toLowerCase() as ObjectScheme, bucket: bucket!, key: key.replace(/^\/+|\/+$/g, "") };
}

/** The URI of a location. */
export function objectUri({ scheme, bucket, key }: ObjectLocation): string {
  return key === "" ? `${scheme}://${bucket}` : `${scheme}://${bucket}/${key}`;
}

/** `join` for local paths and URIs alike. */
export function joinPath(base: string, ...parts: readonly string[]): string {
  if (!isObjectUri(base)) return join(base, ...parts);
  return [base.replace(/\/+$/, ""), ...parts.map((part) => part.replace(/^\/+|\/+$/g, ""))]
    .filter((part) => part !== "")
    .join("/");
}

/** The last part of a local path or URI. */
export function lastPart(path: string): string {
  return isObjectUri(path) ? path.replace(/\/+$/, "").replace(/^.*\//, "") : baseNameOf(path);
}

/** The folder that holds a local path or URI. */
export function folderOf(path: string): string {
  return isObjectUri(path) ? path.replace(/\/+$/, "").replace(/\/[^/]*$/, "") : dirname(path);
}
