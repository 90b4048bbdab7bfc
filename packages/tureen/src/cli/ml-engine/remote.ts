import { resolve } from "node:path";
import { MlClient, type MlJob, type MlModel, type MlVersion, type NewVersion } from "@tureen/client";
import { jsonText } from "../../cloud/predict/json-text.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import { arrayItems, isArray, isObject, member } from "../../serving/rest/json-value.js";
import { parseJson } from "../../serving/rest/parse-json.js";
import { formatPredictions, type PredictionsFormat } from "./format-predictions.js";
import { type InstanceFlags, readInstances } from "./read-instances.js";
import { readVersionConfig } from "./version-config.js";

/** Which server and project: flags, else gcloud's own environment variables. */
export interface RemoteFlags {
  readonly endpoint?: string;
  readonly project?: string;
  readonly region?: string;
}

/** The flags of `versions create` that say what the version is to be. */
export interface VersionFlags {
  readonly origin?: string;
  readonly config?: string;
  readonly async?: boolean;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly framework?: string;
  readonly runtimeVersion?: string;
  readonly pythonVersion?: string;
  readonly machineType?: string;
}

const endpointVariable = "CLOUDSDK_API_ENDPOINT_OVERRIDES_ML";
const projectVariable = "CLOUDSDK_CORE_PROJECT";

function serverOf({ endpoint = process.env[endpointVariable], project = process.env[projectVariable] }: RemoteFlags): {
  readonly endpoint: string;
  readonly project: string;
} {
  if (endpoint === undefined || endpoint === "") {
    throw invalidArgument(`The server is not known: give --endpoint=http://HOST:PORT or set ${endpointVariable}.`);
  }
  if (project === undefined || project === "") {
    throw invalidArgument(
      `The required property [project] is not currently set. Give --project, or set ${projectVariable}.`,
    );
  }
  return { endpoint: endpoint.replace(/\/$/, ""), project };
}

/** A client for the server and project of the flags. */
export function clientOf(flags: RemoteFlags): MlClient {
  const { endpoint, project } = serverOf(flags);
  return new MlClient(endpoint, { project });
}

/** gcloud's limit; the server's own is higher. */
const maxInstances = 100;

/** What `gcloud ml-engine predict` prints. */
export async function predictRemotely(
  flags: RemoteFlags &
    InstanceFlags & {
      readonly model: string;
      readonly version?: string;
      readonly signatureName?: string;
      readonly format?: PredictionsFormat;
    },
): Promise<string> {
  const { endpoint, project } = serverOf(flags);
  const { model, version, signatureName, format = "table" } = flags;
  const instances = jsonText(readInstances(flags, maxInstances));
  const signature = signatureName === undefined ? "" : `, "signature_name": ${JSON.stringify(signatureName)}`;
  const name = `projects/${project}/models/${model}${version === undefined ? "" : `/versions/${version}`}`;
  // Not through the client: numbers must keep all their digits on the way.
  const answer = await post(`${endpoint}/v1/${name}:predict`, `{"instances": ${instances}${signature}}`);
  const document = parseJson(answer);
  const predictions = isObject(document) ? member(document, "predictions") : undefined;
  if (predictions === undefined || !isArray(predictions)) return `${jsonText(document, "  ")}\n`;
  return formatPredictions(
    arrayItems(predictions).map((value) => jsonText(value)),
    format,
  );
}

async function post(url: string, body: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { method: "POST", body });
  } catch (error) {
    throw new StatusError("UNAVAILABLE", `${url}: ${String(error)}`, { cause: error });
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.ok) return bytes;
  const text = Buffer.from(bytes).toString();
  let message = `HTTP status ${response.status}`;
  try {
    message = (JSON.parse(text) as { readonly error: { readonly message: string } }).error.message;
  } catch {
    // Some proxy in between answered; its status says enough.
  }
  throw new StatusError("UNKNOWN", message);
}

/** `gcloud ml-engine versions create`: waits until the version answers, unless `--async` asks for the operation. */
export async function createVersion(
  name: string,
  flags: RemoteFlags & VersionFlags & { readonly model: string },
): Promise<string> {
  const { origin, config, model, framework } = flags;
  const configured = (config === undefined ? {} : readVersionConfig(config)) as Partial<NewVersion>;
  const deploymentUri = origin ?? configured.deploymentUri;
  if (typeof deploymentUri !== "string") {
    throw invalidArgument(
      "Either `--origin` must be provided or `deploymentUri` must be provided in the file given by `--config`.",
    );
  }
  const taken = ["description", "labels", "runtimeVersion", "pythonVersion", "machineType"] as const;
  const given = Object.fromEntries(taken.filter((key) => flags[key] !== undefined).map((key) => [key, flags[key]]));
  const version: NewVersion = {
    ...configured,
    ...given,
    ...(framework === undefined ? {} : { framework: framework.toUpperCase() }),
    name,
    deploymentUri: deploymentUri.includes("://") ? deploymentUri : resolve(deploymentUri),
  };
  const client = clientOf(flags);
  if (flags.async === true) return describe(await client.beginVersion(model, version));
  await client.createVersion(model, version);
  return "";
}

/** A resource as gcloud's `describe` prints it: YAML with the keys in order. */
export function describe(value: unknown, indent = ""): string {
  if (Array.isArray(value)) return value.map((item) => `${indent}-${after(item, indent)}`).join("");
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${indent}${key}:${after(item, indent)}`)
    .join("");
}

/** What follows a colon or a dash: a scalar on the same line, anything else on lines of its own. */
function after(item: unknown, indent: string): string {
  if (typeof item !== "object" || item === null) return ` ${yamlScalar(item)}\n`;
  if (Object.keys(item).length === 0) return Array.isArray(item) ? " []\n" : " {}\n";
  return `\n${describe(item, Array.isArray(item) ? indent : `${indent}  `)}`;
}

/** Texts that YAML would take for something else are quoted. */
function yamlScalar(value: unknown): string {
  if (typeof value !== "string") return String(value);
  const isPlain =
    /^[A-Za-z_/][^:#{}[\],&*?|<>=!%@`"'\n]*$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain ? value : `'${value.replaceAll("'", "''")}'`;
}

/** Rows of texts under a heading, columns lined up. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((text, i) => text.padEnd(widths[i]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

const short = (name: string | undefined): string => name?.slice(name.lastIndexOf("/") + 1) ?? "";

/** `gcloud ml-engine models list`. */
export function modelTable(models: readonly MlModel[]): string {
  return table(
    ["NAME", "DEFAULT_VERSION_NAME"],
    models.map(({ name, defaultVersion }) => [short(name), short(defaultVersion?.name)]),
  );
}

/** `gcloud ml-engine versions list`. */
export function versionTable(versions: readonly MlVersion[]): string {
  return table(
    ["NAME", "DEPLOYMENT_URI", "STATE"],
    versions.map(({ name, deploymentUri, state }) => [short(name), deploymentUri ?? "", state ?? ""]),
  );
}

/** `gcloud ml-engine jobs list`. */
export function jobTable(jobs: readonly MlJob[]): string {
  return table(
    ["JOB_ID", "STATUS", "CREATED"],
    jobs.map(({ jobId, state, createTime }) => [jobId, state ?? "", createTime?.slice(0, 19) ?? ""]),
  );
}
