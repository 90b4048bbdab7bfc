import type { ModelSpecMessage } from "@tureen/protos/serving-messages";

/** Which model a request is for. */
export interface ModelRequest {
  /** The model's name. */
  readonly model: string;
  /** A version number; default the latest that is available. */
  readonly version?: number | bigint;
  /** A version by its label; not together with `version`. */
  readonly versionLabel?: string;
  /** The signature; default `serving_default`. */
  readonly signatureName?: string;
  /** Milliseconds until the call ends with DEADLINE_EXCEEDED; default the client's. */
  readonly timeout?: number;
  /** Ends the call with CANCELLED. */
  readonly signal?: AbortSignal;
}

/** The ModelSpec of a request. */
export function modelSpec(request: ModelRequest): ModelSpecMessage {
  return {
    name: request.model,
    signatureName: request.signatureName ?? "",
    ...(request.version === undefined ? {} : { version: BigInt(request.version) }),
    ...(request.versionLabel === undefined ? {} : { versionLabel: request.versionLabel }),
  };
}
