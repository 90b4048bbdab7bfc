import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the math family. */
export const mathShapes: ShapeTable = {};
