import { invalidArgument } from "../../../core/status-error.js";
import { tensorValue } from "../../../core/tensor-value.js";
import type { KernelFactory } from "../../kernel.js";
import { integerValue, numbersOf } from "../sparse/integers.js";
import { joinBytes } from "./joins.js";

/** StringNGrams: runs of neighbouring strings of each row joined, for each width in turn. */
export const stringNGrams: KernelFactory = ({ attrs }) => {
  const separator = attrs.bytes("separator");
  const widths = attrs.ints("ngram_widths");
  const left = attrs.bytes("left_pad");
  const right = attrs.bytes("right_pad");
  const padWidth = attrs.int("pad_width");
  const preserveShort = attrs.bool("preserve_short_sequences");
  const splitsDType = attrs.type("Tsplits") as "int32" | "int64";
  if (widths.some((width) => width <= 0)) throw invalidArgument("ngram_widths must contain positive values");
  const paddingOf = (width: number): number => Math.min(padWidth < 0 ? width - 1 : padWidth, width - 1);
  return ([data, dataSplits]) => {
    const strings = data!.data as readonly Uint8Array[];
    const splits = numbersOf(dataSplits!);
    if (splits.length > 0) {
      if (splits[0] !== 0) throw invalidArgument(`First split value must be 0, got ${splits[0]}`);
      for (let i = 1; i < splits.length; i++) {
        if (splits[i]! < splits[i - 1]! || splits[i]! > strings.length) {
          throw invalidArgument(`Invalid split value ${splits[i]}, must be in [${splits[i - 1]}, ${strings.length}]`);
        }
      }
      if (splits[splits.length - 1] !== strings.length) {
        throw invalidArgument(
          `Last split value must be data size. Expected ${strings.length}, got ${splits[splits.length - 1]}`,
        );
      }
    }
    if (strings.length === 0 || splits.length === 0) {
      return [
        tensorValue("string", [0], []),
        integerValue(splitsDType, [splits.length], new Float64Array(splits.length)),
      ];
    }
    const ngrams: Uint8Array[] = [];
    const ends = [0];
    for (let row = 0; row + 1 < splits.length; row++) {
      const words = strings.slice(splits[row]!, splits[row + 1]!);
      const before = ngrams.length;
      for (const width of widths) {
        const pad = paddingOf(width);
        const count = Math.max(0, words.length + 2 * pad - width + 1);
        for (let i = 0; i < count; i++) ngrams.push(joinBytes(padded(words, i - pad, width, left, right), separator));
      }
      if (preserveShort && ngrams.length === before && words.length > 0) {
        // A row too short for every width gives one run of all it has.
        const width = words.length + 2 * padWidth;
        ngrams.push(
          joinBytes(padded(words, -Math.max(0, padWidth), padWidth < 0 ? words.length : width, left, right), separator),
        );
      }
      ends.push(ngrams.length);
    }
    return [tensorValue("string", [ngrams.length], ngrams), integerValue(splitsDType, [ends.length], ends)];
  };
};

function padded(
  words: readonly Uint8Array[],
  from: number,
  width: number,
  left: Uint8Array,
  right: Uint8Array,
): Uint8Array[] {
  return Array.from({ length: width }, (_, k) => {
    const at = from + k;
    return at < 0 ? left : at >= words.length ? right : words[at]!;
  });
}
