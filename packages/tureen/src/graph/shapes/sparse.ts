import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the sparse family. */
export const sparseShapes: ShapeTable = {};
