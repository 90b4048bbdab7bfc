import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the array family. */
export const arrayShapes: ShapeTable = {};
