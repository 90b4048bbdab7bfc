import { constants } from "node:fs";
import { cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileError } from "../../core/file-system.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import type { CloudLimits } from "../cloud-context.js";

/**
 * The folder that a `deploymentUri` names: an absolute path or a `file://` URL.
 *
 * UNIMPLEMENTED for `gs://` and `s3://`, INVALID_ARGUMENT for anything else.
 */
export function deploymentFolder(uri: string): string {
  if (uri.startsWith("file://")) return fileURLToPath(uri);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(uri)?.[1];
  if (scheme !== undefined) {
    throw unimplemented(`${uri}: ${scheme}:// models are not supported yet; give a folder of the server's machine.`);
  }
  if (!isAbsolute(uri)) throw invalidArgument(`${uri} is no absolute path.`);
  return uri;
}

/**
 * Copies a model's folder so that the copy appears under its name complete or not at all.
 *
 * INVALID_ARGUMENT where it is larger than the limits allow, NOT_FOUND where there is none.
 */
export async function copyModel(from: string, to: string, limits: CloudLimits): Promise<void> {
  const temporary = `${to}.tempstate`;
  try {
    await checkSize(from, limits);
    await rm(temporary, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
    // Copies share their blocks with the original where the file system can do that.
    await cp(from, temporary, { recursive: true, mode: constants.COPYFILE_FICLONE, errorOnExist: true });
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw fileError(error, from);
  }
}

async function checkSize(folder: string, { maxModelBytes, maxModelFiles }: CloudLimits): Promise<void> {
  let files = 0;
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    files += 1;
    bytes += (await stat(join(entry.parentPath, entry.name))).size;
    if (files > maxModelFiles) throw invalidArgument(`The model has more than ${maxModelFiles} files.`);
    if (bytes > maxModelBytes) {
      throw invalidArgument(`The model is larger than ${maxModelBytes} bytes.`);
    }
  }
}
