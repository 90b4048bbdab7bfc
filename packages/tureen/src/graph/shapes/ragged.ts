import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the ragged family. */
export const raggedShapes: ShapeTable = {};
