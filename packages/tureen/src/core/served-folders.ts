import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** A mark that a folder is served, until it is taken away. */
export interface ServedMark {
  release(): void;
}

const marks = new Set<string>();
let endsWithProcess = false;

/**
 * Marks a folder as served by this process, so that no garbage collection on this machine deletes it.
 *
 * The mark is a file outside of the folder, which may be read-only, in this user's part of the temporary folder. Where that cannot be written
 * there is no mark, and serving goes on: a loaded model does not need its files.
 */
export function markServed(folder: string): ServedMark {
  let file: string | undefined;
  try {
    mkdirSync(markFolder(), { recursive: true, mode: 0o700 });
    file = join(markFolder(), `${keyOf(folder)}.${process.pid}.${randomUUID()}`);
    writeFileSync(file, realpathSync(folder));
    if (!endsWithProcess) process.once("exit", releaseAll);
    endsWithProcess = true;
    marks.add(file);
  } catch {
    // As above: a mark is a courtesy to who cleans up.
    file = undefined;
  }
  return {
    release: () => {
      if (file === undefined || !marks.delete(file)) return;
      rmSync(file, { force: true });
    },
  };
}

/** Whether a process of this user that still runs has marked the folder; marks of processes that are gone are deleted. */
export function isServed(folder: string): boolean {
  let names: string[];
  let key: string;
  try {
    key = keyOf(folder);
    names = readdirSync(markFolder()).filter((name) => name.startsWith(key));
  } catch {
    // Nothing was ever marked, or the folder is not there.
    return false;
  }
  let served = false;
  for (const name of names) {
    const file = join(markFolder(), name);
    if (!isRunning(Number(name.split(".")[1]))) rmSync(file, { force: true });
    else if (contentOf(file) === realpathSync(folder)) served = true;
  }
  return served;
}

function releaseAll(): void {
  for (const file of marks) rmSync(file, { force: true });
}

function markFolder(): string {
  // Where users have no numbers (Windows) the temporary folder is each user's own.
  return join(tmpdir(), `tureen-served-${userInfo().uid}`);
}

function keyOf(folder: string): string {
  return createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 32);
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Released between the listing and now.
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process with this number is running too, but did not write this mark's folder.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
