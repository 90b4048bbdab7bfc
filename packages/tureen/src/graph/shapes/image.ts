import type { ShapeTable } from "../infer-shapes.js";

/** Shape rules of the image family. */
export const imageShapes: ShapeTable = {};
