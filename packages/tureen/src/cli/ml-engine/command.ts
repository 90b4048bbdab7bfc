import { Command } from "commander";
import { instanceOptions, reporting } from "./command-support.js";
import { withGcloudErrors } from "./gcloud-errors.js";
import type { LocalPredictFlags } from "./local-predict.js";
import { jobsCommand, modelsCommand, predictCommand, versionsCommand } from "./remote-commands.js";

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

/** `tureen ml-engine …`: the command line of Cloud ML Engine in gcloud's shape. */
export function mlEngineCommand(): Command {
  const command = new Command("ml-engine")
    .alias("ai-platform")
    .description("Cloud ML Engine's command line: predict, models, versions, jobs.")
    .addCommand(predictCommand())
    .addCommand(localCommand())
    .addCommand(modelsCommand())
    .addCommand(versionsCommand())
    .addCommand(jobsCommand());
  return withGcloudErrors(command);
}
