import type { ShapeTable } from "../infer-shapes.js";
import { sameAsInput } from "./array-basic.js";

/** Shape rules of the check family. */
export const checkShapes: ShapeTable = {
  Assert: () => [],
  CheckNumerics: sameAsInput,
  CheckNumericsV2: sameAsInput,
};
