import type { KernelTable } from "../kernel.js";
import { asString } from "./string/as-string.js";
import { hashBucketKernels } from "./string/hash-buckets.js";
import { joinKernels } from "./string/joins.js";
import { regexKernels } from "./string/regex-kernels.js";
import { splitKernels } from "./string/splits.js";
import { textKernels } from "./string/text-kernels.js";

/** Host kernels of the string family. */
export const stringKernels: KernelTable = {
  AsString: asString,
  ...hashBucketKernels,
  ...joinKernels,
  ...regexKernels,
  ...splitKernels,
  ...textKernels,
};
