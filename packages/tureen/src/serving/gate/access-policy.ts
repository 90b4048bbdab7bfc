import { createHash, timingSafeEqual } from "node:crypto";
import { readWholeFile } from "../../core/file-system.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import { decodeText } from "../../core/text.js";

/** Somebody who has shown who they are, and what they may do. */
export interface Caller {
  readonly name: string;
  /** Models that they may use; `*` stands for all. */
  readonly models: readonly string[];
  readonly mayManage: boolean;
}

/** How a caller shows who they are. */
export interface Credentials {
  /** The `authorization` header or metadata. */
  readonly authorization: string | undefined;
  /** The common name of a client certificate that the server's CA has signed. */
  readonly commonName?: string | undefined;
}

/** Who may use what. */
export interface AccessPolicy {
  /** Whoever shows these credentials; UNAUTHENTICATED where they are nobody's. */
  identify(credentials: Credentials): Caller;
}

interface TokenEntry {
  readonly digest: Buffer;
  readonly caller: Caller;
}

/** What errors say beside what is wrong. */
const expectedForm =
  'An access file is {"callers": [{"name": "shop", "token": "…", "models": ["*"], "manage": false}, …]}, with "token_sha256" or "certificate_common_name" in the place of "token" if you like.';

/**
 * Reads an access file: JSON `{"callers": [{"name", "token" | "token_sha256" | "certificate_common_name", "models": [...], "manage"}]}`.
 *
 * `models` lists names, or `"*"` for all; `manage` allows loading, unloading and reconfiguring. INVALID_ARGUMENT for a file of another form.
 */
export function readAccessPolicy(path: string): AccessPolicy {
  let document: unknown;
  try {
    document = JSON.parse(decodeText(readWholeFile(path)));
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw invalidArgument(`${path} is no JSON: ${(error as Error).message}. ${expectedForm}`);
  }
  return accessPolicy(document, path);
}

/** The policy that a document describes; `source` is named in errors. */
export function accessPolicy(document: unknown, source: string): AccessPolicy {
  const fail = (text: string): never => {
    throw invalidArgument(`${source}: ${text}. ${expectedForm}`);
  };
  const record = (value: unknown, what: string): Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : fail(`${what} must be an object`);
  const { callers } = record(document, "the document");
  if (!Array.isArray(callers)) return fail('"callers" must be a list');
  const tokens: TokenEntry[] = [];
  const byCommonName = new Map<string, Caller>();
  const known = ["name", "token", "token_sha256", "certificate_common_name", "models", "manage"];
  for (const [i, item] of callers.entries()) {
    const entry = record(item, `caller ${i}`);
    const unknown = Object.keys(entry).find((key) => !known.includes(key));
    if (unknown !== undefined) fail(`caller ${i} has the unknown member "${unknown}"`);
    const { name, token, token_sha256: hash, certificate_common_name: commonName, models = [], manage = false } = entry;
    if (typeof name !== "string" || name === "") return fail(`caller ${i} needs a name`);
    if (!Array.isArray(models) || !models.every((model) => typeof model === "string")) {
      return fail(`"models" of ${name} must be a list of names`);
    }
    if (typeof manage !== "boolean") return fail(`"manage" of ${name} must be true or false`);
    const caller: Caller = Object.freeze({ name, models: Object.freeze([...(models as string[])]), mayManage: manage });
    if (typeof token === "string" && token !== "") tokens.push({ digest: sha256(token), caller });
    else if (typeof hash === "string" && /^[0-9a-fA-F]{64}$/.test(hash)) {
      tokens.push({ digest: Buffer.from(hash, "hex"), caller });
    } else if (typeof commonName === "string" && commonName !== "") byCommonName.set(commonName, caller);
    else return fail(`${name} needs a token, a token_sha256 of 64 hex digits or a certificate_common_name`);
  }
  return {
    identify: ({ authorization, commonName }) => {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
      if (token !== undefined) {
        const digest = sha256(token);
        for (const entry of tokens) if (timingSafeEqual(entry.digest, digest)) return entry.caller;
        throw new StatusError("UNAUTHENTICATED", "The bearer token is not known");
      }
      const caller = commonName === undefined ? undefined : byCommonName.get(commonName);
      if (caller !== undefined) return caller;
      throw new StatusError("UNAUTHENTICATED", "A bearer token is needed");
    },
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** PERMISSION_DENIED where a caller may not use a model. Nobody in particular may use all: there is no policy then. */
export function checkModelAccess(caller: Caller | undefined, model: string): void {
  if (caller === undefined || caller.models.includes("*") || caller.models.includes(model)) return;
  throw new StatusError("PERMISSION_DENIED", `${caller.name} may not use model ${model}`);
}
