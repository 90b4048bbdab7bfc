import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBlobSequence } from "./blob-sequence.js";
import { loadForestModel } from "./forest-model.js";

const fixture = fileURLToPath(new URL("../fixtures/decision-forests/handmade_regression/", import.meta.url));

describe("blob sequences", () => {
  it("say what is wrong with a file", () => {
    expect(() => readBlobSequence(new Uint8Array(3))).toThrow("Empty stream");
    expect(() => readBlobSequence(new Uint8Array(8))).toThrow("Invalid header");
    expect(() => readBlobSequence(Uint8Array.of(0x42, 0x53, 2, 0, 0, 0, 0, 0))).toThrow("version (2) is greater");
    expect(() => readBlobSequence(Uint8Array.of(0x42, 0x53, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1))).toThrow(
      "Truncated blob",
    );
    expect(() => readBlobSequence(Uint8Array.of(0x42, 0x53, 1, 0, 1, 0, 0, 0, 9))).toThrow("bad gzip stream");
  });

  it("hold records", () => {
    const file = Uint8Array.of(0x42, 0x53, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 7, 8, 0, 0, 0, 0);
    expect(readBlobSequence(file)).toEqual([Uint8Array.of(7, 8), new Uint8Array(0)]);
  });
});

describe("a model with compressed nodes", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tureen-forest-"));
    cpSync(fixture, folder, { recursive: true });
    for (let shard = 0; shard < 3; shard++) {
      const path = join(folder, `nodes-0000${shard}-of-00003`);
      const plain = readFileSync(path);
      writeFileSync(path, Buffer.concat([Buffer.from("BS\x01\0\x01\0\0\0", "latin1"), gzipSync(plain.subarray(8))]));
    }
    // The format's name in the header, field 7, is a byte shorter than the one for gzip by its suffix.
    const header = join(folder, "gradient_boosted_trees_header.pb");
    const bytes = readFileSync(header, "latin1");
    writeFileSync(header, bytes.replace("\x0dBLOB_SEQUENCE", "\x12BLOB_SEQUENCE_GZIP"), "latin1");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is the same as the plain one", () => {
    const [plain, compressed] = [fixture, folder].map((path) => loadForestModel(path, "", (file) => file));
    expect(compressed).toEqual(plain);
    expect(plain!.forest.roots.length).toBe(36);
  });

  it("is refused where its trees end early", () => {
    writeFileSync(join(folder, "nodes-00002-of-00003"), Uint8Array.of(0x42, 0x53, 0, 0, 0, 0, 0, 0));
    expect(() => loadForestModel(folder, "", (file) => file)).toThrow("Unexpected EOF");
  });
});
