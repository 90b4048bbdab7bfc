import { existsSync, readdirSync } from "node:fs";
import { fileError } from "../../core/file-system.js";
import { joinPath } from "../../core/object-store/object-uri.js";
import { invalidArgument } from "../../core/status-error.js";
import type { VersionPolicy } from "./version-policy.js";

/** A version that storage holds and the policy wants. */
export interface AspiredVersion {
  readonly version: bigint;
  readonly path: string;
}

/** What of a storage the scan needs. */
export interface Storage {
  exists(path: string): boolean;
  /** Names of a folder's children, in any order. */
  children(path: string): readonly string[];
}

/** The machine's own file system. */
export const localStorage: Storage = Object.freeze({
  exists: existsSync,
  children: (path: string) => {
    try {
      return readdirSync(path);
    } catch (error) {
      throw fileError(error, path);
    }
  },
});

/** A folder that holds one of these is a SavedModel itself. */
const savedModelFiles: ReadonlySet<string> = new Set(["saved_model.pb", "saved_model.pbtxt"]);
/** The version that a SavedModel without a numbered folder is served as. */
const bareVersion = 1n;

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

/** The version that a child's name stands for (leading zeros and a sign allowed), or undefined: absl::SimpleAtoi's rules. */
export function parseVersion(name: string): bigint | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?[0-9]+[ \t\n\v\f\r]*$/.test(name)) return undefined;
  const text = name.trim();
  const value = text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text.replace("+", ""));
  return value > int64Max || value < int64Min ? undefined : value;
}

/**
 * The versions of a model that should be served, as TensorFlow Serving's FileSystemStoragePathSource finds them.
 *
 * A base path that is a SavedModel itself, without numbered folders, is version 1. INVALID_ARGUMENT where the base path is missing. Names that are no number are passed over; files count as well as folders; of two names
 * of one number the later in byte order wins, with a warning.
 */
export function scanVersions(
  name: string,
  basePath: string,
  policy: VersionPolicy,
  storage: Storage,
  warn: (message: string) => void,
): AspiredVersion[] {
  if (!storage.exists(basePath)) {
    throw invalidArgument(
      `Could not find base path ${basePath} for servable ${name} with error NOT_FOUND: ${basePath} not found`,
    );
  }
  if (policy.kind === "specific") {
    if (policy.versions.length === 0) {
      warn(`No specific versions requested for servable ${name}.`);
      return [];
    }
    const paths = policy.versions.map((version) => ({ version, path: joinPath(basePath, String(version)) }));
    if (paths.every(({ path }) => storage.exists(path))) return paths;
  }
  const children = [...storage.children(basePath)].sort();
  const byVersion = new Map<bigint, string>();
  for (const child of children) {
    const version = parseVersion(child);
    if (version === undefined) continue;
    const other = byVersion.get(version);
    if (other !== undefined) {
      warn(
        `Duplicate version directories detected. Version ${version} will be loaded from ${child}, ${other} will be ignored.`,
      );
    }
    byVersion.set(version, child);
  }
  // Platforms that deploy one model hand over its own folder; TensorFlow Serving finds no version in it.
  if (byVersion.size === 0 && children.some((child) => savedModelFiles.has(child))) {
    const isWanted = policy.kind !== "specific" || policy.versions.includes(bareVersion);
    if (isWanted) return [{ version: bareVersion, path: basePath }];
  }
  const found = choose(name, policy, byVersion, basePath, warn);
  if (found.length === 0) {
    warn(
      `No versions of servable ${name} found under base path ${basePath}. Did you forget to name your leaf directory as a number (eg. '/1/')?`,
    );
  }
  return found;
}

function choose(
  name: string,
  policy: VersionPolicy,
  byVersion: ReadonlyMap<bigint, string>,
  basePath: string,
  warn: (message: string) => void,
): AspiredVersion[] {
  const versions = [...byVersion.keys()].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  const aspired = (chosen: readonly bigint[]): AspiredVersion[] =>
    chosen.map((version) => ({ version, path: joinPath(basePath, byVersion.get(version)!) }));
  switch (policy.kind) {
    case "latest":
      return aspired(versions.slice(0, policy.count));
    case "all":
      return aspired(versions);
    case "specific": {
      for (const version of policy.versions) {
        if (byVersion.has(version)) continue;
        warn(
          `Version ${version} of servable ${name}, which was requested to be served as a 'specific' version in the servable's version policy, was not found in the file system`,
        );
      }
      return aspired(versions.filter((version) => policy.versions.includes(version)));
    }
  }
}
