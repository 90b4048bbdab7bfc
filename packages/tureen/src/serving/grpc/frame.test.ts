import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeStatusText, framed, timeoutMs, unpackMessage } from "./frame.js";

describe("gRPC framing", () => {
  it("puts a message into its frame, a large one behind it", () => {
    const small = framed(Uint8Array.of(1, 2, 3));
    expect([[...small.prefix], small.rest]).toEqual([[0, 0, 0, 0, 3, 1, 2, 3], undefined]);
    const large = new Uint8Array(65_536);
    const { prefix, rest } = framed(large);
    expect([[...prefix], rest === large]).toEqual([[0, 0, 1, 0, 0], true]);
  });

  it("unpacks what is packed, up to a limit", async () => {
    const packed = gzipSync(Buffer.alloc(1000, 7));
    expect((await unpackMessage(packed, "gzip", 0)).length).toBe(1000);
    await expect(unpackMessage(packed, "gzip", 100)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(unpackMessage(Uint8Array.of(1), "gzip", 0)).rejects.toThrow("The message cannot be unpacked: ");
    await expect(unpackMessage(packed, "br", 0)).rejects.toMatchObject({
      code: "UNIMPLEMENTED",
      message: 'Received message compressed with unsupported encoding "br"',
    });
  });

  it.each([
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3000],
    ["100m", 100],
    ["5u", 0.005],
    ["1n", 1e-6],
    ["123456789S", undefined],
    ["S", undefined],
    ["-1S", undefined],
  ])("reads the timeout %s", (header, expected) => {
    expect(timeoutMs(header)).toBe(expected);
  });

  it("escapes status texts as the protocol wants", () => {
    expect(encodeStatusText("plain, ~text")).toBe("plain, ~text");
    expect([encodeStatusText(""), encodeStatusText(" a b: ")]).toEqual(["", "%20a b:%20"]);
    expect(encodeStatusText("50%\nü")).toBe("50%25%0A%C3%BC");
  });
});
