import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the reduce family. */
export const reduceShapes: ShapeTable = {};
