import type { KernelTable } from "../kernel.js";
import { exampleKernels } from "./parsing/example-kernels.js";

/** Host kernels of the parsing family. */
export const parsingKernels: KernelTable = { ...exampleKernels };
