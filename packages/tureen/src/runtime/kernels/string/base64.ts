import { invalidArgument } from "../../../core/status-error.js";
import { tensorValue } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import type { KernelTable } from "../../kernel.js";

const valid = /^[A-Za-z0-9_-]*={0,2}$/;

function decode(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const body = text.replace(/=+$/, "");
  const padding = text.length - body.length;
  if (text.length % 4 === 1) throw invalidArgument("Base64 string length cannot be 1 modulo 4.");
  if (!valid.test(text) || body.length % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) {
    throw invalidArgument("Invalid character found in base64.");
  }
  return Uint8Array.from(Buffer.from(body, "base64url"));
}

/** Web-safe base64 and back. */
export const base64Kernels: KernelTable = {
  EncodeBase64: ({ attrs }) => {
    const pad = attrs.bool("pad");
    return ([input]) => [
      tensorValue(
        "string",
        input!.shape,
        (input!.data as readonly Uint8Array[]).map((bytes) => {
          const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
          return encodeText(pad ? text.padEnd(Math.ceil(text.length / 4) * 4, "=") : text);
        }),
      ),
    ];
  },
  DecodeBase64:
    () =>
    ([input]) => [tensorValue("string", input!.shape, (input!.data as readonly Uint8Array[]).map(decode))],
};
