import { jobSchemas, modelSchemas, operationSchemas } from "./discovery-schemas.js";

const cloudPlatform = "https://www.googleapis.com/auth/cloud-platform";

/** Whether a path asks for the discovery document, in either of the two ways that clients know. */
export function isDiscoveryPath(path: string): boolean {
  return path === "/$discovery/rest" || path === "/discovery/v1/apis/ml/v1/rest";
}

interface Method {
  readonly verb: string;
  readonly httpMethod: string;
  /** What the path parameter stands for. */
  readonly pattern: string;
  readonly parameter: "name" | "parent";
  /** What follows the path parameter. */
  readonly suffix?: string;
  readonly request?: string;
  readonly response: string;
  readonly query?: readonly string[];
}

const project = "^projects/[^/]+$";
const model = "^projects/[^/]+/models/[^/]+$";
const version = "^projects/[^/]+/models/[^/]+/versions/[^/]+$";
const operation = "^projects/[^/]+/operations/[^/]+$";
const job = "^projects/[^/]+/jobs/[^/]+$";

const listQuery = ["filter", "pageSize", "pageToken"];

/** Schema names as Google's own document has them, so that generated clients have the same types. */
const schema = {
  model: "GoogleCloudMlV1__Model",
  version: "GoogleCloudMlV1__Version",
  job: "GoogleCloudMlV1__Job",
  operation: "GoogleLongrunning__Operation",
  empty: "GoogleProtobuf__Empty",
  httpBody: "GoogleApi__HttpBody",
} as const;

function standard(name: string, pattern: string, response: string): readonly Method[] {
  return [
    { verb: "get", httpMethod: "GET", pattern, parameter: "name", response },
    {
      verb: "list",
      httpMethod: "GET",
      pattern: name === "versions" ? model : project,
      parameter: "parent",
      suffix: `/${name}`,
      response: `GoogleCloudMlV1__List${name[0]!.toUpperCase()}${name.slice(1)}Response`,
      query: listQuery,
    },
  ];
}

function writable(
  name: string,
  pattern: string,
  resource: string,
  created: string,
  patched: string,
): readonly Method[] {
  return [
    ...standard(name, pattern, resource),
    {
      verb: "create",
      httpMethod: "POST",
      pattern: name === "versions" ? model : project,
      parameter: "parent",
      suffix: `/${name}`,
      request: resource,
      response: created,
    },
    {
      verb: "patch",
      httpMethod: "PATCH",
      pattern,
      parameter: "name",
      request: resource,
      response: patched,
      query: ["updateMask"],
    },
  ];
}

const remove = (pattern: string): Method => ({
  verb: "delete",
  httpMethod: "DELETE",
  pattern,
  parameter: "name",
  response: schema.operation,
});

const custom = (verb: string, pattern: string, request: string, response: string): Method => ({
  verb,
  httpMethod: "POST",
  pattern,
  parameter: "name",
  suffix: `:${verb}`,
  request,
  response,
});

const resources: Readonly<Record<string, readonly Method[]>> = {
  "ml.projects": [
    {
      verb: "getConfig",
      httpMethod: "GET",
      pattern: project,
      parameter: "name",
      suffix: ":getConfig",
      response: "GoogleCloudMlV1__GetConfigResponse",
    },
    custom("predict", "^projects/.*$", "GoogleCloudMlV1__PredictRequest", schema.httpBody),
  ],
  "ml.projects.models": [...writable("models", model, schema.model, schema.model, schema.operation), remove(model)],
  "ml.projects.models.versions": [
    ...writable("versions", version, schema.version, schema.operation, schema.operation),
    remove(version),
    custom("setDefault", version, "GoogleCloudMlV1__SetDefaultVersionRequest", schema.version),
  ],
  "ml.projects.operations": [
    { verb: "get", httpMethod: "GET", pattern: operation, parameter: "name", response: schema.operation },
    {
      verb: "list",
      httpMethod: "GET",
      pattern: project,
      parameter: "name",
      suffix: "/operations",
      response: "GoogleLongrunning__ListOperationsResponse",
      query: listQuery,
    },
    custom("cancel", operation, schema.empty, schema.empty),
  ],
  "ml.projects.jobs": [
    ...writable("jobs", job, schema.job, schema.job, schema.job),
    custom("cancel", job, "GoogleCloudMlV1__CancelJobRequest", schema.empty),
  ],
};

function methodJson(id: string, method: Method): object {
  const { verb, httpMethod, pattern, parameter, suffix = "", request, response, query = [] } = method;
  const path = `v1/{+${parameter}}${suffix}`;
  return {
    id: `${id}.${verb}`,
    httpMethod,
    path,
    flatPath: path,
    parameterOrder: [parameter],
    parameters: {
      [parameter]: { type: "string", location: "path", required: true, pattern },
      ...Object.fromEntries(query.map((name) => [name, queryParameter(name)] as const)),
    },
    ...(request === undefined ? {} : { request: { $ref: request } }),
    response: { $ref: response },
    scopes: [cloudPlatform],
  };
}

function queryParameter(name: string): object {
  if (name === "pageSize") return { type: "integer", format: "int32", location: "query" };
  return { type: "string", location: "query", ...(name === "updateMask" ? { format: "google-fieldmask" } : {}) };
}

function methodsOf(id: string): object {
  return Object.fromEntries(resources[id]!.map((method) => [method.verb, methodJson(id, method)] as const));
}

/** The API's description for clients that build themselves from it (Google API discovery, version 1), pointing at `rootUrl`. */
export function discoveryDocument(rootUrl: string): object {
  return {
    kind: "discovery#restDescription",
    discoveryVersion: "v1",
    id: "ml:v1",
    name: "ml",
    version: "v1",
    title: "Tureen's ML v1 API",
    description: "Deploy SavedModels, predict online and in batch: the REST API of Cloud ML Engine.",
    protocol: "rest",
    rootUrl,
    servicePath: "",
    baseUrl: rootUrl,
    basePath: "",
    batchPath: "batch",
    fullyEncodeReservedExpansion: true,
    ownerDomain: "google.com",
    ownerName: "Google",
    auth: { oauth2: { scopes: { [cloudPlatform]: { description: "Not checked by this server." } } } },
    parameters: {
      alt: { type: "string", location: "query", default: "json", enum: ["json"] },
      fields: { type: "string", location: "query" },
      key: { type: "string", location: "query" },
      prettyPrint: { type: "boolean", location: "query", default: "true" },
    },
    schemas: { ...modelSchemas, ...operationSchemas, ...jobSchemas },
    resources: {
      projects: {
        methods: methodsOf("ml.projects"),
        resources: {
          models: {
            methods: methodsOf("ml.projects.models"),
            resources: { versions: { methods: methodsOf("ml.projects.models.versions") } },
          },
          operations: { methods: methodsOf("ml.projects.operations") },
          jobs: { methods: methodsOf("ml.projects.jobs") },
        },
      },
    },
  };
}
