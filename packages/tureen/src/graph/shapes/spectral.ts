import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the spectral family. */
export const spectralShapes: ShapeTable = {};
