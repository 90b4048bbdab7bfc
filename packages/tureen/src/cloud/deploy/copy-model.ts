import { constants } from "node:fs";
import { cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileError } from "../../core/file-system.js";
import { isObjectUri, parseObjectUri } from "../../core/object-store/object-uri.js";
import { openObjectStore } from "../../core/object-store/open-object-store.js";
import { downloadFolder, listFolder } from "../../core/object-store/remote-folder.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import type { CloudLimits } from "../cloud-context.js";

/**
 * The folder that a `deploymentUri` names: an absolute path, a `file://` URL, `s3://…` or `gs://…`.
 *
 * UNIMPLEMENTED for other schemes, INVALID_ARGUMENT for anything else.
 */
export function deploymentFolder(uri: string): string {
  if (isObjectUri(uri)) {
    parseObjectUri(uri);
    return uri;
  }
  if (uri.startsWith("file://")) return fileURLToPath(uri);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(uri)?.[1];
  if (scheme !== undefined) {
    throw unimplemented(
      `${uri}: ${scheme}:// models are not supported; give s3://, gs:// or a folder of the server's machine.`,
    );
  }
  if (!isAbsolute(uri)) throw invalidArgument(`${uri} is no absolute path.`);
  return uri;
}

/** What the name of a copy ends in while it is not complete. */
const unfinished = ".tempstate";

/** The name that a folder gets, or has, as a complete copy. */
export function copiedName(name: string): string {
  return name.endsWith(unfinished) ? name.slice(0, -unfinished.length) : name;
}

/**
 * Copies a model's folder, out of an object store with its checksums verified, so that the copy appears under its name complete or not at all.
 *
 * INVALID_ARGUMENT where it is larger than the limits allow, NOT_FOUND where there is none.
 */
export async function copyModel(from: string, to: string, limits: CloudLimits): Promise<void> {
  const temporary = `${to}${unfinished}`;
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
    if (isObjectUri(from)) {
      await download(from, temporary, limits);
    } else {
      await checkSize(from, limits);
      // Copies share their blocks with the original where the file system can do that.
      await cp(from, temporary, { recursive: true, mode: constants.COPYFILE_FICLONE, errorOnExist: true });
    }
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw fileError(error, from);
  }
}

async function download(from: string, to: string, limits: CloudLimits): Promise<void> {
  const store = await openObjectStore(parseObjectUri(from).scheme);
  const folder = await listFolder(store, from);
  const count = sizeChecker(limits);
  for (const [, { bytes }] of folder.files) count(bytes);
  await downloadFolder(store, folder, to);
}

async function checkSize(folder: string, limits: CloudLimits): Promise<void> {
  const count = sizeChecker(limits);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory()) count((await stat(join(entry.parentPath, entry.name))).size);
  }
}

/** Told of each file's size; INVALID_ARGUMENT once they are too many or too large together. */
function sizeChecker({ maxModelBytes, maxModelFiles }: CloudLimits): (bytes: number) => void {
  let files = 0;
  let total = 0;
  return (bytes) => {
    files += 1;
    total += bytes;
    if (files > maxModelFiles) throw invalidArgument(`The model has more than ${maxModelFiles} files.`);
    if (total > maxModelBytes) throw invalidArgument(`The model is larger than ${maxModelBytes} bytes.`);
  };
}
