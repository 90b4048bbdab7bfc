import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the list family. */
export const listShapes: ShapeTable = {};
