import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allDTypes, type DType, dtypeSize, dtypeWidth, isNumericDType, viewBytes } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { floatValue, stringValue, type TensorValue, tensorValue, toNested } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";
import { crc32c, maskCrc32c } from "./crc32c.js";
import { mergeBundles } from "./merge-bundles.js";
import { writeTable } from "./table.js";
import { encodeBundleEntry, encodeBundleHeader } from "./tensor-bundle-proto.js";
import { type BundleReader, openBundle, readBundle } from "./tensor-bundle-reader.js";
import { BundleWriter, bundleHeader, writeBundle } from "./tensor-bundle-writer.js";
import {
  type DescribedTensor,
  damaged,
  describeTensor,
  fixtureBytes,
  fixtureJson,
  fixturePath,
  outcomeOf,
  type Recorded,
  recordedOutcome,
  temporaryDirectory,
} from "./test-fixtures.js";

type Named = DescribedTensor & { readonly name: string };

function tensorOf(described: DescribedTensor): TensorValue {
  const dtype = described.dtype as DType;
  if (dtype === "string") {
    return stringValue(
      described.strings!.map((hex) => new Uint8Array(Buffer.from(hex, "hex"))),
      described.shape,
    );
  }
  const bytes = new Uint8Array(Buffer.from(described.bytes!, "hex"));
  return tensorValue(dtype, described.shape, viewBytes(dtype, bytes.buffer, 0, elementCount(described.shape)) as never);
}

function withReader<T>(prefix: string, use: (reader: BundleReader) => T): T {
  const reader = openBundle(prefix);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}

describe("reading bundles", () => {
  const { tensors } = fixtureJson<{ tensors: Named[] }>("dtypes.json");

  it("reads every dtype that TensorFlow wrote", () => {
    const numeric = allDTypes.filter((dtype) => isNumericDType(dtype) || dtype === "string");
    expect(new Set(tensors.map(({ dtype }) => dtype))).toEqual(new Set(numeric));
    withReader(fixturePath("dtypes"), (reader) => {
      expect(reader.keys()).toEqual(
        tensors.map(({ name }) => name).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
      for (const { name, ...expected } of tensors) {
        expect(reader.has(name)).toBe(true);
        expect(reader.entry(name)).toMatchObject({ dtype: expected.dtype, shape: expected.shape, slices: [] });
        expect({ name, ...describeTensor(reader.read(name)) }).toEqual({ name, ...expected });
      }
    });
  });

  it("reads slices, and words what it cannot read as TensorFlow does", () => {
    const { reads } = fixtureJson<{ reads: (Recorded<DescribedTensor> & { name: string; spec: string })[] }>(
      "partitioned.json",
    );
    withReader(fixturePath("partitioned"), (reader) => {
      expect(reader.keys()).toEqual(["columns", "far", "gap", "overlap", "plain", "s", "w"]);
      for (const { name, spec, ...recorded } of reads) {
        const outcome = outcomeOf(() => describeTensor(reader.readSlice(name, spec)));
        expect({ name, spec, outcome }).toEqual({ name, spec, outcome: recordedOutcome(recorded) });
      }
    });
  });

  it("reads what TensorFlow merged from two data files", () => {
    const merged = fixtureJson<{ tensors: Named[] }>("merged.json").tensors;
    const found = [...readBundle(fixturePath("merged"))].map(([name, value]) => ({ name, ...describeTensor(value) }));
    expect(found).toEqual(merged);
  });

  it("puts each tensor into a buffer of its own", () => {
    withReader(fixturePath("dtypes"), (reader) => {
      const value = reader.read("misaligned") as TensorValue<"float64">;
      expect(reader.entry("misaligned").offset % 8).not.toBe(0);
      expect(value.data.buffer.byteLength).toBe(16);
      value.data[0] = 100;
      expect(toNested(reader.read("misaligned"))).toEqual([1.5, -2.25]);
      reader.close();
      expect(toNested(reader.read("misaligned"))).toEqual([1.5, -2.25]);
    });
  });

  it("words what is missing as TensorFlow does", () => {
    const missing = join(temporaryDirectory(), "none");
    expect(outcomeOf(() => openBundle(missing))).toBe(
      `NOT_FOUND: Unsuccessful TensorSliceReader constructor: Failed to find any matching files for ${missing}`,
    );
    withReader(fixturePath("dtypes"), (reader) => {
      expect(outcomeOf(() => reader.read("zz"))).toBe("NOT_FOUND: Key zz not found in checkpoint");
      expect(reader.has("zz")).toBe(false);
      expect(reader.has("")).toBe(false);
    });
    withReader(fixturePath("many"), (reader) => {
      const path = `${fixturePath("many")}.data-00000-of-00001`;
      expect(outcomeOf(() => reader.read(reader.keys()[0]!))).toBe(`NOT_FOUND: ${path}; No such file or directory`);
    });
  });

  it("reads what a big-endian machine wrote", () => {
    const prefix = join(temporaryDirectory(), "big");
    const numbers = Buffer.alloc(8);
    numbers.writeFloatBE(1.5, 0);
    numbers.writeFloatBE(-2, 4);
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32BE(2, 0);
    lengths.writeUInt32BE(1, 4);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(maskCrc32c(crc32c(lengths)));
    const strings = Buffer.concat([Buffer.of(2, 1), checksum, Buffer.from("hix")]);
    const stringCrc = maskCrc32c(crc32c(Buffer.concat([lengths, checksum, Buffer.from("hix")])));
    const entry = { shape: [2], shardId: 0, slices: [] } as const;
    writeFileSync(`${prefix}.data-00000-of-00001`, Buffer.concat([numbers, strings]));
    writeFileSync(
      `${prefix}.index`,
      writeTable([
        [encodeText(""), encodeBundleHeader({ ...bundleHeader(1), endianness: "BIG" })],
        [
          encodeText("n"),
          encodeBundleEntry({ ...entry, dtype: "float32", offset: 0, size: 8, crc32c: maskCrc32c(crc32c(numbers)) }),
        ],
        [encodeText("s"), encodeBundleEntry({ ...entry, dtype: "string", offset: 8, size: 9, crc32c: stringCrc })],
      ]),
    );
    const found = readBundle(prefix);
    expect(toNested(found.get("n")!)).toEqual([1.5, -2]);
    expect(describeTensor(found.get("s")!).strings).toEqual(["6869", "78"]);
  });

  it("refuses indices that lie about sizes, shards and versions, without allocating for them", () => {
    const open = (
      header: Parameters<typeof encodeBundleHeader>[0],
      entry: Partial<Parameters<typeof encodeBundleEntry>[0]>,
    ): unknown => {
      const prefix = join(temporaryDirectory(), "liar");
      writeFileSync(`${prefix}.data-00000-of-00001`, new Uint8Array(16));
      const whole = {
        dtype: "float32",
        shape: [4],
        shardId: 0,
        offset: 0,
        size: 16,
        crc32c: 0,
        slices: [],
        ...entry,
      } as const;
      writeFileSync(
        `${prefix}.index`,
        writeTable([
          [encodeText(""), encodeBundleHeader(header)],
          [encodeText("x"), encodeBundleEntry(whole)],
        ]),
      );
      return outcomeOf(() => readBundle(prefix).size);
    };
    const header = bundleHeader(1);
    expect(open(header, { size: 12 })).toMatch(
      /^DATA_LOSS: Invalid size in bundle entry: key x; stored size 12; expected size 16/,
    );
    expect(open(header, { shape: [2 ** 40], size: 2 ** 42 })).toBe("OUT_OF_RANGE: Read less bytes than requested");
    expect(open(header, { dtype: "string", shape: [2 ** 40], size: 16 })).toMatch(/^DATA_LOSS: Invalid size/);
    expect(open(header, { dtype: "string", shape: [12] })).toMatch(/^DATA_LOSS: The length checksum does not match/);
    expect(open(header, { offset: 4 })).toBe("OUT_OF_RANGE: Read less bytes than requested");
    expect(open(header, { shardId: 7 })).toMatch(/^NOT_FOUND: .*data-00007-of-00001; No such file or directory/);
    expect(open(header, { dtype: "variant" })).toMatch(/^UNIMPLEMENTED: /);
    expect(open(header, {})).toMatch(
      /^DATA_LOSS: TensorBundle at .* shard 0 \(16 bytes\): Checksum does not match: stored /,
    );
    expect(open({ ...header, minConsumer: 2 }, {})).toMatch(
      /^INVALID_ARGUMENT: Checkpoint min consumer version 2 above/,
    );
    expect(open({ ...header, badConsumers: [1] }, {})).toMatch(
      /^INVALID_ARGUMENT: Checkpoint disallows consumer version 1/,
    );
  });

  it("meets every cut and changed byte of index and data with the same tensors or an error", () => {
    const directory = temporaryDirectory();
    const prefix = join(directory, "b");
    const index = fixtureBytes("merge-part-1.index");
    const data = fixtureBytes("merge-part-1.data-00000-of-00001");
    const write = (indexBytes: Uint8Array, dataBytes: Uint8Array): void => {
      writeFileSync(`${prefix}.index`, indexBytes);
      writeFileSync(`${prefix}.data-00000-of-00001`, dataBytes);
    };
    const read = (): Record<string, unknown> =>
      withReader(prefix, (reader) => ({
        second: describeTensor(reader.read("second")),
        w: describeTensor(reader.readSlice("w", "4 3 2 1,3:-:-")),
      }));
    write(index, data);
    const expected = read();
    let losses = 0;
    for (const part of ["index", "data"] as const) {
      for (const { kind, at, bytes } of damaged(part === "index" ? index : data)) {
        write(part === "index" ? bytes : index, part === "data" ? bytes : data);
        const outcome = outcomeOf(read);
        if (typeof outcome !== "string")
          expect({ part, kind, at, outcome }).toEqual({ part, kind, at, outcome: expected });
        else expect(outcome).toMatch(/^DATA_LOSS: |^OUT_OF_RANGE: Read less bytes than requested$/);
        losses += typeof outcome === "string" ? 1 : 0;
      }
    }
    expect(losses).toBeGreaterThan(2 * (index.length + data.length));
  });

  const models = fileURLToPath(new URL("../../../../../shared/models", import.meta.url));
  it.skipIf(!existsSync(models))(
    "reads the variables of every shared model (skipped where shared/models is absent)",
    () => {
      let tensors = 0;
      for (const model of readdirSync(models)) {
        if (existsSync(`${models}/${model}/variables/variables.index`)) {
          tensors += readBundle(`${models}/${model}/variables/variables`).size;
        }
      }
      expect(tensors).toBeGreaterThan(300);
    },
  );
});

describe("writing bundles", () => {
  it("makes TensorFlow's bytes for every dtype", () => {
    const prefix = join(temporaryDirectory(), "deep/er/dtypes");
    const { tensors } = fixtureJson<{ tensors: Named[] }>("dtypes.json");
    writeBundle(
      prefix,
      tensors.map((tensor) => [tensor.name, tensorOf(tensor)] as const),
    );
    for (const end of ["index", "data-00000-of-00001"]) {
      expect(readFileSync(`${prefix}.${end}`)).toEqual(Buffer.from(fixtureBytes(`dtypes.${end}`)));
    }
    expect(readdirSync(join(prefix, ".."))).toHaveLength(2);
  });

  it("makes TensorFlow's bytes for slices", () => {
    const full = Float32Array.from({ length: 24 }, (_, i) => i);
    for (const [part, spec, from, to] of [
      [0, "4 3 2 0,1:-:-", 0, 6],
      [1, "4 3 2 1,3:-:-", 6, 24],
    ] as const) {
      const prefix = join(temporaryDirectory(), "part");
      const writer = new BundleWriter(prefix);
      writer.add("w", floatValue(full.slice(from, to), [(to - from) / 6, 3, 2]), spec);
      if (part === 0) writer.add("first", tensorValue("int32", [], Int32Array.of(1)));
      else writer.add("second", stringValue(["2"]));
      writer.finish();
      for (const end of ["index", "data-00000-of-00001"]) {
        expect(readFileSync(`${prefix}.${end}`)).toEqual(Buffer.from(fixtureBytes(`merge-part-${part}.${end}`)));
      }
    }
  });

  it("words what it refuses as TensorFlow does, and leaves nothing behind", () => {
    const directory = temporaryDirectory();
    const writer = new BundleWriter(join(directory, "b"));
    const value = floatValue([1, 2]);
    writer.add("a", value);
    expect(outcomeOf(() => writer.add("a", value))).toBe("INVALID_ARGUMENT: Adding duplicate key: a");
    expect(outcomeOf(() => writer.add("s", value, "4 0,1"))).toBe(
      "INVALID_ARGUMENT: Slice in shape_and_slice specification does not match the shape of the tensor to  save: 4 0,1, tensor: [2]",
    );
    expect(outcomeOf(() => writer.add("s", value, "4 3,2"))).toBe(
      "INTERNAL: Extent in dimension 0 out of bounds: shape = [4], slice = 3,2",
    );
    expect(outcomeOf(() => writer.add("a", value, "4 0,2"))).toBe("INVALID_ARGUMENT: Adding duplicate key: a");
    expect(outcomeOf(() => writer.add("v", tensorValue("variant", [], [{}])))).toMatch(/^UNIMPLEMENTED: /);
    writer.discard();
    expect(readdirSync(directory)).toEqual([]);
    expect(
      outcomeOf(() =>
        writeBundle(join(directory, "b"), [
          ["a", value],
          ["a", value],
        ]),
      ),
    ).toBe("INVALID_ARGUMENT: Adding duplicate key: a");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("reads back any tensors, whole and in parts", () => {
    const prefix = join(temporaryDirectory(), "any");
    const numeric = allDTypes.filter(isNumericDType);
    const tensor = fc
      .tuple(fc.constantFrom(...numeric), fc.array(fc.nat(4), { maxLength: 3 }), fc.nat(255))
      .map(([dtype, shape, seed]) => {
        const bytes = new Uint8Array(elementCount(shape) * dtypeSize(dtype)).map((_, i) => seed + i * 31);
        return tensorValue(dtype, shape, viewBytes(dtype, bytes.buffer, 0, elementCount(shape)) as never);
      });
    const strings = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }).map((list) => stringValue(list));
    const named = fc.uniqueArray(fc.tuple(fc.string({ unit: "binary", minLength: 1 }), fc.oneof(tensor, strings)), {
      selector: ([name]) => name,
      maxLength: 12,
    });
    fc.assert(
      fc.property(named, (list) => {
        const usable = list.filter(([name]) => name[0] !== "\0");
        writeBundle(prefix, usable);
        const found = readBundle(prefix);
        expect(found.size).toBe(usable.length);
        for (const [name, value] of usable) expect(describeTensor(found.get(name)!)).toEqual(describeTensor(value));
      }),
      { numRuns: 40 },
    );
  });

  it("puts any partition together again", () => {
    const prefix = join(temporaryDirectory(), "parts");
    const dimension = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.tuple(dimension, dimension, dimension), fc.nat(2), fc.nat(3), (shape, axis, cutAt) => {
        const cut = Math.min(cutAt, shape[axis]! - 1);
        fc.pre(cut > 0);
        const all = Int16Array.from({ length: elementCount(shape) }, (_, i) => i);
        const nested = toNested(tensorValue("int16", shape, all)) as number[][][];
        const slicesOf = (from: number, to: number): TensorValue => {
          const take = <T>(list: readonly T[], d: number): readonly T[] => (d === axis ? list.slice(from, to) : list);
          const flat = take(nested, 0).flatMap((plane) => take(plane, 1).flatMap((row) => take(row, 2)));
          return tensorValue(
            "int16",
            shape.map((size, d) => (d === axis ? to - from : size)),
            Int16Array.from(flat),
          );
        };
        const spec = (start: number, length: number): string =>
          `${shape.join(" ")} ${shape.map((_, d) => (d === axis ? `${start},${length}` : "-")).join(":")}`;
        const writer = new BundleWriter(prefix);
        writer.add("t", slicesOf(0, cut), spec(0, cut));
        writer.add("t", slicesOf(cut, shape[axis]!), spec(cut, shape[axis]! - cut));
        writer.finish();
        withReader(prefix, (reader) => {
          expect(toNested(reader.read("t"))).toEqual(nested);
          expect(describeTensor(reader.readSlice("t", spec(cut - 1, 2)))).toEqual(
            describeTensor(slicesOf(cut - 1, cut + 1)),
          );
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe("merging bundles", () => {
  function copyParts(directory: string): string[] {
    return [0, 1].map((part) => {
      mkdirSync(join(directory, `tmp${part}`));
      for (const end of ["index", "data-00000-of-00001"]) {
        copyFileSync(fixturePath(`merge-part-${part}.${end}`), join(directory, `tmp${part}`, `part.${end}`));
      }
      return join(directory, `tmp${part}`, "part");
    });
  }

  it("makes TensorFlow's bytes", () => {
    const directory = temporaryDirectory();
    mergeBundles(copyParts(directory), join(directory, "out/merged"), { deleteOldDirs: true });
    expect(readdirSync(directory)).toEqual(["out"]);
    expect(readdirSync(join(directory, "out"))).toHaveLength(3);
    for (const end of ["index", "data-00000-of-00002", "data-00001-of-00002"]) {
      expect(readFileSync(join(directory, `out/merged.${end}`))).toEqual(Buffer.from(fixtureBytes(`merged.${end}`)));
    }
  });

  it("words what it refuses as TensorFlow does", () => {
    const directory = temporaryDirectory();
    const [first, second] = copyParts(directory) as [string, string];
    const twin = join(directory, "twin");
    writeBundle(twin, [["first", floatValue([1])]]);
    const out = join(directory, "out");
    expect(outcomeOf(() => mergeBundles([first, twin], out))).toBe(
      `INVALID_ARGUMENT: Duplicate tensor keyed by first encountered, when merging prefix: ${twin}`,
    );
    const none = join(directory, "none");
    expect(outcomeOf(() => mergeBundles([first, none], out))).toBe(
      `INVALID_ARGUMENT: allow_missing_files was set to false and ${none} did not exist.NOT_FOUND: ${none} not found`,
    );
    expect(outcomeOf(() => mergeBundles([], out))).toBe(
      "INVALID_ARGUMENT: At least one prefix checkpoint file must exist, but none existed.",
    );
    mergeBundles([first, none, second], out, { allowMissingFiles: true });
    expect(readBundle(out).size).toBe(3);
  });
});

describe("dtype facts", () => {
  it("agree with the arrays that hold the bytes", () => {
    for (const dtype of allDTypes.filter(isNumericDType)) {
      const view = viewBytes(dtype, new ArrayBuffer(32), 0, 1);
      expect(view.byteLength).toBe(dtypeSize(dtype));
      expect(view.length).toBe(dtypeWidth(dtype));
    }
  });
});
