import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StatusError } from "../core/status-error.js";
import { WireReader, WireWriter } from "./wire-format.js";

describe("wire format", () => {
  it("writes varints as protobuf documents them", () => {
    expect([...new WireWriter().varint(150).finish()]).toEqual([0x96, 0x01]);
    expect([...new WireWriter().varint(-2).finish()]).toEqual([0xfe, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
  });

  it("reads back what it wrote", () => {
    const safe = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(
        fc.array(safe),
        fc.double(),
        fc.nat(0xffffffff),
        fc.uint8Array({ maxLength: 600 }),
        (integers, double, word, bytes) => {
          const writer = new WireWriter();
          for (const value of integers) writer.varint(value);
          writer.double(double).float(Math.fround(double)).fixed32(word).bytesField(7, bytes);
          const reader = new WireReader(writer.finish());
          for (const value of integers) expect(reader.int64()).toBe(value === 0 ? 0 : value);
          expect(reader.double()).toBe(double);
          expect(reader.float()).toBe(Math.fround(double));
          expect(reader.fixed32()).toBe(word);
          expect(reader.tag()).toBe(58);
          expect(reader.lengthPrefixed()).toEqual(bytes);
          expect(reader.done).toBe(true);
        },
      ),
    );
  });

  it("meets any bytes with a value or DATA_LOSS", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const reader = new WireReader(bytes);
        try {
          for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) reader.skip(tag);
          expect(reader.position).toBe(bytes.length);
        } catch (error) {
          expect((error as StatusError).code).toBe("DATA_LOSS");
        }
      }),
    );
  });
});
