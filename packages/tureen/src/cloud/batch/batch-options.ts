/** How records lie in input files. `text` hands whole lines to a model with one string input and parses them as JSON for any other. */
export type DataFormat = "json" | "text" | "csv" | "tf-record" | "tf-record-gzip";

/** How predictions are written. */
export type OutputFormat = "json" | "csv" | "tf-record";

/** What a batch prediction is to do. Everything that changes its results is here, so that equal options give equal files. */
export interface BatchOptions {
  /** Folder of the SavedModel. */
  readonly modelDir: string;
  /** Files; `*` and `?` stand for parts of a name. */
  readonly inputPaths: readonly string[];
  /** Folder for the results; made where it is missing. */
  readonly outputPath: string;
  readonly dataFormat: DataFormat;
  /** `json` unless said. */
  readonly outputFormat?: OutputFormat;
  /** Records that go through the model at once; 64 unless said. */
  readonly batchSize?: number;
  readonly signatureName?: string;
  /** A field of each record that is not for the model and goes to its result unchanged. */
  readonly keyField?: string;
  /** At most about as many bytes of input make a shard; 64 MiB unless said. */
  readonly shardBytes?: number;
  /** At least so many shards, as far as the files can be split: so that each of as many machines has some. 16 of 1 MiB unless said. */
  readonly minShards?: number;
}

/** Cloud ML Engine's default. */
export const defaultBatchSize = 64;
/** Large enough that opening and renaming files costs nothing, small enough that a worker that dies loses seconds of work. */
export const defaultShardBytes: number = 64 * 1024 * 1024;
