import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the string family. */
export const stringShapes: ShapeTable = {};
