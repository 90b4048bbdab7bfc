import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";
import { ellipsisLabel, parseEinsum, type Subscript } from "./einsum-equation.js";
import { broadcastPartial, mergeSize } from "./nn/shape-checks.js";

const einsum: ShapeRule = ({ inputs, attrs }) => {
  const { inputs: subscripts, output } = parseEinsum(attrs.text("equation"));
  const sizes = new Map<number, number>();
  let ellipsis: number[] = [];
  let ellipsisKnown = true;
  subscripts.forEach((subscript, i) => {
    const shape = inputs[i]?.shape;
    if (shape === undefined) {
      if (subscript.includes(ellipsisLabel)) ellipsisKnown = false;
      return;
    }
    const covered = ellipsisAxes(subscript, shape, i, attrs.text("equation"));
    let axis = 0;
    for (const label of subscript) {
      if (label === ellipsisLabel) {
        ellipsis = broadcastPartial(ellipsis, shape.slice(axis, axis + covered));
        axis += covered;
      } else {
        sizes.set(label, mergeSize(sizes.get(label) ?? -1, shape[axis]!));
        axis += 1;
      }
    }
  });
  if (output.includes(ellipsisLabel) && !ellipsisKnown) return [undefined];
  return [output.flatMap((label) => (label === ellipsisLabel ? ellipsis : [sizes.get(label) ?? -1]))];
};

function ellipsisAxes(subscript: Subscript, shape: NonNullable<PartialShape>, input: number, equation: string): number {
  const named = subscript.filter((label) => label !== ellipsisLabel).length;
  const exact = named === subscript.length;
  if (exact ? shape.length !== named : shape.length < named) {
    throw invalidArgument(
      `Shape must be ${exact ? "" : "at least "}rank ${named} but is rank ${shape.length}\n\t for ${input}th input and equation: ${equation}`,
    );
  }
  return shape.length - named;
}

/** Shape rule of Einsum. */
export const einsumShapes: ShapeTable = { Einsum: einsum };
