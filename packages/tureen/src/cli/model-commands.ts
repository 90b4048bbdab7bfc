import { Command } from "commander";
import { withLocalFolder } from "../core/object-store/local-folder.js";
import { fail } from "./failure-text.js";
import type { RunModelOptions } from "./run-model.js";
import { withVersionHint } from "./version-hint.js";

/** Prints what `make` gives of a model's folder; an error as one line and an exit code. */
async function print(
  command: string,
  directory: string,
  make: (folder: string) => Promise<string>,
  failureExit = 1,
): Promise<void> {
  try {
    process.stdout.write(await withLocalFolder(directory, make));
  } catch (error) {
    fail(command, withVersionHint(error, directory), failureExit);
  }
}

const tagList = (text: string): string[] => text.split(",");

/** `tureen show`: signatures, or with `--plan` how each of them runs. */
export function showCommand(): Command {
  return new Command("show")
    .description("List a SavedModel's signatures, as saved_model_cli show --all does.")
    .argument("<dir>", "folder of the SavedModel, also s3://… and gs://…")
    .option("--all", "everything, which is what is shown anyway")
    .option("--plan", "the steps of each signature, and where and why they run there")
    .option("--tags <tag,...>", "the meta graph whose plans to show (serve)", tagList)
    .action((directory: string, { plan, tags }: { plan?: true; tags?: string[] }) =>
      print("show", directory, async (folder) =>
        plan === true
          ? (await import("./show-plan.js")).showPlan(folder, tags)
          : (await import("./show-model.js")).showModel(folder),
      ),
    );
}

/** `tureen run`: one run of a signature on values of the command line or of files. */
export function runCommand(): Command {
  return new Command("run")
    .description("Run a signature of a SavedModel once, as saved_model_cli run does.")
    .argument("<dir>", "folder of the SavedModel, also s3://… and gs://…")
    .option("-s, --signature <name>", "the signature; the only one, or serving_default, unless said")
    .option("--tags <tag,...>", "the meta graph to load (serve)", tagList)
    .option("--inputs <file>", "a .json or .npz file of all inputs by name, or 'x=x.npy;y=all.npz[y];z=z.json'")
    .option("--input-exprs <exprs>", "values as JSON: 'x=[[1,2]];words=[\"a\"]'")
    .option("--input-examples <examples>", 'tf.Examples as JSON: \'inputs=[{"age":[22],"score":[0.5]}]\'')
    .option("--json", "results as one JSON object")
    .action((directory: string, options: RunModelOptions) =>
      print("run", directory, async (folder) => (await import("./run-model.js")).runModel(folder, options)),
    );
}

/** A model that could not be looked at is something else than one with findings: grep's code for the one beside the other. */
const scanFailureExit = 2;

/** `tureen scan`: what to know before a model is run. Exit code 1 where there is something. */
export function scanCommand(): Command {
  return new Command("scan")
    .description(
      "Look through a SavedModel without running it: ops that touch files or have no kernel, sizes out of proportion. Exit code 1 where there is something.",
    )
    .argument("<dir>", "folder of the SavedModel, also s3://… and gs://…")
    .option("--json", "what was found as JSON")
    .action((directory: string, { json }: { json?: true }) =>
      print(
        "scan",
        directory,
        async (folder) => {
          const { text, clean } = await (await import("./scan-model.js")).scanModel(folder, json === true);
          if (!clean) process.exitCode = 1;
          return text;
        },
        scanFailureExit,
      ),
    );
}
