/**
 * Why bytes were refused.
 *
 * - `malformed`: not a message at all; a protobuf parser refuses it too (truncated, bad length, bad tag, text that is not UTF-8).
 * - `invalid`: a well-formed message whose parts contradict each other, such as a tensor whose content does not fit its shape.
 * - `unsupported`: a well-formed message that this codec leaves to the generated ones (resource and variant tensors).
 * - `limit`: decoding would take more memory than the caller allows.
 */
export type WireErrorReason = "malformed" | "invalid" | "unsupported" | "limit";

/** The one error that the codecs of this package throw for bytes; `offset` is where in the given array it was noticed. */
export class WireError extends Error {
  override readonly name: string = "WireError";

  constructor(
    message: string,
    readonly offset: number,
    readonly reason: WireErrorReason = "malformed",
  ) {
    super(`${message} (at byte ${offset})`);
  }
}
