import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { compress } from "snappyjs";
import { describe, expect, it } from "vitest";
import { compareBytes, encodeText, equalBytes } from "../core/text.js";
import { crc32c, maskCrc32c } from "./crc32c.js";
import { shortestSeparator, shortSuccessor, TableReader, writeTable } from "./table.js";
import type { TableEntry } from "./table-block.js";
import { damaged, fixtureBytes, fromHex, outcomeOf, toHex } from "./test-fixtures.js";
import { WireReader, WireWriter } from "./wire-format.js";

const golden =
  "00000608011a02080100010b61080112002804350638271f00010d6208011200200428043510fd784f00010d63080112002008280435efd682c3" +
  "000000000100000000e415b6bc000000000100000000c0f2a1b000010264004200000000010000000058b2e9f74708540e" +
  "00".repeat(36) +
  "57fb808b247547db";

function entriesOf(bytes: Uint8Array): string[] {
  return [...new TableReader(bytes).entries()].map(([key, value]) => `${toHex(key)}=${toHex(value)}`);
}

/** The same table with its one data block compressed, as TensorFlow wrote tables before it turned compression off. */
function compressed(table: Uint8Array): Uint8Array {
  const footer = new WireReader(table, table.length - 48);
  const meta = { offset: footer.varint(), size: footer.varint() };
  const data = table.subarray(0, meta.offset - 5);
  const file = new WireWriter();
  const block = (contents: Uint8Array, type: number): [number, number] => {
    const start = file.length;
    file.raw(contents).raw(Uint8Array.of(type));
    file.fixed32(maskCrc32c(crc32c(file.finish().subarray(start))));
    return [start, contents.length];
  };
  const handle = block(compress(data), 1);
  const metaHandle = block(Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0), 0);
  const value = new WireWriter().varint(handle[0]).varint(handle[1]).finish();
  const index = new WireWriter().varint(0).varint(1).varint(value.length).raw(encodeText("z")).raw(value);
  const indexHandle = block(index.fixed32(0).fixed32(1).finish(), 0);
  const start = file.length;
  for (const number of [...metaHandle, ...indexHandle]) file.varint(number);
  return file
    .raw(new Uint8Array(40 - (file.length - start)))
    .raw(table.subarray(table.length - 8))
    .finish();
}

describe("table", () => {
  it("writes TensorFlow's bytes", () => {
    expect(golden.length).toBe(302);
    expect(toHex(fixtureBytes("half-plus-two.index"))).toBe(golden);
    for (const name of ["half-plus-two", "dtypes", "many", "partitioned", "merged"]) {
      const bytes = fixtureBytes(`${name}.index`);
      expect(toHex(writeTable(new TableReader(bytes).entries()))).toBe(toHex(bytes));
    }
  });

  it("finds every key, and nothing else, from restart points on", () => {
    const table = new TableReader(fixtureBytes("many.index"));
    const all = [...table.entries()];
    expect(all).toHaveLength(41);
    for (const [i, [key, value]] of all.entries()) {
      expect(table.get(key)).toEqual(value);
      expect([...table.entries(key)].map(([found]) => toHex(found))).toEqual(
        all.slice(i).map(([found]) => toHex(found)),
      );
      expect(table.get(encodeText(`${new TextDecoder().decode(key)}!`))).toBeUndefined();
    }
    expect(table.get(encodeText("zzz"))).toBeUndefined();
  });

  it("reads back tables of any keys, over many blocks", () => {
    const key = fc.uint8Array({ maxLength: 12 });
    const value = fc.uint8Array({ maxLength: 30 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([k]) => toHex(k), maxLength: 60 }), (list) => {
        const sorted = list.sort(([a], [b]) => compareBytes(a, b));
        expect(entriesOf(writeTable(sorted))).toEqual(sorted.map(([k, v]) => `${toHex(k)}=${toHex(v)}`));
      }),
    );
    // 256 KiB close a block; 512 KiB of one value make a block of their own.
    const large: TableEntry[] = [];
    for (let i = 0; i < 40; i++)
      large.push([encodeText(`key-${1000 + i}`), new Uint8Array(i === 20 ? 600_000 : 30_000).fill(i)]);
    const bytes = writeTable(large);
    const table = new TableReader(bytes);
    const same = ([k, v]: TableEntry, i: number): boolean => equalBytes(k, large[i]![0]) && equalBytes(v, large[i]![1]);
    expect([...table.entries()].every(same)).toBe(true);
    expect([...table.entries()]).toHaveLength(large.length);
    for (const [k, v] of large) expect(equalBytes(table.get(k)!, v)).toBe(true);
  });

  it("refuses keys that do not ascend", () => {
    const entry: TableEntry = [encodeText("a"), encodeText("")];
    expect(outcomeOf(() => writeTable([entry, entry]))).toBe("INVALID_ARGUMENT: The keys of a table must ascend");
  });

  it("picks separators and successors as LevelDB does", () => {
    const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
    const separator = (a: string, b: string): string => text(shortestSeparator(encodeText(a), encodeText(b)));
    expect(separator("the quick brown fox", "the who")).toBe("the r");
    expect(separator("abc", "abcd")).toBe("abc");
    expect(separator("abc1", "abc2")).toBe("abc1");
    expect(separator("abc1x", "abc3")).toBe("abc2");
    expect(text(shortSuccessor(encodeText("hello")))).toBe("i");
    expect(toHex(shortSuccessor(fromHex("ffff01")))).toBe("ffff02");
    expect(toHex(shortSuccessor(fromHex("ffff")))).toBe("ffff");
  });

  it("reads compressed blocks", () => {
    const table = fixtureBytes("many.index");
    const small = compressed(table);
    expect(small.length).toBeLessThan(table.length);
    expect(entriesOf(small)).toEqual(entriesOf(table));
  });

  const models = fileURLToPath(new URL("../../../../../shared/models", import.meta.url));
  it.skipIf(!existsSync(models))(
    "reads the index of every shared model (skipped where shared/models is absent)",
    () => {
      let blocks = 0;
      for (const model of readdirSync(models)) {
        const path = `${models}/${model}/variables/variables.index`;
        if (!existsSync(path)) continue;
        blocks += 1;
        const keys = [...new TableReader(new Uint8Array(readFileSync(path))).entries()].map(([key]) => key);
        expect(keys[0]).toHaveLength(0);
        expect([...keys].sort(compareBytes)).toEqual(keys);
      }
      expect(blocks).toBeGreaterThan(20);
    },
  );

  it.each([
    ["plain", fixtureBytes("half-plus-two.index")],
    ["compressed", compressed(fixtureBytes("many.index"))],
  ])("meets every cut and changed byte with the same entries or DATA_LOSS: %s", (_, whole) => {
    const expected = entriesOf(whole);
    let losses = 0;
    for (const { kind, at, bytes } of damaged(whole)) {
      const outcome = outcomeOf(() => entriesOf(bytes));
      if (typeof outcome === "string") {
        expect(outcome).toMatch(/^DATA_LOSS: /);
        losses += 1;
      } else {
        // Only the metaindex block, which nobody reads, and the footer's padding are not covered by a checksum that is checked.
        expect({ kind, at, outcome }).toEqual({ kind, at, outcome: expected });
      }
    }
    expect(losses).toBeGreaterThan(whole.length * 2);
  });

  it("words damage as TensorFlow does", () => {
    const whole = fixtureBytes("half-plus-two.index");
    const change = (at: number, value: number): Uint8Array => {
      const bytes = whole.slice();
      bytes[at < 0 ? bytes.length + at : at] = value;
      return bytes;
    };
    const text = (bytes: Uint8Array): unknown => outcomeOf(() => entriesOf(bytes));
    expect(text(whole.subarray(0, 20))).toBe("DATA_LOSS: file is too short to be an sstable");
    expect(text(change(-1, 0))).toBe("DATA_LOSS: not an sstable (bad magic number)");
    expect(text(whole.map((byte, i) => (i >= whole.length - 48 && i < whole.length - 8 ? 255 : byte)))).toBe(
      "DATA_LOSS: bad block handle",
    );
    expect(text(change(5, 0))).toBe("DATA_LOSS: block checksum mismatch");
  });
});
