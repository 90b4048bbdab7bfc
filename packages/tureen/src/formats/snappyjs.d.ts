/** The part of snappyjs (which ships no types) that reading compressed tables takes. */
declare module "snappyjs" {
  /** Decompresses raw Snappy; throws for invalid input and for more than `maxLength` bytes. */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  /** Compresses to raw Snappy. */
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
