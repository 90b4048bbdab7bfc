import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lineLog, type ModelServerOptions } from "../serving/index.js";
import { parseFlags } from "./flags.js";
import { modelServerFlags, ownFlags } from "./model-server-flags.js";
import { serverOptions } from "./server-options.js";

let folder: string;
const lines: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tureen-options-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, `${lines.length}-${text.length}.pbtxt`);
  writeFileSync(path, text);
  return path;
}

async function options(...args: string[]): Promise<ModelServerOptions> {
  const parsed = parseFlags(args, [...modelServerFlags, ...ownFlags]);
  expect(parsed.errors).toEqual([]);
  return serverOptions(
    parsed.values,
    lineLog((line) => lines.push(line)),
  );
}

const base = "--model_base_path=/m";

describe("serverOptions", () => {
  // Texts and order: TensorFlow Serving's model_servers/server.cc.
  it.each([
    [[], "Both server_options.model_base_path and server_options.model_config_file are empty!"],
    [["--port=0", base], "At least one of server_options.grpc_port or server_options.grpc_socket_path must be set."],
    [["--port=0"], "At least one of server_options.grpc_port or server_options.grpc_socket_path must be set."],
    [
      ["--use_alts_credentials", "--ssl_config_file=/x", base],
      "Either use_alts_credentials must be false or ssl_config_file must be empty.",
    ],
    [
      ["--batching_parameters_file=/x", base],
      "server_options.batching_parameters_file is set without setting server_options.enable_batching to true.",
    ],
    [
      [base, ...["session", "intra_op", "inter_op"].map((kind) => `--tensorflow_${kind}_parallelism=1`)],
      "Either configure server_options.tensorflow_session_parallelism or (server_options.tensorflow_intra_op_parallelism, server_options.tensorflow_inter_op_parallelism) separately. You cannot configure all.",
    ],
    [["--grpc_channel_arguments=grpc.x", base], "grpc_channel_arguments: 'grpc.x' is not of the form key=value"],
    [["--model_config_file=/no/such/file"], "/no/such/file; No such file or directory"],
  ])("refuses %j", async (args, message) => {
    await expect(options(...args)).rejects.toThrow(message);
  });

  it("says where a text-format file is wrong", async () => {
    const path = file("model_config_list { config { nam: 'x' } }");
    await expect(options(`--model_config_file=${path}`)).rejects.toThrow(`Invalid protobuf file: '${path}'`);
    expect(lines.join("")).toContain("Error parsing text-format tensorflow.serving.ModelServerConfig: ");
  });

  it("turns flags into options", async () => {
    const batching = file("max_batch_size { value: 32 } allowed_batch_sizes: 32");
    const monitoring = file('prometheus_config: { enable: true, path: "/here" }');
    const given = await options(
      base,
      "--model_name=m",
      "--rest_api_port=8501",
      "--enable_batching",
      `--batching_parameters_file=${batching}`,
      `--monitoring_config_file=${monitoring}`,
      "--saved_model_tags=serve,gpu",
      "--grpc_channel_arguments=grpc.max_connection_age_ms=2000,grpc.lb_policy_name=grpclb",
      "--drain_grace_seconds=3",
    );
    expect(given).toMatchObject({
      port: 8500,
      restApiPort: 8501,
      prometheusPath: "/here",
      savedModelTags: ["serve", "gpu"],
      drainGraceMs: 3000,
      batching: { maxBatchSize: 32n, allowedBatchSizes: [32n] },
    });
    expect([...given.grpcChannelArguments!]).toEqual([
      ["grpc.max_connection_age_ms", 2000],
      ["grpc.lb_policy_name", "grpclb"],
    ]);
    expect(
      (await options(base, `--monitoring_config_file=${file("prometheus_config { enable: true }")}`)).prometheusPath,
    ).toBe("/monitoring/prometheus/metrics");
    expect((await options(base, `--monitoring_config_file=${file("")}`)).prometheusPath).toBeUndefined();
  });

  it("turns flags that TensorFlow Serving does not have into options", async () => {
    const ssl = file('server_key: "k" server_cert: "c"');
    const given = await options(
      "--model_folders=/a,/b",
      "--model_cache_dir=/var/cache/models",
      "--lazy_loading",
      "--strict_readiness",
      "--feature_drift_sampling_rate=0.25",
      "--grpc_direct_calls=false",
      "--memory_limit_mb=2",
      "--exit_on_load_failure",
      "--enable_model_management",
      "--management_port=8502",
      "--management_host=::",
      "--access_file=/access.json",
      "--max_request_bytes=1000",
      "--max_concurrent_requests=4",
      "--max_queued_requests=8",
      "--rest_api_cors_origins=https://a,https://b",
      `--rest_api_ssl_config_file=${ssl}`,
      "--request_log_records_per_file=10",
      "--log_requests=failures",
      "--enable_session_service",
      "--predict_route=/invocations",
      "--health_route=/ping",
      "--rest_api_compress_responses",
      "--rest_api_timeout_in_ms=7",
      "--enable_per_model_batching_parameters",
      "--num_load_threads=3",
      "--num_request_iterations_for_warmup=2",
    );
    expect(given).toMatchObject({
      modelFolders: ["/a", "/b"],
      modelCacheDir: "/var/cache/models",
      lazyLoading: true,
      strictReadiness: true,
      featureDriftSamplingRate: 0.25,
      grpcDirectCalls: false,
      memoryLimitBytes: 2 * 1024 * 1024,
      exitOnLoadFailure: true,
      enableModelManagement: true,
      managementPort: 8502,
      managementHost: "::",
      accessFile: "/access.json",
      maxRequestBytes: 1000,
      maxConcurrentRequests: 4,
      maxQueuedRequests: 8,
      corsOrigins: ["https://a", "https://b"],
      restSsl: { serverKey: "k", serverCert: "c" },
      requestLogRecordsPerFile: 10,
      logRequests: "failures",
      enableSessionService: true,
      platformRoutes: { predict: "/invocations", health: "/ping", model: "default" },
      restApiCompressResponses: true,
      restApiTimeoutInMs: 7,
      perModelBatching: true,
      numLoadThreads: 3,
      numRequestIterationsForWarmup: 2,
    });
    expect(given.config).toBeUndefined();
    const limits = ["--engine_workers=0", "--loop_iteration_limit=5", "--tensor_limit_mb=3", "--warm_up_on_load=false"];
    expect(await options(base, ...limits)).toMatchObject({
      engineWorkers: 0,
      loopLimit: 5,
      tensorLimitBytes: 3 * 2 ** 20,
      warmUpOnLoad: false,
    });
    expect(await options(base, "--loop_iteration_limit=0", "--tensor_limit_mb=0")).toMatchObject({
      loopLimit: Number.POSITIVE_INFINITY,
      tensorLimitBytes: Number.POSITIVE_INFINITY,
      warmUpOnLoad: true,
    });
    // One for each processor, as the model's weights allow.
    expect(await options(base)).not.toHaveProperty("engineWorkers");
    for (const threads of ["--tensorflow_session_parallelism=3", "--tensorflow_inter_op_parallelism=3"]) {
      expect((await options(base, threads)).engineWorkers).toBe(3);
      expect((await options(base, threads, "--engine_workers=1")).engineWorkers).toBe(1);
    }
    expect(await options(base, "--tensorflow_intra_op_parallelism=3")).not.toHaveProperty("engineWorkers");
    expect(await options(base)).toMatchObject({
      managementPort: false,
      enableModelManagement: false,
      logRequests: "none",
    });
    await expect(options(base, "--port=70000")).rejects.toThrow("--port must be from 0 to 65535, not 70000");
    await expect(options(base, "--rest_api_port=-1")).rejects.toThrow(
      "--rest_api_port must be from 0 to 65535, not -1",
    );
    await expect(options(base, "--health_route=ping")).rejects.toThrow("the route 'ping' must begin with a slash");
    await expect(options(base, "--log_requests=some")).rejects.toThrow("must be none, failures or all, not 'some'");
  });

  it("takes port 0 for none, or for one that is free where it is told so", async () => {
    const values = (...args: string[]) => parseFlags(args, [...modelServerFlags, ...ownFlags]).values;
    const log = lineLog((line) => lines.push(line));
    const none = { port: false, restApiPort: false, managementPort: false };
    expect(await options(base, "--port=0", "--grpc_socket_path=/s", "--rest_api_port=0")).toMatchObject(none);
    const free = new Set(["port", "rest_api_port", "management_port"]);
    const ports = { port: 0, restApiPort: 0, managementPort: 0 };
    expect(await serverOptions(values(base, "--port=0"), log, free)).toMatchObject(ports);
    expect(await serverOptions(values(base, "--port=7", "--rest_api_port=8"), log, free)).toMatchObject({
      port: 7,
      restApiPort: 8,
    });
  });

  it("keeps the server up without REST where both ports are the same", async () => {
    expect((await options(base, "--rest_api_port=8500")).restApiPort).toBe(false);
    expect(lines.at(-1)).toContain("server_options.http_port cannot be same as grpc_port.");
  });
});
