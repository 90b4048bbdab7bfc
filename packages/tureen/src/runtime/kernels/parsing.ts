import type { KernelTable } from "../kernel.js";
import { decodeCsv } from "./parsing/decode-csv.js";
import { decodeKernels } from "./parsing/decode-raw.js";
import { exampleKernels } from "./parsing/example-kernels.js";
import { sequenceKernels } from "./parsing/sequence-kernels.js";
import { parsingProtoKernels } from "./parsing-proto.js";

/** Host kernels of the parsing family. */
export const parsingKernels: KernelTable = {
  DecodeCSV: decodeCsv,
  ...decodeKernels,
  ...exampleKernels,
  ...parsingProtoKernels,
  ...sequenceKernels,
};
