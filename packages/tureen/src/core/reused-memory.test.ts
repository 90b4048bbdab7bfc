import { describe, expect, it } from "vitest";
import { ReusedMemory } from "./reused-memory.js";

describe("ReusedMemory", () => {
  it("hands out what came back, once, to data of about its size", () => {
    const memory = new ReusedMemory(1000);
    const first = memory.take(100);
    expect(first.byteLength).toBe(100);
    memory.give(first);
    expect(memory.take(101)).not.toBe(first);
    expect(memory.take(24)).not.toBe(first);
    expect(memory.take(25)).toBe(first);
    expect(memory.take(25)).not.toBe(first);
  });

  it("keeps the newest up to its limit", () => {
    const memory = new ReusedMemory(250);
    const buffers = [100, 100, 100].map((size) => memory.take(size));
    for (const buffer of buffers) memory.give(buffer);
    memory.give(new ArrayBuffer(300));
    const again = [memory.take(100), memory.take(100), memory.take(100)];
    expect(again.slice(0, 2)).toEqual([buffers[2], buffers[1]]);
    expect(again[0]).toBe(buffers[2]);
    expect(again[1]).toBe(buffers[1]);
    expect(buffers).not.toContain(again[2]);
  });

  it("can be handed to another thread", () => {
    const buffer = new ReusedMemory(1000).take(100);
    const there = structuredClone(buffer, { transfer: [buffer] });
    expect([buffer.byteLength, there.byteLength]).toEqual([0, 100]);
  });
});
