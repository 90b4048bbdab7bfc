import type { KernelTable } from "../kernel.js";
import { asString } from "./string/as-string.js";
import { base64Kernels } from "./string/base64.js";
import { stringFormat } from "./string/format.js";
import { hashBucketKernels } from "./string/hash-buckets.js";
import { joinKernels } from "./string/joins.js";
import { stringNGrams } from "./string/ngrams.js";
import { regexKernels } from "./string/regex.js";
import { splitKernels } from "./string/splits.js";
import { substr } from "./string/substrings.js";
import { textKernels } from "./string/text-kernels.js";
import { unicodeKernels } from "./string/unicode-kernels.js";
import { unicodeScriptKernels } from "./string/unicode-script.js";

/** Host kernels of the string family. */
export const stringKernels: KernelTable = {
  AsString: asString,
  StringFormat: stringFormat,
  StringNGrams: stringNGrams,
  Substr: substr,
  ...base64Kernels,
  ...hashBucketKernels,
  ...joinKernels,
  ...regexKernels,
  ...splitKernels,
  ...textKernels,
  ...unicodeKernels,
  ...unicodeScriptKernels,
};
