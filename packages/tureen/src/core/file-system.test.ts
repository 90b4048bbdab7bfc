import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { AtomicFile, fileError, makeFolders, readWholeFile, writeFileAtomically } from "./file-system.js";
import { dataLoss, type StatusError } from "./status-error.js";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "tureen-core-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as StatusError).toString();
  }
  return "nothing failed";
}

it("shows a file only once it is complete", () => {
  const directory = folder();
  const path = join(directory, "a/b");
  const file = new AtomicFile(path);
  const parts = [1, 70_000, 3, 65_536, 10].map((size, i) => new Uint8Array(size).fill(i + 1));
  for (const part of parts) file.write(part);
  expect(readdirSync(join(directory, "a"))).toHaveLength(1);
  expect(failure(() => readWholeFile(path))).toBe(`NOT_FOUND: ${path}; No such file or directory`);
  file.commit();
  file.discard();
  expect(readFileSync(path)).toEqual(Buffer.concat(parts));
  expect(readdirSync(join(directory, "a"))).toEqual(["b"]);
  expect(failure(() => file.write(parts[0]!))).toBe(`FAILED_PRECONDITION: ${path} is closed`);
});

it("replaces what was there, or leaves it", () => {
  const path = join(folder(), "f");
  writeFileAtomically(path, Uint8Array.of(1));
  const file = new AtomicFile(path);
  file.write(Uint8Array.of(2));
  file.discard();
  expect([...readWholeFile(path)]).toEqual([1]);
  writeFileAtomically(path, Uint8Array.of(3));
  expect([...readWholeFile(path)]).toEqual([3]);
});

it("reads files into buffers of their own", () => {
  const path = join(folder(), "f");
  for (const size of [0, 1, 1000, 100_000]) {
    writeFileSync(path, new Uint8Array(size).fill(7));
    const bytes = readWholeFile(path);
    expect([bytes.byteOffset, bytes.length, bytes.buffer.byteLength]).toEqual([0, size, size]);
  }
});

it("words failures as TensorFlow does", () => {
  const directory = folder();
  expect(failure(() => readWholeFile(directory))).toBe(`FAILED_PRECONDITION: ${directory}; Is a directory`);
  const known = dataLoss("kept");
  expect(fileError(known, "f")).toBe(known);
  expect(fileError(new Error("odd"), "f").toString()).toBe("UNKNOWN: f; odd");
});

it("makes folders, or says which one cannot be made", () => {
  const root = folder();
  const path = join(root, "a/b/c");
  makeFolders(path);
  makeFolders(path);
  expect(statSync(path).isDirectory()).toBe(true);
  writeFileSync(join(root, "file"), "");
  const below = join(root, "file", "x");
  expect(failure(() => makeFolders(below))).toBe(`FAILED_PRECONDITION: ${below}; Not a directory`);
});

// Node's own `recursive` asks for ever there.
it.skipIf(!existsSync("/proc/self"))("ends where a file system has no folders to make", () => {
  expect(failure(() => makeFolders("/proc/none/such"))).toBe("NOT_FOUND: /proc/none; No such file or directory");
});
