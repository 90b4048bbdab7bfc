import { PredictionError } from "./prediction-error.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes. INVALID_OUTPUTS with Python's words for the first byte that is none. */
export function decodeStrictly(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new PredictionError("INVALID_OUTPUTS", `Prediction failed during encoding instances: ${utf8Error(bytes)}`);
  }
}

/** The message of Python's UnicodeDecodeError. */
function utf8Error(bytes: Uint8Array): string {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    const length =
      byte < 0x80
        ? 1
        : byte >= 0xc2 && byte < 0xe0
          ? 2
          : byte >= 0xe0 && byte < 0xf0
            ? 3
            : byte >= 0xf0 && byte < 0xf5
              ? 4
              : 0;
    if (length === 0) return describe(bytes, at, at + 1, "invalid start byte");
    for (let i = 1; i < length; i++) {
      const next = bytes[at + i];
      if (next === undefined) return describe(bytes, at, bytes.length, "unexpected end of data");
      if (!continues(byte, i, next)) return describe(bytes, at, at + i, "invalid continuation byte");
    }
    at += length;
  }
  return "'utf-8' codec can't decode the bytes";
}

/** Whether a byte may follow: the second byte's range shuts out overlong forms, surrogates and what lies above U+10FFFF. */
function continues(lead: number, position: number, byte: number): boolean {
  const least = position > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = position > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= least && byte <= most;
}

function describe(bytes: Uint8Array, start: number, end: number, reason: string): string {
  const where =
    end - start > 1
      ? `bytes in position ${start}-${end - 1}`
      : `byte 0x${bytes[start]!.toString(16).padStart(2, "0")} in position ${start}`;
  return `'utf-8' codec can't decode ${where}: ${reason}`;
}
