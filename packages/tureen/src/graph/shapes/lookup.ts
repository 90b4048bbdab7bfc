import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the lookup family. */
export const lookupShapes: ShapeTable = {};
