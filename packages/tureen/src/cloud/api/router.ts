import { invalidArgument, notFound, StatusError, unimplemented } from "../../core/status-error.js";
import { decodeText } from "../../core/text.js";
import type { CloudContext } from "../cloud-context.js";
import { type BodyKind, checkBody } from "./check-body.js";
import { cancelJob, createJob, getJob, listJobs, patchJob } from "./jobs.js";
import { createModel, deleteModel, getModel, listModels, patchModel } from "./models.js";
import { cancelOperation, getOperation, listOperations } from "./operations.js";
import { predict } from "./predict.js";
import type { Json } from "./update-mask.js";
import { createVersion, deleteVersion, getVersion, listVersions, patchVersion, setDefaultVersion } from "./versions.js";

/** A call of the API. */
export interface Call {
  readonly method: string;
  /** The path after `/v1/`, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
}

/** Answers a call whose path matched: `names` are the parts of the path that stand for names. */
type Handler = (context: CloudContext, names: readonly string[], call: Call) => Promise<object | string>;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

/** A route for a path in which `{}` stands for a name. */
function route(method: string, path: string, handler: Handler): Route {
  const [resource, verb] = path.split(":") as [string, string | undefined];
  const pattern = resource.replaceAll("{}", "([^/:]+)") + (verb === undefined ? "" : `:${verb}`);
  return { method, pattern: new RegExp(`^${pattern}$`), handler };
}

const project = "projects/{}";
const model = `${project}/models/{}`;
const version = `${model}/versions/{}`;

const routes: readonly Route[] = [
  route("GET", `${project}:getConfig`, async (_, [id]) => ({
    serviceAccount: `tureen@${id}`,
    serviceAccountProject: "0",
  })),
  route("GET", `${project}/models`, (context, [p], { query }) => listModels(context, p!, query)),
  route("POST", `${project}/models`, (context, [p], call) => createModel(context, p!, bodyOf("Model", call))),
  route("GET", model, (context, [p, m]) => getModel(context, p!, m!)),
  route("PATCH", model, (context, [p, m], call) => patchModel(context, p!, m!, bodyOf("Model", call), call.query)),
  route("DELETE", model, (context, [p, m]) => deleteModel(context, p!, m!)),
  route("POST", `${model}:predict`, (context, [p, m], { body }) => predict(context, p!, m!, undefined, body)),
  route("GET", `${model}/versions`, (context, [p, m], { query }) => listVersions(context, p!, m!, query)),
  route("POST", `${model}/versions`, (context, [p, m], call) =>
    createVersion(context, p!, m!, bodyOf("Version", call)),
  ),
  route("GET", version, (context, [p, m, v]) => getVersion(context, p!, m!, v!)),
  route("PATCH", version, (context, [p, m, v], call) =>
    patchVersion(context, p!, m!, v!, bodyOf("Version", call), call.query),
  ),
  route("DELETE", version, (context, [p, m, v]) => deleteVersion(context, p!, m!, v!)),
  route("POST", `${version}:setDefault`, (context, [p, m, v]) => setDefaultVersion(context, p!, m!, v!)),
  route("POST", `${version}:predict`, (context, [p, m, v], { body }) => predict(context, p!, m!, v!, body)),
  route("GET", `${project}/operations`, (context, [p], { query }) => listOperations(context, p!, query)),
  route("GET", `${project}/operations/{}`, (context, [p, id]) => getOperation(context, p!, id!)),
  route("POST", `${project}/operations/{}:cancel`, (context, [p, id]) => cancelOperation(context, p!, id!)),
  route("GET", `${project}/jobs`, (context, [p], { query }) => listJobs(context, p!, query)),
  route("POST", `${project}/jobs`, (context, [p], call) => createJob(context, p!, bodyOf("Job", call))),
  route("GET", `${project}/jobs/{}`, (context, [p, id]) => getJob(context, p!, id!)),
  route("PATCH", `${project}/jobs/{}`, (context, [p, id], call) =>
    patchJob(context, p!, id!, bodyOf("Job", call), call.query),
  ),
  route("POST", `${project}/jobs/{}:cancel`, (context, [p, id]) => cancelJob(context, p!, id!)),
];

const absentVerb = /:(explain|getIamPolicy|setIamPolicy|testIamPermissions)$/;

/** Answers a call: an object to be printed as JSON, or a JSON text. NOT_FOUND for a path that the API does not have. */
export async function answer(context: CloudContext, call: Call): Promise<object | string> {
  for (const { method, pattern, handler } of routes) {
    if (method !== call.method) continue;
    const match = pattern.exec(call.path);
    if (match !== null) return handler(context, match.slice(1), call);
  }
  const verb = absentVerb.exec(call.path)?.[1];
  if (verb !== undefined) throw unimplemented(`${verb} is not supported by this server.`);
  throw notFound(`The requested URL /v1/${call.path} was not found on this server.`);
}

function bodyOf(kind: BodyKind, call: Call): Json {
  return checkBody(kind, jsonOf(call));
}

function jsonOf({ body }: Call): Json {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(decodeText(body));
  } catch (error) {
    throw invalidArgument(`Invalid JSON payload received. ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new StatusError("INVALID_ARGUMENT", "Invalid JSON payload received. The body must be an object.");
  }
  return value as Json;
}
