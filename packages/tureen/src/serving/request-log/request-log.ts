import { isAbsolute } from "node:path";
import type { LoggingConfig } from "@tureen/protos/gen/tensorflow_serving/config/logging_config_pb";
import type { ModelConfig } from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument } from "../../core/status-error.js";
import type { Log } from "../log.js";
import type { ServingMetrics } from "../monitoring/serving-metrics.js";
import { encodePredictionLog, type LoggedKind } from "./prediction-log.js";
import { RecordWriter } from "./record-writer.js";

/** How requests are logged. */
export interface RequestLogOptions {
  readonly log: Log;
  readonly metrics: ServingMetrics;
  readonly tags: readonly string[];
  /** Records of a file. A warm-up file may hold no more than 1,000. */
  readonly maxRecordsPerFile: number;
  /** Decides, against the sampling rate, whether a request is logged: a number from 0 to 1. */
  readonly random?: () => number;
}

interface ModelLog {
  readonly config: string;
  readonly samplingRate: number;
  readonly format: "tfrecord" | "jsonl";
  readonly writer: RecordWriter;
}

/** TensorFlow Serving's `type` of a log collector by what it means here; "" is the default. */
const formats: ReadonlyMap<string, ModelLog["format"]> = new Map([
  ["", "tfrecord"],
  ["tfrecord", "tfrecord"],
  ["jsonl", "jsonl"],
]);

/**
 * Writes a sample of the requests, with their answers, to files as the models' `logging_config` says: TFRecords of PredictionLog, each
 * file of which is a valid warm-up file, or lines of the same messages as JSON.
 *
 * TensorFlow Serving has the configuration but no implementation of it.
 */
export class RequestLog {
  private readonly options: RequestLogOptions;
  private readonly random: () => number;
  private models = new Map<string, ModelLog>();
  private toJson: ((record: Uint8Array) => Uint8Array) | undefined;

  constructor(options: RequestLogOptions) {
    this.options = options;
    this.random = options.random ?? Math.random;
  }

  /**
   * Takes over what the configuration says of logging. INVALID_ARGUMENT for a log without an absolute `filename_prefix`, of an unknown
   * `type`, or with a sampling rate outside 0 to 1: then nothing changes.
   */
  configure(configs: readonly ModelConfig[]): void {
    const next = new Map<string, ModelLog>();
    for (const { name, loggingConfig } of configs) {
      if (loggingConfig === undefined) continue;
      const before = this.models.get(name);
      const { prefix, type, samplingRate } = checked(name, loggingConfig);
      const config = JSON.stringify([prefix, type, samplingRate]);
      next.set(name, before?.config === config ? before : this.open(name, prefix, type, samplingRate, config));
    }
    for (const [name, model] of this.models) if (next.get(name) !== model) void model.writer.close();
    this.models = next;
    if ([...next.values()].some(({ format }) => format === "jsonl")) void this.loadJson();
  }

  private open(name: string, prefix: string, type: string, samplingRate: number, config: string): ModelLog {
    const { log, metrics, maxRecordsPerFile } = this.options;
    const format = formats.get(type)!;
    log.info("request-log", `Logging ${samplingRate * 100}% of the requests of model ${name} to ${prefix}.*.${format}`);
    const onError = (error: unknown, records: number): void => {
      log.error("request-log", `Logging requests of model ${name} failed: ${String(error)}`);
      metrics.requestLogCount.increment([name, "UNAVAILABLE"], records);
    };
    const writer = new RecordWriter({ prefix, format, maxRecords: maxRecordsPerFile, onError });
    return { config, samplingRate, format, writer };
  }

  /** Whether some of a model's requests are logged. */
  isLogged(model: string): boolean {
    return this.models.has(model);
  }

  /** Logs a request that was answered, if it is one of the sample; the messages are only made then. */
  note(spec: ModelSpecMessage, kind: LoggedKind, request: () => Uint8Array, response: () => Uint8Array): void {
    if (this.models.size === 0) return;
    const model = this.models.get(spec.name);
    if (model === undefined || this.random() >= model.samplingRate) return;
    const record = encodePredictionLog({
      kind,
      modelSpec: spec,
      request: request(),
      response: response(),
      samplingRate: model.samplingRate,
      tags: this.options.tags,
      time: Math.floor(Date.now() / 1000),
    });
    const line = model.format === "jsonl" ? this.toJson?.(record) : record;
    const isTaken = line !== undefined && model.writer.append(line);
    this.options.metrics.requestLogCount.increment([spec.name, isTaken ? "OK" : "RESOURCE_EXHAUSTED"]);
  }

  /** Messages with descriptors take time to load: only for logs that need them. */
  private async loadJson(): Promise<void> {
    if (this.toJson !== undefined) return;
    this.toJson = (await import("./prediction-log-json.js")).predictionLogLine;
  }

  /** Writes what is left; requests that are answered from now on are not logged. */
  async close(): Promise<void> {
    const models = this.models;
    this.models = new Map();
    await Promise.all([...models.values()].map(({ writer }) => writer.close()));
  }
}

function checked(
  name: string,
  { logCollectorConfig, samplingConfig }: LoggingConfig,
): { readonly prefix: string; readonly type: string; readonly samplingRate: number } {
  const prefix = logCollectorConfig?.filenamePrefix ?? "";
  const type = logCollectorConfig?.type ?? "";
  const samplingRate = samplingConfig?.samplingRate ?? 0;
  if (!isAbsolute(prefix)) {
    throw invalidArgument(`logging_config of model ${name} needs an absolute filename_prefix; got '${prefix}'`);
  }
  if (!formats.has(type)) {
    throw invalidArgument(
      `logging_config of model ${name} has the type '${type}', which is neither tfrecord nor jsonl`,
    );
  }
  if (!(samplingRate >= 0 && samplingRate <= 1)) {
    throw invalidArgument(
      `logging_config of model ${name} has a sampling_rate of ${samplingRate}, not between 0 and 1`,
    );
  }
  return { prefix, type, samplingRate };
}
