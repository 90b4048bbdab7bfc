const text = { type: "string" };
const flag = { type: "boolean" };
const labels = { type: "object", additionalProperties: text };
const time = { type: "string", format: "google-datetime" };
const int64 = { type: "string", format: "int64" };
const bytes = { type: "string", format: "byte" };
const anything = { type: "any", description: "Anything that JSON can say." };
const anyObject = { type: "object", additionalProperties: anything };
const dataFormat = {
  type: "string",
  enum: ["DATA_FORMAT_UNSPECIFIED", "JSON", "TEXT", "TF_RECORD", "TF_RECORD_GZIP", "CSV"],
};
const list = (items: object): object => ({ type: "array", items });
const ref = (name: string): object => ({ $ref: `GoogleCloudMlV1__${name}` });

function object(id: string, properties: object): Readonly<Record<string, object>> {
  return { [id]: { id, type: "object", properties } };
}

/** Schemas of models, versions and prediction. */
export const modelSchemas: Readonly<Record<string, object>> = {
  ...object("GoogleCloudMlV1__Model", {
    name: text,
    description: text,
    defaultVersion: ref("Version"),
    regions: list(text),
    onlinePredictionLogging: flag,
    onlinePredictionConsoleLogging: flag,
    labels,
    etag: bytes,
  }),
  ...object("GoogleCloudMlV1__Version", {
    name: text,
    description: text,
    isDefault: flag,
    deploymentUri: text,
    createTime: time,
    lastUseTime: time,
    runtimeVersion: text,
    pythonVersion: text,
    framework: {
      type: "string",
      enum: ["FRAMEWORK_UNSPECIFIED", "TENSORFLOW", "SCIKIT_LEARN", "XGBOOST"],
    },
    machineType: text,
    manualScaling: anyObject,
    autoScaling: anyObject,
    requestLoggingConfig: anyObject,
    acceleratorConfig: anyObject,
    serviceAccount: text,
    packageUris: list(text),
    predictionClass: text,
    explanationConfig: anyObject,
    container: anyObject,
    routes: anyObject,
    state: text,
    errorMessage: text,
    labels,
    etag: bytes,
  }),
  ...object("GoogleCloudMlV1__ListModelsResponse", { models: list(ref("Model")), nextPageToken: text }),
  ...object("GoogleCloudMlV1__ListVersionsResponse", { versions: list(ref("Version")), nextPageToken: text }),
  ...object("GoogleCloudMlV1__SetDefaultVersionRequest", {}),
  ...object("GoogleCloudMlV1__GetConfigResponse", { serviceAccount: text, serviceAccountProject: int64 }),
  ...object("GoogleCloudMlV1__PredictRequest", { httpBody: { $ref: "GoogleApi__HttpBody" } }),
  ...object("GoogleApi__HttpBody", { contentType: text, data: bytes, extensions: list(anyObject) }),
};

/** Schemas of long-running operations. */
export const operationSchemas: Readonly<Record<string, object>> = {
  ...object("GoogleLongrunning__Operation", {
    name: text,
    done: flag,
    metadata: anyObject,
    response: anyObject,
    error: { $ref: "GoogleRpc__Status" },
  }),
  ...object("GoogleLongrunning__ListOperationsResponse", {
    operations: list({ $ref: "GoogleLongrunning__Operation" }),
    nextPageToken: text,
  }),
  ...object("GoogleRpc__Status", {
    code: { type: "integer", format: "int32" },
    message: text,
    details: list(anyObject),
  }),
  ...object("GoogleProtobuf__Empty", {}),
};

/** Schemas of jobs. */
export const jobSchemas: Readonly<Record<string, object>> = {
  ...object("GoogleCloudMlV1__Job", {
    jobId: text,
    trainingInput: anyObject,
    trainingOutput: anyObject,
    predictionInput: ref("PredictionInput"),
    predictionOutput: ref("PredictionOutput"),
    createTime: time,
    startTime: time,
    endTime: time,
    state: text,
    errorMessage: text,
    labels,
    etag: bytes,
    jobPosition: int64,
  }),
  ...object("GoogleCloudMlV1__PredictionInput", {
    modelName: text,
    versionName: text,
    uri: text,
    dataFormat,
    outputDataFormat: dataFormat,
    inputPaths: list(text),
    outputPath: text,
    maxWorkerCount: int64,
    region: text,
    runtimeVersion: text,
    batchSize: int64,
    signatureName: text,
  }),
  ...object("GoogleCloudMlV1__PredictionOutput", {
    outputPath: text,
    predictionCount: int64,
    errorCount: int64,
    nodeHours: { type: "number", format: "double" },
    shardCount: int64,
    finishedShardCount: int64,
    recordsPerSecond: { type: "number", format: "double" },
  }),
  ...object("GoogleCloudMlV1__ListJobsResponse", { jobs: list(ref("Job")), nextPageToken: text }),
  ...object("GoogleCloudMlV1__CancelJobRequest", {}),
};
