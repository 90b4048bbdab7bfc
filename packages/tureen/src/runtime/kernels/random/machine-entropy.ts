import { webcrypto } from "node:crypto";
import type { RunContext } from "../../run-context.js";

/** 32 random bits for ops that have no seed: of the run where it says where to take them from, else of the machine. */
export function entropyOf({ entropy }: RunContext): number {
  return entropy === undefined ? webcrypto.getRandomValues(new Uint32Array(1))[0]! : entropy() >>> 0;
}
