import { invalidArgument } from "../../core/status-error.js";

/** A job for an engine that starts the same container several times and tells each its number. */
export interface ManifestOptions {
  /** The job's name: small letters, digits and hyphens. */
  readonly name: string;
  /** The container's image, with `tureen` as its program. */
  readonly image: string;
  /** How many parts the job has. */
  readonly shards: number;
  /** How many of them run at a time; all unless said. */
  readonly parallelism?: number;
  /** The arguments of `tureen batch`, without the number of parts. */
  readonly args: readonly string[];
}

/** What manifests there are. */
export type ManifestKind = "kubernetes" | "cloud-run";

/** Tries of a part before it counts as failed. */
const retries = 4;
/** The exit code by which `tureen batch` says that trying again is in vain. */
const hopelessExit = 42;

/**
 * The manifest of a job whose parts are the shards of one batch prediction, as JSON, which is YAML, too: `kubectl apply -f -` and
 * `gcloud run jobs replace -` take it as it is.
 *
 * Kubernetes: an Indexed Job (batch/v1, Kubernetes 1.33 or newer for its back-off per index): a part whose input or model is broken fails by
 * itself at once, others are tried again. Cloud Run: a job of as many tasks. INVALID_ARGUMENT for a name or numbers that these refuse.
 */
export function batchManifest(kind: ManifestKind, options: ManifestOptions): object {
  const { name, image, shards, parallelism = shards, args } = options;
  if (!/^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/.test(name)) {
    throw invalidArgument(`${name} is no job name: small letters, digits and hyphens, at most 49.`);
  }
  if (!(parallelism >= 1 && parallelism <= shards)) {
    throw invalidArgument(`The parallelism has to be from 1 to the number of parts, ${shards}, not ${parallelism}.`);
  }
  const command = ["batch", ...args, `--num-shards=${shards}`];
  return kind === "kubernetes"
    ? kubernetesJob(name, image, shards, parallelism, command)
    : cloudRunJob(name, image, shards, parallelism, command);
}

function kubernetesJob(
  name: string,
  image: string,
  completions: number,
  parallelism: number,
  args: readonly string[],
): object {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels: { "app.kubernetes.io/name": "tureen-batch" } },
    spec: {
      completionMode: "Indexed",
      completions,
      parallelism,
      backoffLimitPerIndex: retries,
      maxFailedIndexes: completions,
      podFailurePolicy: {
        rules: [
          { action: "FailIndex", onExitCodes: { containerName: "batch", operator: "In", values: [hopelessExit] } },
          // A node that is drained is no fault of the part's.
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        ],
      },
      template: {
        metadata: { labels: { "app.kubernetes.io/name": "tureen-batch" } },
        spec: {
          restartPolicy: "Never",
          containers: [
            { name: "batch", image, command: ["tureen"], args, resources: { requests: { cpu: "1", memory: "512Mi" } } },
          ],
        },
      },
    },
  };
}

function cloudRunJob(
  name: string,
  image: string,
  taskCount: number,
  parallelism: number,
  args: readonly string[],
): object {
  return {
    apiVersion: "run.googleapis.com/v1",
    kind: "Job",
    metadata: { name },
    spec: {
      template: {
        spec: {
          taskCount,
          parallelism,
          template: {
            spec: {
              maxRetries: retries,
              containers: [{ image, command: ["tureen"], args, resources: { limits: { cpu: "1", memory: "512Mi" } } }],
            },
          },
        },
      },
    },
  };
}
