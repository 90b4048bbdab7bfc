import type { ShapeTable } from "../infer-shapes.js";
import { arrayBasicShapes, sameAsInput } from "./array-basic.js";
import { arrayDiagShapes } from "./array-diag.js";
import { arrayGatherShapes } from "./array-gather.js";
import { arrayJoinShapes } from "./array-join.js";
import { arrayRearrangeShapes } from "./array-rearrange.js";
import { arraySearchShapes } from "./array-search.js";
import { arraySelectShapes } from "./array-select.js";
import { arraySliceShapes } from "./array-slice.js";

/** Shape rules of the array family. */
export const arrayShapes: ShapeTable = {
  ...arrayBasicShapes,
  InplaceUpdate: sameAsInput,
  InplaceAdd: sameAsInput,
  InplaceSub: sameAsInput,
  ...arrayDiagShapes,
  ...arrayGatherShapes,
  ...arrayJoinShapes,
  ...arrayRearrangeShapes,
  ...arraySearchShapes,
  ...arraySelectShapes,
  ...arraySliceShapes,
};
