/** A model of the ML v1 API. */
export interface MlModel {
  /** `projects/P/models/M`. */
  readonly name: string;
  readonly description?: string;
  readonly defaultVersion?: MlVersion;
  readonly regions?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly etag?: string;
}

/** A version of a model. */
export interface MlVersion {
  /** `projects/P/models/M/versions/V`. */
  readonly name: string;
  readonly description?: string;
  readonly isDefault?: boolean;
  readonly deploymentUri?: string;
  readonly createTime?: string;
  readonly state?: "UNKNOWN" | "READY" | "CREATING" | "FAILED" | "DELETING" | "UPDATING";
  readonly errorMessage?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly etag?: string;
}

/** A long-running operation. */
export interface MlOperation {
  readonly name: string;
  readonly done?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A version that is to be created. Of the hardware that it names nothing but the name is kept. */
export interface NewVersion {
  readonly name: string;
  /** Folder of the SavedModel, as the server sees it: a path, `s3://…` or `gs://…`. */
  readonly deploymentUri: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly runtimeVersion?: string;
  readonly pythonVersion?: string;
  readonly framework?: string;
  readonly machineType?: string;
  readonly manualScaling?: object;
  readonly autoScaling?: object;
}

/** What a batch prediction job is to do. */
export interface PredictionInput {
  readonly modelName?: string;
  readonly versionName?: string;
  /** A folder with a SavedModel, instead of a deployed version. */
  readonly uri?: string;
  readonly dataFormat: "JSON" | "TEXT" | "CSV" | "TF_RECORD" | "TF_RECORD_GZIP";
  readonly outputDataFormat?: "JSON" | "CSV" | "TF_RECORD";
  readonly inputPaths: readonly string[];
  readonly outputPath: string;
  readonly batchSize?: string;
  readonly signatureName?: string;
  readonly maxWorkerCount?: string;
  readonly region?: string;
  readonly runtimeVersion?: string;
}

/** A batch prediction job. */
export interface MlJob {
  readonly jobId: string;
  readonly state?: "QUEUED" | "PREPARING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLING" | "CANCELLED";
  readonly errorMessage?: string;
  readonly predictionInput?: PredictionInput;
  /** Counts are decimal texts, as 64-bit integers are in JSON. */
  readonly predictionOutput?: {
    readonly outputPath?: string;
    readonly predictionCount?: string;
    readonly errorCount?: string;
    readonly nodeHours?: number;
    /** How many shards the job was cut into, and how many of them are over; of `tureen cloud` alone. */
    readonly shardCount?: string;
    readonly finishedShardCount?: string;
    /** From the job's start until now, or until its end; of `tureen cloud` alone. */
    readonly recordsPerSecond?: number;
  };
  readonly createTime?: string;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
