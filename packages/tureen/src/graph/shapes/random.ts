import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the random family. */
export const randomShapes: ShapeTable = {};
