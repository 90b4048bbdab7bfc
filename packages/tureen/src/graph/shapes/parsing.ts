import type { ShapeTable } from "../infer-shapes.js";
import { parsingExampleShapes } from "./parsing-example.js";

/** Shape rules of the parsing family. */
export const parsingShapes: ShapeTable = { ...parsingExampleShapes };
