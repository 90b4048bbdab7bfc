import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { Attrs } from "../../../graph/attr-value.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { int64Value, integerValue, numbersOf } from "../sparse/integers.js";
import { decoderOf, type ErrorPolicy, encodeCharacters, settle } from "./unicode-text.js";

function policyOf(attrs: Attrs): ErrorPolicy {
  const replacement = attrs.int("replacement_char");
  if (replacement > 0x10ffff || (replacement >= 0xd800 && replacement < 0xe000)) {
    throw invalidArgument("replacement_char out of unicode codepoint range");
  }
  return {
    errors: attrs.text("errors") as ErrorPolicy["errors"],
    replacement,
    replaceControls: attrs.map.has("replace_control_characters") && attrs.bool("replace_control_characters"),
  };
}

function decode(withOffsets: boolean): KernelFactory {
  return ({ attrs }) => {
    const decoder = decoderOf(attrs.text("input_encoding"));
    const policy = policyOf(attrs);
    const splitsDType = attrs.type("Tsplits") as "int32" | "int64";
    return ([input]) => {
      const splits = [0];
      const codes: number[] = [];
      const offsets: number[] = [];
      for (const bytes of input!.data as readonly Uint8Array[]) {
        for (const { code, start } of settle(decoder(bytes), policy)) {
          codes.push(code);
          offsets.push(start);
        }
        splits.push(codes.length);
      }
      const outputs: TensorValue[] = [
        integerValue(splitsDType, [splits.length], splits),
        tensorValue("int32", [codes.length], Int32Array.from(codes)),
      ];
      return withOffsets ? [...outputs, int64Value([offsets.length], offsets)] : outputs;
    };
  };
}

/** UnicodeDecode, UnicodeDecodeWithOffsets, UnicodeEncode, UnicodeTranscode. */
export const unicodeKernels: KernelTable = {
  UnicodeDecode: decode(false),
  UnicodeDecodeWithOffsets: decode(true),

  UnicodeEncode: ({ attrs }) => {
    const policy = policyOf(attrs);
    const encoding = attrs.text("output_encoding");
    return ([values, splits]) => {
      const codes = values!.data as Int32Array;
      const rows = numbersOf(splits!);
      if (rows.length === 0) throw invalidArgument("Invalid input_splits: must not be empty");
      if (rows[0] !== 0) throw invalidArgument("First value in input_splits must be zero.");
      if (rows[rows.length - 1] !== codes.length) {
        throw invalidArgument("Last value in input_splits must be equal to length of input_tensor.");
      }
      const result: Uint8Array[] = [];
      for (let row = 0; row + 1 < rows.length; row++) {
        if (rows[row + 1]! < rows[row]!) {
          throw invalidArgument("Values in input_splits must be equal or in ascending order.");
        }
        const kept: number[] = [];
        for (let i = rows[row]!; i < rows[row + 1]!; i++) {
          const code = codes[i]!;
          const isSurrogate = code >= 0xd800 && code < 0xe000;
          // Where errors are ignored TensorFlow lets surrogates through, and the encoder makes of them what it can.
          const passes = code >= 0 && code <= 0x10ffff && (!isSurrogate || policy.errors === "ignore");
          if (passes) kept.push(code);
          else if (policy.errors === "strict") {
            throw invalidArgument("Code point is out of range for Unicode, or a noncharacter.");
          } else if (policy.errors === "replace") kept.push(policy.replacement);
        }
        result.push(encodeCharacters(kept, encoding));
      }
      return [tensorValue("string", [result.length], result)];
    };
  },

  UnicodeTranscode: ({ attrs }) => {
    const decoder = decoderOf(attrs.text("input_encoding"));
    const policy = policyOf(attrs);
    const encoding = attrs.text("output_encoding");
    return ([input]) => [
      tensorValue(
        "string",
        input!.shape,
        (input!.data as readonly Uint8Array[]).map((bytes) =>
          encodeCharacters(
            settle(decoder(bytes), policy).map(({ code }) => code),
            encoding,
          ),
        ),
      ),
    ];
  },
};
