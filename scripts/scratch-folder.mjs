/**
 * Gives the tests a folder of their own for temporary files, which goes when they end: tests need not clean up, and find nothing of earlier ones.
 *
 * Vitest's `globalSetup`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function setup() {
  const before = process.env.TMPDIR;
  // Short, since paths of Unix sockets may have 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), "tt-"));
  process.env.TMPDIR = folder;
  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  };
}
