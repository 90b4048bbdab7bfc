import { invalidArgument, notFound, type StatusCodeName, type StatusError } from "../../core/status-error.js";
import type { ApiContext, CallContext } from "../api/request-context.js";
import { checkManagement } from "../inference/repository.js";
import type { ServerCore } from "../manager/server-core.js";
import { parseVersion } from "../source/scan-versions.js";
import type { VersionPolicy } from "../source/version-policy.js";
import { restStatus } from "./status.js";

/** The answer to a request to the management API. */
export interface ManagementAnswer {
  readonly code: StatusCodeName;
  readonly body: string;
  /** What went wrong, where something did. */
  readonly error?: StatusError;
}

const prefix = "/manage/v1/models";
const modelPath = /^\/manage\/v1\/models\/([^/:]+)(?::(load|unload|reload)|\/(labels|drift))$/;

/** Whether a path belongs to the management API. */
export function isManagementPath(path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/**
 * Answers a request to the management API; never throws.
 *
 * `GET /manage/v1/models` lists; `POST …/NAME:load` (body, optional: `{"base_path", "version_policy"}`), `:unload` and `:reload`
 * (`{"version"}`) return when it is done; `PUT …/NAME/labels` (`{"stable": 3}`) replaces the labels; `GET …/NAME/drift` compares requests with
 * training data.
 */
export async function answerManagement(
  context: ApiContext,
  method: string,
  path: string,
  body: Uint8Array,
  call: CallContext,
): Promise<ManagementAnswer> {
  try {
    checkManagement(call);
    return { code: "OK", body: `${JSON.stringify(await answer(context, method, path, body), undefined, 2)}\n` };
  } catch (error) {
    return restStatus(error);
  }
}

async function answer({ core }: ApiContext, method: string, path: string, body: Uint8Array): Promise<unknown> {
  if (method === "GET" && path === prefix) {
    return {
      models: core.list().map(({ name, basePath, origin, isWanted, problem, labels, versions }) => ({
        name,
        base_path: basePath,
        origin,
        loaded: isWanted,
        ...(problem === undefined ? {} : { error: problem }),
        version_labels: Object.fromEntries([...labels].map(([label, version]) => [label, String(version)])),
        versions: versions.map(({ version, state, error, lastFailure }) => ({
          version: String(version),
          state,
          ...(error === undefined ? {} : { error: error.toString() }),
          ...(lastFailure === undefined ? {} : { last_failure: lastFailure.toString() }),
        })),
      })),
    };
  }
  const [, escaped, verb, part] = modelPath.exec(path) ?? [];
  if (escaped === undefined) throw notFound(`Unknown request: ${method} ${path}`);
  const name = decodeURIComponent(escaped);
  if (method === "GET" && part === "drift") return driftOf(core, name);
  const request = objectOf(body);
  if (method === "PUT" && part === "labels") {
    await core.setLabels(name, new Map(Object.entries(request).map(([label, value]) => [label, versionOf(value)])));
  } else if (method === "POST" && verb === "load") {
    const { base_path: basePath, version_policy: policy } = request;
    if (basePath !== undefined && typeof basePath !== "string") throw invalidArgument('"base_path" must be a string');
    await core.loadModel({
      name,
      ...(basePath === undefined ? {} : { basePath }),
      ...(policy === undefined ? {} : { policy: policyOf(policy) }),
    });
  } else if (method === "POST" && verb === "unload") {
    await core.unloadModel(name);
  } else if (method === "POST" && verb === "reload") {
    await core.reloadModel(name, request["version"] === undefined ? undefined : versionOf(request["version"]));
  } else {
    throw notFound(`Unknown request: ${method} ${path}`);
  }
  return {};
}

/** The reports of the versions that have statistics of their training data. */
function driftOf(core: ServerCore, name: string): unknown {
  const versions = core.loaded(name).flatMap(({ version, drift }) => (drift === undefined ? [] : { version, drift }));
  return {
    versions: versions.map(({ version, drift }) => {
      const { samplingRate, seconds, rows, skippedRows, trainingRows, features } = drift.report();
      return {
        version: String(version),
        sampling_rate: samplingRate,
        seconds,
        rows,
        skipped_rows: skippedRows,
        training_rows: trainingRows,
        features: features.map(({ name: feature, state, index, noise, values, missing, mean, newValues }) => ({
          name: feature,
          state,
          index,
          noise,
          values,
          missing_share: { training: missing[0], requests: missing[1] },
          ...(mean === undefined ? {} : { mean: { training: mean[0], requests: mean[1] } }),
          new_values: newValues,
        })),
      };
    }),
  };
}

function objectOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString());
  } catch (error) {
    throw invalidArgument(`JSON Parse error: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalidArgument("The body must be a JSON object");
}

/** A version: a number, or a text where it is too large for one. */
function versionOf(value: unknown): bigint {
  const isRight = typeof value === "string" || (typeof value === "number" && Number.isSafeInteger(value));
  const version = isRight ? parseVersion(String(value)) : undefined;
  if (version === undefined) throw invalidArgument(`${JSON.stringify(value)} is no version`);
  return version;
}

/** `"all"`, `{"latest": count}` or `{"specific": [versions]}`. */
function policyOf(value: unknown): VersionPolicy {
  if (value === "all") return { kind: "all" };
  if (typeof value === "object" && value !== null) {
    if ("latest" in value && Number.isInteger(value.latest) && Number(value.latest) > 0) {
      return { kind: "latest", count: Number(value.latest) };
    }
    if ("specific" in value && Array.isArray(value.specific)) {
      return { kind: "specific", versions: value.specific.map(versionOf) };
    }
  }
  throw invalidArgument('"version_policy" must be "all", {"latest": count} or {"specific": [versions]}');
}
