import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elementCount, stridesOf } from "../../../core/shape.js";
import { intValue } from "../../../core/tensor-value.js";
import { permute } from "./permute.js";

/** The transpose, element by element. */
function transposed(data: Int32Array, shape: readonly number[], order: readonly number[]): number[] {
  const from = stridesOf(shape);
  const space = order.map((d) => shape[d]!);
  const to = stridesOf(space);
  return Array.from({ length: data.length }, (_, i) => {
    let at = 0;
    space.forEach((size, d) => {
      at += (Math.floor(i / to[d]!) % size) * from[order[d]!]!;
    });
    return data[at]!;
  });
}

describe("copyStrided", () => {
  it("transposes any shape as moving each element does", () => {
    const cases = fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(37)), { maxLength: 4 }).chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray(
          shape.map((_, d) => d),
          { minLength: shape.length },
        ),
      ),
    );
    fc.assert(
      fc.property(cases, ([shape, order]) => {
        const data = Int32Array.from({ length: elementCount(shape) }, (_, i) => i);
        const result = permute(
          intValue(data, shape),
          shape,
          order,
          order.map((d) => shape[d]!),
        );
        expect(Array.from(result.data as Int32Array)).toEqual(transposed(data, shape, order));
      }),
      { numRuns: 100 },
    );
  });
});
