import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the nn family. */
export const nnShapes: ShapeTable = {};
