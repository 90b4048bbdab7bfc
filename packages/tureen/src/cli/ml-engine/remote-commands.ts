import { resolve } from "node:path";
import type { PredictionInput } from "@tureen/client";
import { Command, InvalidArgumentError, Option } from "commander";
import { invalidArgument } from "../../core/status-error.js";
import { instanceOptions, reporting } from "./command-support.js";
import type { RemoteFlags, VersionFlags } from "./remote.js";

type Remote = typeof import("./remote.js");

/** Adds the flags that say which server and project. */
function remote(command: Command): Command {
  return command
    .option("--endpoint <url>", "the server, http://HOST:PORT; else CLOUDSDK_API_ENDPOINT_OVERRIDES_ML")
    .option("--project <id>", "the project; else CLOUDSDK_CORE_PROJECT")
    .option("--region <region>", "noted with jobs; there is one");
}

function act<F extends RemoteFlags>(
  verb: string,
  action: (module: Remote, flags: F) => Promise<string>,
  flags: F,
): Promise<void> {
  return reporting(verb, async () => action(await import("./remote.js"), flags));
}

function labels(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [key, value] = pair.split("=");
      if (key === undefined || value === undefined) throw new InvalidArgumentError("Labels are KEY=VALUE,…");
      return [key, value] as const;
    }),
  );
}

/** `predict`. */
export function predictCommand(): Command {
  return remote(instanceOptions(new Command("predict")))
    .description("Predict with a deployed model.")
    .requiredOption("--model <name>", "the model")
    .option("--version <name>", "the version; the default one unless said")
    .action((flags) => act("predict", (module, given) => module.predictRemotely(given as never), flags as RemoteFlags));
}

/** `models create|list|describe|delete`. */
export function modelsCommand(): Command {
  const create = remote(new Command("create").argument("<model>"))
    .description("Create a model, which holds versions.")
    .option("--description <text>", "what it is")
    .option("--labels <key=value,...>", "labels", labels)
    .option("--regions <region>", "accepted, there is one")
    .option("--enable-logging", "accepted")
    .action((name: string, flags: RemoteFlags & { description?: string; labels?: Record<string, string> }) =>
      act(
        "models.create",
        async (module, { description, labels: given }) => {
          const model = await module.clientOf(flags).createModel({
            name,
            ...(description === undefined ? {} : { description }),
            ...(given === undefined ? {} : { labels: given }),
          });
          return `Created model [${model.name}].\n`;
        },
        flags,
      ),
    );
  const list = remote(new Command("list")).action((flags: RemoteFlags) =>
    act("models.list", async (module) => module.modelTable(await module.clientOf(flags).listModels()), flags),
  );
  const describe = remote(new Command("describe").argument("<model>")).action((name: string, flags: RemoteFlags) =>
    act("models.describe", async (module) => module.describe(await module.clientOf(flags).getModel(name)), flags),
  );
  const remove = remote(new Command("delete").argument("<model>")).action((name: string, flags: RemoteFlags) =>
    act(
      "models.delete",
      async (module) => {
        await module.clientOf(flags).deleteModel(name);
        return "";
      },
      flags,
    ),
  );
  return group("models", "Models.", create, list, describe, remove);
}

/** `versions create|list|describe|set-default|delete`. */
export function versionsCommand(): Command {
  type Flags = RemoteFlags & { model: string };
  type CreateFlags = Flags & VersionFlags;
  const of = (command: Command): Command => remote(command).requiredOption("--model <name>", "the model");
  const create = of(new Command("create").argument("<version>"))
    .description("Deploy a SavedModel; returns once it answers.")
    .option("--origin <dir>", "folder of the SavedModel, as the server sees it; else the configuration's deploymentUri")
    .option("--config <file>", "the version's fields as JSON or as YAML of simple mappings; flags go before them")
    .option("--async", "return at once and print the operation")
    .option("--description <text>", "what it is")
    .option("--labels <key=value,...>", "labels", labels)
    .addOption(new Option("--framework <framework>", "tensorflow, the only one").choices(["tensorflow"]))
    .option("--runtime-version <version>", "noted with the version; there is one")
    .option("--python-version <version>", "noted with the version; there is none")
    .option("--machine-type <type>", "noted with the version")
    .option("--staging-bucket <bucket>", "accepted, not needed")
    .action((name: string, flags: CreateFlags) =>
      act<CreateFlags>("versions.create", (module) => module.createVersion(name, flags), flags),
    );
  const list = of(new Command("list")).action((flags: Flags) =>
    act(
      "versions.list",
      async (module) => module.versionTable(await module.clientOf(flags).listVersions(flags.model)),
      flags,
    ),
  );
  const describe = of(new Command("describe").argument("<version>")).action((name: string, flags: Flags) =>
    act(
      "versions.describe",
      async (module) => module.describe(await module.clientOf(flags).getVersion(flags.model, name)),
      flags,
    ),
  );
  const setDefault = of(new Command("set-default").argument("<version>")).action((name: string, flags: Flags) =>
    act(
      "versions.set-default",
      async (module) => module.describe(await module.clientOf(flags).setDefaultVersion(flags.model, name)),
      flags,
    ),
  );
  const remove = of(new Command("delete").argument("<version>")).action((name: string, flags: Flags) =>
    act(
      "versions.delete",
      async (module) => {
        await module.clientOf(flags).deleteVersion(flags.model, name);
        return "";
      },
      flags,
    ),
  );
  return group("versions", "Versions of a model.", create, list, describe, setDefault, remove);
}

interface SubmitFlags extends RemoteFlags {
  readonly model?: string;
  readonly version?: string;
  readonly modelDir?: string;
  readonly dataFormat: "text" | "json" | "csv" | "tf-record" | "tf-record-gzip";
  readonly inputPaths: readonly string[];
  readonly outputPath: string;
  readonly batchSize?: string;
  readonly signatureName?: string;
  readonly maxWorkerCount?: string;
  readonly runtimeVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** `jobs submit prediction|list|describe|cancel`. */
export function jobsCommand(): Command {
  const prediction = remote(new Command("prediction").argument("<job>"))
    .description("Start a batch prediction job; returns at once.")
    .option("--model <name>", "a deployed model")
    .option("--version <name>", "its version; the default one unless said")
    .option("--model-dir <dir>", "instead: folder of a SavedModel, as the server sees it")
    .addOption(
      new Option("--data-format <format>", "how records lie in the files")
        .choices(["text", "json", "csv", "tf-record", "tf-record-gzip"])
        .makeOptionMandatory(),
    )
    .requiredOption("--input-paths <path,...>", "files, as the server sees them", (text: string) => text.split(","))
    .requiredOption("--output-path <dir>", "folder for the results, as the server sees it")
    .option("--batch-size <records>", "records that go through the model at once")
    .option("--signature-name <name>", "the signature")
    .option("--max-worker-count <n>", "workers that may be at the job at once; 10 unless said")
    .option("--labels <key=value,...>", "labels", labels)
    .option("--runtime-version <version>", "accepted, there is one")
    .action((job: string, flags: SubmitFlags) =>
      act<SubmitFlags>("jobs.submit.prediction", (module) => submit(module, job, flags), flags),
    );
  const list = remote(new Command("list")).action((flags: RemoteFlags) =>
    act("jobs.list", async (module) => module.jobTable(await module.clientOf(flags).listJobs()), flags),
  );
  const describe = remote(new Command("describe").argument("<job>")).action((name: string, flags: RemoteFlags) =>
    act("jobs.describe", async (module) => module.describe(await module.clientOf(flags).getJob(name)), flags),
  );
  const cancel = remote(new Command("cancel").argument("<job>")).action((name: string, flags: RemoteFlags) =>
    act(
      "jobs.cancel",
      async (module) => {
        await module.clientOf(flags).cancelJob(name);
        return "";
      },
      flags,
    ),
  );
  return group("jobs", "Batch prediction jobs.", group("submit", "Start a job.", prediction), list, describe, cancel);
}

async function submit(module: Remote, job: string, flags: SubmitFlags): Promise<string> {
  const { model, version, modelDir, dataFormat, inputPaths, outputPath, labels: given } = flags;
  const { batchSize, signatureName, maxWorkerCount, runtimeVersion, region } = flags;
  if ((model === undefined) === (modelDir === undefined)) {
    throw invalidArgument("Exactly one of (--model | --model-dir) must be specified.");
  }
  const input = {
    dataFormat: dataFormat.toUpperCase().replaceAll("-", "_") as PredictionInput["dataFormat"],
    inputPaths: inputPaths.map(absolute),
    outputPath: absolute(outputPath),
    ...(model === undefined ? {} : { model }),
    ...(version === undefined ? {} : { version }),
    ...(modelDir === undefined ? {} : { uri: absolute(modelDir) }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(signatureName === undefined ? {} : { signatureName }),
    ...(maxWorkerCount === undefined ? {} : { maxWorkerCount }),
    ...(runtimeVersion === undefined ? {} : { runtimeVersion }),
    ...(region === undefined ? {} : { region }),
  };
  const client = module.clientOf(flags);
  const created = await client.createPredictionJob(job, input, given === undefined ? {} : { labels: given });
  return (
    `Job [${created.jobId}] submitted successfully.\n` +
    `Your job is still active. You may view the status of your job with the command\n\n  $ tureen ml-engine jobs describe ${created.jobId}\n\n` +
    `${module.describe({ jobId: created.jobId, state: created.state })}`
  );
}

function absolute(path: string): string {
  return path.includes("://") ? path : resolve(path);
}

function group(name: string, description: string, ...commands: readonly Command[]): Command {
  const parent = new Command(name).description(description);
  for (const command of commands) parent.addCommand(command);
  return parent;
}
