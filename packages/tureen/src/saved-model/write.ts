import { accessSync, constants, copyFileSync, existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, normalize, sep } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import type { MetaGraphDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { SavedModelSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/saved_model_pb";
import { fileError, makeFolders, writeFileAtomically } from "../core/file-system.js";
import { invalidArgument, StatusError } from "../core/status-error.js";
import { encodeText } from "../core/text.js";
import { savedModelFiles } from "./read.js";

/** `SavedModel.saved_model_schema_version`; there has only been one. */
const schemaVersion = 1n;

/** Makes the folder of a new SavedModel; ALREADY_EXISTS for one that has something in it. */
export function createExportDirectory(directory: string): void {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new StatusError(
      "ALREADY_EXISTS",
      `Export directory ${directory} already exists, and isn't empty. Please choose a different export directory, or delete all the contents of the specified directory.`,
    );
  }
  makeFolders(directory);
}

/** Writes `saved_model.pb`, or `saved_model.pbtxt` with `asText`. */
export async function writeSavedModelProto(
  directory: string,
  metaGraphs: readonly MetaGraphDef[],
  asText = false,
): Promise<string> {
  const model = create(SavedModelSchema, { savedModelSchemaVersion: schemaVersion, metaGraphs: [...metaGraphs] });
  const path = join(directory, asText ? savedModelFiles.text : savedModelFiles.binary);
  if (asText) {
    const { toText } = await import("@bufbuild/protobuf/txtpb");
    writeFileAtomically(path, encodeText(toText(SavedModelSchema, model)));
  } else {
    writeFileAtomically(path, toBinary(SavedModelSchema, model));
  }
  return path;
}

/** Names for asset files inside the SavedModel: their base names, `_1`, `_2`, … added where two different files share one. */
export function assetFileNames(paths: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const path of paths) {
    if (names.has(path)) continue;
    const name = basename(path);
    let candidate = name;
    for (let i = 1; taken.has(candidate); i++) candidate = `${name}_${i}`;
    taken.add(candidate);
    names.set(path, candidate);
  }
  return names;
}

/** Copies asset files into the SavedModel under their names. */
export function copyAssets(directory: string, names: ReadonlyMap<string, string>): void {
  for (const [path, name] of names) {
    makeFolders(join(directory, savedModelFiles.assets));
    copyFileSync(path, join(directory, savedModelFiles.assets, name));
  }
}

/**
 * What an export is to have below `assets.extra`: paths of files by their relative destination.
 *
 * INVALID_ARGUMENT for a destination outside of the export, what the operating system says (`<path>; No such file or directory`) for a file that
 * cannot be read.
 */
export function checkExtraAssets(extra: Readonly<Record<string, string>>): void {
  for (const [destination, source] of Object.entries(extra)) {
    const relative = normalize(destination);
    if (relative.startsWith("..") || relative.startsWith(sep))
      throw invalidArgument(`assetsExtra must name files inside the export: ${destination}`);
    try {
      accessSync(source, constants.R_OK);
    } catch (error) {
      const { code, message } = fileError(error, source);
      throw new StatusError(code, `${message} (assetsExtra of '${destination}')`, { cause: error });
    }
    if (!statSync(source).isFile())
      throw new StatusError("FAILED_PRECONDITION", `${source}; Is a directory (assetsExtra of '${destination}')`);
  }
}

/** Copies files below `assets.extra`, by their relative destination, after `checkExtraAssets`. */
export function copyExtraAssets(directory: string, extra: Readonly<Record<string, string>>): void {
  for (const [destination, source] of Object.entries(extra)) {
    const target = join(directory, savedModelFiles.assetsExtra, normalize(destination));
    makeFolders(dirname(target));
    copyFileSync(source, target);
  }
}
