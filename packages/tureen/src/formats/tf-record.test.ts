import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StatusError } from "../core/status-error.js";
import {
  fixtureBytes,
  fixtureJson,
  fixturePath,
  fromHex,
  outcomeOf,
  temporaryDirectory,
  toHex,
} from "./test-fixtures.js";
import { encodeTfRecords, readTfRecords, TfRecordSplitter } from "./tf-record.js";
import {
  readTfRecordFile,
  readTfRecordFileSync,
  type TfRecordCompression,
  TfRecordWriter,
  writeTfRecordFile,
} from "./tf-record-file.js";

const recorded = fixtureJson<{ records: string[] }>("records.json").records;
const files: [name: string, compression: TfRecordCompression][] = [
  ["records.tfrecord", ""],
  ["records.tfrecord.gz", "GZIP"],
  ["records.tfrecord.zlib", "ZLIB"],
];

async function readAll(path: string, compression: TfRecordCompression = ""): Promise<string[]> {
  const records: string[] = [];
  for await (const record of readTfRecordFile(path, { compression })) records.push(toHex(record));
  return records;
}

async function failure(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof StatusError) return error.toString();
    throw error;
  }
  return "nothing failed";
}

describe("reading TFRecord files", () => {
  it.each(files)("reads what TensorFlow wrote: %s", async (name, compression) => {
    expect(await readAll(fixturePath(name), compression)).toEqual(recorded);
    expect([...readTfRecordFileSync(fixturePath(name), { compression })].map(toHex)).toEqual(recorded);
  });

  it("meets every cut and every changed byte as TensorFlow does, text for text", () => {
    type Case = { cut?: number; flip?: number; records: number; code?: string; error?: string };
    const { bytes, cases } = fixtureJson<{ bytes: string; cases: Case[] }>("records-damaged.json");
    const whole = fromHex(bytes);
    expect(cases.length).toBe(2 * whole.length + 1);
    for (const { cut, flip, records, error } of cases) {
      const damaged = cut === undefined ? whole.slice() : whole.slice(0, cut);
      if (flip !== undefined) damaged[flip]! ^= 0x40;
      const found: Uint8Array[] = [];
      const outcome = outcomeOf(() => {
        for (const record of readTfRecords(damaged)) found.push(record);
        return undefined;
      });
      expect({ cut, flip, records: found.length, outcome }).toEqual({
        cut,
        flip,
        records,
        outcome: error === undefined ? undefined : `DATA_LOSS: ${error}`,
      });
    }
  });

  it("splits chunks of any size like the whole, errors too", () => {
    const whole = fixtureBytes("records.tfrecord");
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 }),
        fc.nat(whole.length),
        fc.option(fc.nat(whole.length - 1)),
        (sizes, cut, flip) => {
          const bytes = whole.slice(0, cut);
          if (flip !== null && flip < cut) bytes[flip]! ^= 4;
          const expected: string[] = [];
          const expectedOutcome = outcomeOf(() => {
            for (const record of readTfRecords(bytes)) expected.push(toHex(record));
          });
          const found: string[] = [];
          const outcome = outcomeOf(() => {
            const splitter = new TfRecordSplitter();
            for (let at = 0, i = 0; at < bytes.length; i++) {
              const size = sizes[i % sizes.length]!;
              found.push(...splitter.push(bytes.slice(at, at + size)).map(toHex));
              at += size;
            }
            splitter.end();
          });
          expect(outcome).toEqual(expectedOutcome);
          // A chunk with a bad record gives none of its records, so there may be fewer, never others.
          expect(expected.slice(0, found.length)).toEqual(found);
          if (outcome === undefined) expect(found).toEqual(expected);
        },
      ),
    );
  });

  it("words a missing file and bad compression as TensorFlow does", async () => {
    const missing = join(temporaryDirectory(), "none");
    const text = `NOT_FOUND: ${missing}; No such file or directory`;
    expect(await failure(readAll(missing))).toBe(text);
    expect(await failure(readAll(missing, "GZIP"))).toBe(text);
    expect(outcomeOf(() => [...readTfRecordFileSync(missing)])).toBe(text);
    const header = "DATA_LOSS: inflate() failed with error -3: incorrect header check";
    expect(await failure(readAll(fixturePath("records.tfrecord"), "GZIP"))).toBe(header);
    expect(await failure(readAll(fixturePath("records.tfrecord.gz")))).toBe(
      "DATA_LOSS: corrupted record at 0 (Is this even a TFRecord file?)",
    );
    const path = join(temporaryDirectory(), "trailing.gz");
    writeFileSync(path, fixtureBytes("records.tfrecord.gz"));
    appendFileSync(path, "garbage");
    expect(await failure(readAll(path, "GZIP"))).toBe(header);
    expect(outcomeOf(() => [...readTfRecordFileSync(path, { compression: "GZIP" })])).toBe(header);
  });

  it("gives what a gzip file holds that ends early, and all members of one that has several", async () => {
    const path = join(temporaryDirectory(), "records.gz");
    const whole = gzipSync(fixtureBytes("records.tfrecord"));
    writeFileSync(path, whole.subarray(0, whole.length - 8));
    expect(await readAll(path, "GZIP")).toEqual(recorded);
    writeFileSync(path, Buffer.concat([whole, whole]));
    expect(await readAll(path, "GZIP")).toEqual([...recorded, ...recorded]);
    expect([...readTfRecordFileSync(path, { compression: "GZIP" })]).toHaveLength(2 * recorded.length);
  });

  it("stops reading when its user does", async () => {
    const path = join(temporaryDirectory(), "long.gz");
    await writeTfRecordFile(path, Array<Uint8Array>(5000).fill(new Uint8Array(500).fill(3)), { compression: "GZIP" });
    let seen = 0;
    for await (const record of readTfRecordFile(path, { compression: "GZIP" })) {
      expect(record.length).toBe(500);
      seen += 1;
      if (seen === 3) break;
    }
    expect(seen).toBe(3);
  });
});

describe("writing TFRecord files", () => {
  const records = recorded.map(fromHex);

  it("makes TensorFlow's bytes", () => {
    expect(toHex(encodeTfRecords(records))).toBe(toHex(fixtureBytes("records.tfrecord")));
    const path = join(temporaryDirectory(), "records");
    const writer = new TfRecordWriter(path);
    for (const record of records) writer.write(record);
    writer.close();
    writer.close();
    expect(readFileSync(path)).toEqual(Buffer.from(fixtureBytes("records.tfrecord")));
    expect(outcomeOf(() => writer.write(records[0]!))).toBe("FAILED_PRECONDITION: Writer is closed.");
  });

  it("appends, and refuses to write over what exists where told to create", () => {
    const path = join(temporaryDirectory(), "records");
    for (const record of records) {
      const writer = new TfRecordWriter(path, { mode: "append" });
      writer.write(record);
      writer.sync();
      writer.close();
    }
    expect([...readTfRecordFileSync(path)].map(toHex)).toEqual(recorded);
    expect(outcomeOf(() => new TfRecordWriter(path, { mode: "create" }))).toBe(`ALREADY_EXISTS: ${path}; File exists`);
  });

  it.each(files)("writes a stream that reads back: %s", async (name, compression) => {
    const path = join(temporaryDirectory(), name);
    const large = [new Uint8Array(300_000).fill(5), ...records, new Uint8Array(700_000).map((_, i) => i * 7)];
    expect(await writeTfRecordFile(path, large, { compression })).toBe(large.length);
    expect(await readAll(path, compression)).toEqual(large.map(toHex));
    const more = writeTfRecordFile(path, records, { compression, append: true });
    if (compression === "ZLIB") {
      expect(await failure(more)).toBe(`FAILED_PRECONDITION: ${path}: a ZLIB file cannot be appended to`);
    } else {
      expect(await more).toBe(records.length);
      expect(await readAll(path, compression)).toEqual([...large, ...records].map(toHex));
    }
  });

  it("writes records beyond its buffer in order", () => {
    const path = join(temporaryDirectory(), "large");
    const large = [records[0]!, new Uint8Array(600_000).map((_, i) => i * 13), records[2]!];
    const writer = new TfRecordWriter(path);
    for (const record of large) writer.write(record);
    writer.close();
    expect([...readTfRecordFileSync(path)].map(toHex)).toEqual(large.map(toHex));
  });
});
