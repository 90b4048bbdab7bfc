import type { MlJob, MlModel, MlOperation, MlVersion, NewVersion, PredictionInput } from "./ml-resources.js";
import type { JsonValue } from "./rest-client.js";
import { codeName, codeOfHttpStatus, ServingError, type StatusCodeName } from "./serving-error.js";

/** How to connect. */
export interface MlClientOptions {
  /** The project that all names belong to. */
  readonly project: string;
  /** Milliseconds a call may take; default none. */
  readonly timeout?: number;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds between two looks at what is waited for. */
const pollMs = 200;

/**
 * Talks to a server of Cloud ML Engine's v1 API, such as `tureen cloud`: deploy, predict online, predict in batch.
 *
 * Models, versions and jobs are given by their short names. A failed call, operation, job or prediction rejects with ServingError {code, message}.
 */
export class MlClient {
  readonly #base: string;
  readonly #options: MlClientOptions;

  /** `base` is `http://host:port`. */
  constructor(base: string, options: MlClientOptions) {
    this.#base = base.replace(/\/$/, "");
    this.#options = options;
  }

  /** Creates a model, which holds versions. */
  createModel(model: {
    readonly name: string;
    readonly description?: string;
    readonly labels?: Readonly<Record<string, string>>;
  }): Promise<MlModel> {
    return this.#call("POST", "models", model);
  }

  getModel(model: string): Promise<MlModel> {
    return this.#call("GET", `models/${model}`);
  }

  /** All models, page by page. */
  listModels(): Promise<readonly MlModel[]> {
    return this.#list("models", "models");
  }

  /** Deletes a model that has no versions. */
  async deleteModel(model: string): Promise<void> {
    await this.waitOperation(await this.#call("DELETE", `models/${model}`));
  }

  /** Deploys the SavedModel in `deploymentUri`, a folder of the server's machine, and waits until it answers. */
  async createVersion(model: string, version: NewVersion): Promise<MlVersion> {
    const operation = await this.waitOperation(await this.beginVersion(model, version));
    return operation.response as unknown as MlVersion;
  }

  /** Begins to deploy a SavedModel as a version; the operation tells when it answers. */
  beginVersion(model: string, version: NewVersion): Promise<MlOperation> {
    return this.#call("POST", `models/${model}/versions`, version);
  }

  getVersion(model: string, version: string): Promise<MlVersion> {
    return this.#call("GET", `models/${model}/versions/${version}`);
  }

  /** All versions of a model, page by page. */
  listVersions(model: string): Promise<readonly MlVersion[]> {
    return this.#list(`models/${model}/versions`, "versions");
  }

  /** Lets requests that name no version go to this one. */
  setDefaultVersion(model: string, version: string): Promise<MlVersion> {
    return this.#call("POST", `models/${model}/versions/${version}:setDefault`, {});
  }

  async deleteVersion(model: string, version: string): Promise<void> {
    await this.waitOperation(await this.#call("DELETE", `models/${model}/versions/${version}`));
  }

  /** Waits until an operation is done. */
  async waitOperation(operation: MlOperation): Promise<MlOperation> {
    let current = operation;
    while (current.done !== true) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      current = await this.#fetch("GET", current.name);
    }
    if (current.error !== undefined) throw new ServingError(codeName(current.error.code), current.error.message);
    return current;
  }

  /** One prediction for each instance: bare values where the signature has one output, else objects. Byte strings are `{ b64 }`. */
  async predict(request: {
    readonly model: string;
    readonly version?: string;
    readonly instances: readonly JsonValue[];
    readonly signatureName?: string;
  }): Promise<readonly JsonValue[]> {
    const { model, version, instances, signatureName } = request;
    const target = version === undefined ? `models/${model}` : `models/${model}/versions/${version}`;
    const body = { instances, ...(signatureName === undefined ? {} : { signature_name: signatureName }) };
    const answer = await this.#call<{ predictions?: readonly JsonValue[]; error?: string }>(
      "POST",
      `${target}:predict`,
      body,
    );
    // A prediction that fails is answered with HTTP status 200.
    if (answer.predictions === undefined) throw new ServingError("INVALID_ARGUMENT", answer.error ?? "no predictions");
    return answer.predictions;
  }

  /** Starts a batch prediction; `model` and `version` stand for their full names. */
  createPredictionJob(
    jobId: string,
    input: Omit<PredictionInput, "modelName" | "versionName"> & { readonly model?: string; readonly version?: string },
    options: { readonly labels?: Readonly<Record<string, string>> } = {},
  ): Promise<MlJob> {
    const { model, version, ...rest } = input;
    const name = `projects/${this.#options.project}/models/${model}`;
    const target =
      model === undefined
        ? {}
        : version === undefined
          ? { modelName: name }
          : { versionName: `${name}/versions/${version}` };
    return this.#call("POST", "jobs", { jobId, ...options, predictionInput: { ...rest, ...target } });
  }

  getJob(jobId: string): Promise<MlJob> {
    return this.#call("GET", `jobs/${jobId}`);
  }

  /** All jobs, the latest first. */
  listJobs(): Promise<readonly MlJob[]> {
    return this.#list("jobs", "jobs");
  }

  async cancelJob(jobId: string): Promise<void> {
    await this.#call("POST", `jobs/${jobId}:cancel`, {});
  }

  /** Waits until a job has succeeded; told of its progress meanwhile. */
  async waitJob(jobId: string, onProgress: (job: MlJob) => void = () => {}): Promise<MlJob> {
    for (;;) {
      const job = await this.getJob(jobId);
      onProgress(job);
      if (job.state === "SUCCEEDED") return job;
      if (job.state === "CANCELLED") throw new ServingError("CANCELLED", `Job ${jobId} was cancelled.`);
      if (job.state === "FAILED") throw new ServingError("ABORTED", job.errorMessage ?? `Job ${jobId} failed.`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async #list<T>(path: string, key: string): Promise<readonly T[]> {
    const all: T[] = [];
    let token = "";
    do {
      const page = await this.#call<Record<string, unknown>>("GET", `${path}?pageSize=100&pageToken=${token}`);
      all.push(...((page[key] ?? []) as T[]));
      token = (page["nextPageToken"] ?? "") as string;
    } while (token !== "");
    return all;
  }

  #call<T>(method: string, path: string, body?: object): Promise<T> {
    return this.#fetch(method, `projects/${this.#options.project}/${path}`, body);
  }

  async #fetch<T>(method: string, path: string, body?: object): Promise<T> {
    const { timeout, headers } = this.#options;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.#base}/v1/${path}`, {
        method,
        headers: { "Content-Type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) }),
      });
      text = await response.text();
    } catch (cause) {
      const isTimeout = cause instanceof Error && cause.name === "TimeoutError";
      throw new ServingError(isTimeout ? "DEADLINE_EXCEEDED" : "UNAVAILABLE", `${this.#base}: ${String(cause)}`, {
        cause,
      });
    }
    const answer = parse(text);
    if (response.ok && answer !== undefined) return answer as T;
    const error = (answer as { readonly error?: { readonly status?: string; readonly message?: string } } | undefined)
      ?.error;
    const code = (error?.status as StatusCodeName | undefined) ?? codeOfHttpStatus(response.status);
    throw new ServingError(response.ok ? "INTERNAL" : code, error?.message ?? `HTTP status ${response.status}`);
  }
}

/** Numbers that are none stand in answers as bare words, which JSON.parse refuses: they come back as null. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(text.replace(/([:[,]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, "$1null"));
    } catch {
      return undefined;
    }
  }
}
