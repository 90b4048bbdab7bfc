import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the check family. */
export const checkShapes: ShapeTable = {};
