import type { ShapeTable } from "../infer-shapes.js";
import { nnBasicShapes } from "./nn-basic.js";
import { nnWindowShapes } from "./nn-window.js";

/** Shape rules of the nn family. */
export const nnShapes: ShapeTable = { ...nnBasicShapes, ...nnWindowShapes };
