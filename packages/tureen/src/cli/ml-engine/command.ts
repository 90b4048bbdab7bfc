import { Command, Option } from "commander";
import { toStatusError } from "../../core/status-error.js";
import type { LocalPredictFlags } from "./local-predict.js";

/** Adds gcloud's flags that name the instances. */
function instanceOptions(command: Command): Command {
  return command
    .option("--json-instances <file>", "instances in JSON, one a line; - is stdin")
    .option("--text-instances <file>", "instances in UTF-8 text, one a line; - is stdin")
    .option("--json-request <file>", "the body of a request; - is stdin")
    .option("--signature-name <name>", "the signature; the only one, or serving_default, unless said")
    .addOption(new Option("--format <format>", "how predictions are printed").choices(["table", "json"]));
}

function localCommand(): Command {
  const predict = instanceOptions(new Command("predict"))
    .description("Predict with a SavedModel in a folder; no server.")
    .requiredOption("--model-dir <dir>", "folder of the SavedModel")
    .option("--framework <framework>", "tensorflow, the only one")
    .action((flags: LocalPredictFlags) =>
      reporting("local.predict", async () => {
        const { localPredict } = await import("./local-predict.js");
        return localPredict(flags);
      }),
    );
  return new Command("local").description("Work without a server.").addCommand(predict);
}

/** Prints what the action gives, or gcloud's line for a failure with exit code 1. */
export async function reporting(verb: string, action: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(await action());
  } catch (error) {
    process.stderr.write(`ERROR: (tureen.ml-engine.${verb}) ${toStatusError(error).message}\n`);
    process.exitCode = 1;
  }
}

/** `tureen ml-engine …`: the command line of Cloud ML Engine in gcloud's shape. */
export function mlEngineCommand(): Command {
  return new Command("ml-engine")
    .alias("ai-platform")
    .description("Cloud ML Engine's command line: predict, models, versions, jobs.")
    .addCommand(localCommand());
}
