import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { StatusError } from "../../../core/status-error.js";
import type { RunContext } from "../../run-context.js";

/**
 * The real path of a file that a graph names, checked to lie inside the one folder that this run may touch.
 *
 * PERMISSION_DENIED outside of it, after links are followed: a model's graph is not trusted.
 */
export function allowedPath(path: string, context: RunContext): string {
  const root = context.fileRoot;
  if (root === undefined)
    throw new StatusError("PERMISSION_DENIED", `Access to files is not allowed while a model runs: ${path}`);
  const real = realPath(resolve(path));
  const realRoot = realPath(resolve(root));
  if (real !== realRoot && !real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
    throw new StatusError("PERMISSION_DENIED", `Access to files outside of the model's folder is not allowed: ${path}`);
  }
  return real;
}

/** The same for a file that is to be written; PERMISSION_DENIED where this run may only read, as while a SavedModel is loaded. */
export function writablePath(path: string, context: RunContext): string {
  const allowed = allowedPath(path, context);
  if (context.filesReadOnly === true) {
    throw new StatusError("PERMISSION_DENIED", `Writing files is not allowed while a model is loaded: ${path}`);
  }
  return allowed;
}

/** The path with links followed as far as it exists. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realPath(parent), basename(path));
}
