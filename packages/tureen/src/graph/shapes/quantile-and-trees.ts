import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the quantile-and-trees family. */
export const quantileAndTreesShapes: ShapeTable = {};
