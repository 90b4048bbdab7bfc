import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the control family. */
export const controlShapes: ShapeTable = {};
