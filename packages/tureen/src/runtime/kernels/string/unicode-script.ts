import { tensorValue } from "../../../core/tensor-value.js";
import type { KernelTable } from "../../kernel.js";
import { unicodeScriptRuns } from "./unicode-scripts.table.js";

interface Runs {
  readonly starts: Int32Array;
  readonly scripts: Int32Array;
}

let runs: Runs | undefined;

/** The table, unpacked when first asked for. */
function scriptRuns(): Runs {
  if (runs !== undefined) return runs;
  const entries = unicodeScriptRuns.split(" ").map((entry) => entry.split(":") as [string, string]);
  const starts = new Int32Array(entries.length);
  const scripts = new Int32Array(entries.length);
  entries.forEach(([distance, script], i) => {
    starts[i] = (i === 0 ? 0 : starts[i - 1]!) + Number.parseInt(distance, 16);
    scripts[i] = Number(script);
  });
  runs = { starts, scripts };
  return runs;
}

/** What ICU says of a number that is no code point. */
const invalidCode = -1;
const lastCodePoint = 0x10ffff;

/** The number that ICU gives to the script of a code point; -1 for a number that is none. */
export function scriptOf(code: number): number {
  if (code < 0 || code > lastCodePoint) return invalidCode;
  const { starts, scripts } = scriptRuns();
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= code) low = middle;
    else high = middle - 1;
  }
  return scripts[low]!;
}

/** UnicodeScript: the number that ICU gives to the script of each code point. */
export const unicodeScriptKernels: KernelTable = {
  UnicodeScript:
    () =>
    ([input]) => [tensorValue("int32", input!.shape, (input!.data as Int32Array).map(scriptOf))],
};
