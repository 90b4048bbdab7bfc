import { describe, expect, it } from "vitest";
import { RequestBody } from "./request-body.js";

function bodyOf(parts: readonly (readonly number[])[], limit = -1): RequestBody {
  const body = new RequestBody(limit);
  for (const part of parts) body.add(Buffer.from(part));
  return body;
}

function largeFrame(size: number, fill: number): Buffer {
  const frame = Buffer.alloc(5 + size, fill);
  frame[0] = 0;
  frame.writeUInt32BE(size, 1);
  return frame;
}

describe("RequestBody", () => {
  it("takes one message out of its frame, however it was cut", () => {
    for (const parts of [[[1, 0, 0, 0, 2, 7, 8]], [[1, 0, 0, 0, 2], [7], [8]], [[1], [0, 0], [0, 2, 7], [8]]]) {
      const { message, isPacked } = bodyOf(parts).complete();
      expect([[...message], isPacked]).toEqual([[7, 8], true]);
    }
  });

  it("refuses what is not one whole message", () => {
    for (const bad of [[], [0, 0, 0, 0], [0, 0, 0, 0, 2, 1], [0, 0, 0, 0, 0, 1], [0, 255, 255, 255, 255, 1]]) {
      expect(() => bodyOf([bad]).complete()).toThrow("The call's body is not one whole message");
    }
    // More and less than was announced, where memory is taken for what is announced.
    const frame = largeFrame(100_000, 1);
    const more = new RequestBody(-1);
    for (const part of [frame.subarray(0, 1000), frame.subarray(1000), Buffer.of(1)]) more.add(part);
    expect(() => more.complete()).toThrow("The call's body is not one whole message");
    const less = new RequestBody(-1);
    less.add(frame.subarray(0, 1000));
    expect(() => less.complete()).toThrow("The call's body is not one whole message");
  });

  it("refuses a message beyond its limit as soon as it is announced", () => {
    expect([...bodyOf([[0, 0, 0, 0, 2, 7, 8]], 2).complete().message]).toEqual([7, 8]);
    expect(() => bodyOf([[0, 0, 0, 0, 3]], 2)).toThrow("Received message larger than max (3 vs. 2)");
    expect(() => bodyOf([[0], [0, 0, 0, 3], [1, 2, 3]], 2)).toThrow("Received message larger than max (3 vs. 2)");
  });

  it("uses memory again once it is given back, and only then", () => {
    const large = (fill: number): RequestBody => {
      const body = new RequestBody(-1);
      const frame = largeFrame(100_000, fill);
      body.add(frame.subarray(0, 50_000));
      body.add(frame.subarray(50_000));
      return body;
    };
    const first = large(1);
    const kept = first.complete().message;
    const second = large(2);
    const given = second.complete().message;
    expect(given.buffer).not.toBe(kept.buffer);
    second.release();
    second.release();
    const third = large(3).complete().message;
    const fourth = large(4).complete().message;
    expect(third.buffer).toBe(given.buffer);
    expect(fourth.buffer).not.toBe(third.buffer);
    expect([kept, third, fourth].map((bytes) => [bytes.length, bytes.at(0), bytes.at(-1)])).toEqual([
      [100_000, 1, 1],
      [100_000, 3, 3],
      [100_000, 4, 4],
    ]);
  });
});
