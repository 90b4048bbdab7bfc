import type { OptionTable } from "../../core/check-options.js";
import type { WindowOptions } from "./convolutions.js";

/** Options of convolutions, for `checkOptions`. */
export const windowOptionsTable: OptionTable<WindowOptions> = {
  strides: "optional",
  padding: "required",
  dilations: "optional",
  dataFormat: "optional",
  name: "optional",
};
