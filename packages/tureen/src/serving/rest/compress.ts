import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";

const pack = promisify(gzip);

/** Smaller bodies fit one packet as they are. */
const leastBytes = 1400;

/** The body packed for a client that accepts gzip; undefined where it goes out as it is. */
export async function packedBody(
  body: Uint8Array,
  accepted: string | string[] | undefined,
): Promise<Buffer | undefined> {
  if (body.length < leastBytes || !acceptsGzip(String(accepted ?? ""))) return undefined;
  // The lowest level: of numbers in text the higher ones make little less, and take several times as long.
  return pack(body, { level: constants.Z_BEST_SPEED });
}

/** Whether an Accept-Encoding header names gzip (or anything) without a weight of zero. */
export function acceptsGzip(header: string): boolean {
  let anything = false;
  for (const part of header.split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    if (name === "gzip" || name === "x-gzip") return !refused;
    if (name === "*") anything = !refused;
  }
  return anything;
}
