import type { ModelRequest } from "./model-request.js";
import { codeOfHttpStatus, ServingError } from "./serving-error.js";

/** A value as the REST API takes and gives it; `{ b64 }` holds bytes. */
export type JsonValue = number | string | boolean | null | { readonly [key: string]: JsonValue } | readonly JsonValue[];

/** How to connect. */
export interface RestClientOptions {
  /** Milliseconds a call may take unless it says otherwise; default none. */
  readonly timeout?: number;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request in row format (`instances`, one entry an instance) or column format (`inputs`). */
export type RestPredictRequest = ModelRequest &
  ({ readonly instances: readonly JsonValue[] } | { readonly inputs: JsonValue });

/** A request with examples: features by name; integers go as int64, numbers with a fraction as floats. */
export interface RestExamplesRequest extends ModelRequest {
  readonly examples: readonly { readonly [feature: string]: JsonValue }[];
  readonly context?: { readonly [feature: string]: JsonValue };
}

/** Talks to a model server over TensorFlow Serving's REST API. A failed call rejects with ServingError {code, message}. */
export class RestClient {
  readonly #base: string;
  readonly #options: RestClientOptions;

  /** `base` is `http://host:port`. */
  constructor(base: string, options: RestClientOptions = {}) {
    this.#base = base.replace(/\/$/, "");
    this.#options = options;
  }

  /** `predictions` of a row request, `outputs` of a column request. */
  async predict(request: RestPredictRequest): Promise<JsonValue> {
    const body = "instances" in request ? { instances: request.instances } : { inputs: request.inputs };
    const answer = await this.#post(request, "predict", body);
    return (answer["predictions"] ?? answer["outputs"]) as JsonValue;
  }

  /** For each example `[label, score]` pairs. */
  async classify(request: RestExamplesRequest): Promise<readonly (readonly (readonly [string, number])[])[]> {
    return (await this.#post(request, "classify", examplesBody(request)))["results"] as never;
  }

  /** One value for each example. */
  async regress(request: RestExamplesRequest): Promise<readonly number[]> {
    return (await this.#post(request, "regress", examplesBody(request)))["results"] as never;
  }

  /** The answer of `GET …/metadata`. */
  getModelMetadata(request: ModelRequest): Promise<Record<string, unknown>> {
    return this.#fetch(`${path(request)}/metadata`, request, {});
  }

  /** The answer of `GET /v1/models/NAME`. */
  getModelStatus(request: ModelRequest): Promise<Record<string, unknown>> {
    return this.#fetch(path(request), request, {});
  }

  #post(request: ModelRequest, verb: string, body: object): Promise<Record<string, unknown>> {
    const signature = request.signatureName === undefined ? {} : { signature_name: request.signatureName };
    const text = JSON.stringify({ ...signature, ...body });
    return this.#fetch(`${path(request)}:${verb}`, request, { method: "POST", body: text });
  }

  async #fetch(target: string, request: ModelRequest, init: RequestInit): Promise<Record<string, unknown>> {
    const timeout = request.timeout ?? this.#options.timeout;
    const signals = [
      ...(request.signal === undefined ? [] : [request.signal]),
      ...(timeout === undefined ? [] : [AbortSignal.timeout(timeout)]),
    ];
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#base + target, {
        ...init,
        headers: { ...this.#options.headers },
        signal: AbortSignal.any(signals),
      });
      text = await response.text();
    } catch (cause) {
      const name = cause instanceof Error ? cause.name : "";
      const code = name === "TimeoutError" ? "DEADLINE_EXCEEDED" : name === "AbortError" ? "CANCELLED" : "UNAVAILABLE";
      throw new ServingError(
        code,
        `${this.#base}${target}: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
    const answer = parse(text);
    if (response.ok && answer !== undefined) return answer;
    const message = typeof answer?.["error"] === "string" ? answer["error"] : `HTTP status ${response.status}`;
    throw new ServingError(response.ok ? "INTERNAL" : codeOfHttpStatus(response.status), message);
  }
}

function path({ model, version, versionLabel }: ModelRequest): string {
  const base = `/v1/models/${encodeURIComponent(model)}`;
  if (version !== undefined) return `${base}/versions/${version}`;
  return versionLabel === undefined ? base : `${base}/labels/${encodeURIComponent(versionLabel)}`;
}

function examplesBody({ examples, context }: RestExamplesRequest): object {
  return context === undefined ? { examples } : { examples, context };
}

/** The server writes NaN and infinities as bare words, which JSON.parse refuses: they come back as null. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    try {
      return JSON.parse(text.replace(/([:[,]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, "$1null")) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  }
}
