import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileError, makeFolders, writeFileAtomically } from "../core/file-system.js";
import { sameShape } from "../core/shape.js";
import { internal, invalidArgument } from "../core/status-error.js";
import { decodeText } from "../core/text.js";
import type { BundleEntry, BundleHeader } from "./tensor-bundle-proto.js";
import { BundleReader, bundleDataPath, bundleIndexPath } from "./tensor-bundle-reader.js";
import { encodeBundleIndex } from "./tensor-bundle-writer.js";

/** What `mergeBundles` takes besides the prefixes; the attributes of MergeV2Checkpoints. */
export interface MergeBundlesOptions {
  /** Whether the folders of the merged bundles go, except the destination's own; false unless said. */
  readonly deleteOldDirs?: boolean;
  /** Whether bundles that do not exist are passed over, as long as one does; false unless said. */
  readonly allowMissingFiles?: boolean;
}

/**
 * Makes one bundle of several, as MergeV2Checkpoints does: data files are renamed to the destination's, one index is written, the old ones go.
 *
 * INVALID_ARGUMENT with TensorFlow's texts for a tensor that two of them hold (slices of one tensor may come from many) and for a missing
 * bundle.
 */
export function mergeBundles(
  prefixes: readonly string[],
  destination: string,
  options: MergeBundlesOptions = {},
): void {
  const present = prefixes.filter((prefix) => existsSync(bundleIndexPath(prefix)));
  const missing = prefixes.find((prefix) => !present.includes(prefix));
  if (missing !== undefined && options.allowMissingFiles !== true) {
    throw invalidArgument(
      `allow_missing_files was set to false and ${missing} did not exist.NOT_FOUND: ${missing} not found`,
    );
  }
  if (present.length === 0) {
    throw invalidArgument("At least one prefix checkpoint file must exist, but none existed.");
  }
  const entries = new Map<string, BundleEntry>();
  /** The old path of each data file of the result, in the order of the new shard numbers. */
  const shards: string[] = [];
  let first: BundleHeader | undefined;
  for (const prefix of present) {
    const reader = new BundleReader(prefix);
    first ??= reader.header;
    checkSameFormat(first, reader.header);
    for (const [key, entry] of reader.rawEntries())
      mergeEntry(entries, shards, prefix, reader.header.numShards, key, entry);
  }

  for (const [shard, path] of shards.entries()) rename(path, bundleDataPath(destination, shard, shards.length));
  const header: BundleHeader = { ...first!, numShards: Math.max(shards.length, 1) };
  writeFileAtomically(bundleIndexPath(destination), encodeBundleIndex(header, entries));

  const destinationFolder = resolve(dirname(destination));
  for (const prefix of present) {
    if (resolve(prefix) !== resolve(destination)) rmSync(bundleIndexPath(prefix), { force: true });
    const folder = resolve(dirname(prefix));
    // A folder that holds the destination's folder is not an old one.
    const keeps = destinationFolder === folder || destinationFolder.startsWith(`${folder}/`);
    if (options.deleteOldDirs === true && !keeps) rmSync(folder, { recursive: true, force: true });
  }
}

function checkSameFormat(first: BundleHeader, header: BundleHeader): void {
  if (first.endianness !== header.endianness) {
    throw invalidArgument("Merging bundles with conflicting endianness; inputs corrupted?");
  }
  if (first.producer !== header.producer || first.minConsumer !== header.minConsumer) {
    throw invalidArgument(
      `Merging bundles with different format versions: merged ${first.producer} vs. curr ${header.producer}`,
    );
  }
}

function mergeEntry(
  entries: Map<string, BundleEntry>,
  shards: string[],
  prefix: string,
  numShards: number,
  key: string,
  entry: BundleEntry,
): void {
  const existing = entries.get(key);
  if (existing === undefined) {
    const path = bundleDataPath(prefix, entry.shardId, numShards);
    if (!shards.includes(path)) shards.push(path);
    entries.set(key, { ...entry, shardId: shards.indexOf(path) });
    return;
  }
  const name = decodeText(Buffer.from(key, "latin1"));
  if (existing.slices.length === 0) {
    throw invalidArgument(`Duplicate tensor keyed by ${name} encountered, when merging prefix: ${prefix}`);
  }
  if (entry.slices.length === 0) {
    throw internal(`Duplicate tensor keyed by ${name}; attempting to merge in a non-slice bundle entry`);
  }
  if (existing.dtype !== entry.dtype || !sameShape(existing.shape, entry.shape)) {
    throw invalidArgument(`Merging slices of ${name} with different dtypes or shapes`);
  }
  entries.set(key, { ...existing, slices: [...existing.slices, ...entry.slices] });
}

function rename(from: string, to: string): void {
  try {
    makeFolders(dirname(to));
    renameSync(from, to);
  } catch (error) {
    throw fileError(error, from);
  }
}
