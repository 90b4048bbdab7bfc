import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the state family. */
export const stateShapes: ShapeTable = {};
