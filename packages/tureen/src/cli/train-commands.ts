import { Command } from "commander";
import { fail } from "./failure-text.js";
import { count } from "./option-values.js";
import type { EvaluateFlags, ExportFlags, TrainFlags } from "./train-verbs.js";

const stackPlaces = 60;

/** Runs a verb; an error is one line and exit code 1. */
async function run(verb: string, work: () => Promise<void>): Promise<void> {
  // Ten places, Node's default, rarely reach from the failure to the user's module.
  Error.stackTraceLimit = stackPlaces;
  try {
    await work();
  } catch (error) {
    fail(verb, error);
  }
}

const fileArgument = "module that exports the estimator: .js, .mjs, or .ts where tsx is installed";

function exportOptions(command: Command): Command {
  return command
    .option("--as-text", "write saved_model.pbtxt instead of saved_model.pb")
    .option("--exports-to-keep <n>", "delete older exports of this folder, those that are served excepted", count)
    .option(
      "--warmup-requests <n>",
      "put this many requests for each signature, of the evaluation's data, into the export",
      count,
    )
    .option("--feature-statistics", "put statistics of the training data's features into the export");
}

/** `tureen train FILE`. */
export function trainCommand(): Command {
  const command = new Command("train")
    .description(
      "Train the estimator of a module; with an evalSpec evaluate its checkpoints, with --export_dir export it.",
    )
    .argument("<file>", fileArgument)
    .option("--steps <n>", "train for this many more steps, without evaluation", count)
    .option("--max-steps <n>", "train up to this global step, instead of what trainSpec says", count)
    .option("--model-dir <dir>", "folder of checkpoints and events, given to the module's functions")
    .option("--no-evaluate", "do not evaluate, even if the module has an evalSpec")
    .option("--no-plot", "no plot of the loss at the end")
    .option("--quiet", "no progress line")
    .option("--export-dir <dir>", "export for serving when training ends, as <dir>/<seconds>");
  return exportOptions(command).action((file: string, flags: TrainFlags) =>
    run("train", async () => (await import("./train-verbs.js")).train(file, flags)),
  );
}

/** `tureen evaluate FILE`. */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("Evaluate the estimator of a module on its evalSpec's data, and print the metrics.")
    .argument("<file>", fileArgument)
    .option("--steps <n>", "evaluate this many batches, instead of what evalSpec says", count)
    .option("--model-dir <dir>", "folder of checkpoints and events, given to the module's functions")
    .option("--checkpoint-path <prefix>", "the checkpoint; the latest unless said")
    .option("--name <name>", "tells evaluations apart: events go to eval_<name>")
    .option("--json", "metrics as one JSON object")
    .action((file: string, flags: EvaluateFlags) =>
      run("evaluate", async () => (await import("./train-verbs.js")).evaluate(file, flags)),
    );
}

/** `tureen export FILE`. */
export function exportCommand(): Command {
  const command = new Command("export")
    .description("Export the estimator of a module for serving, and print the folder.")
    .argument("<file>", fileArgument)
    .requiredOption("--export-dir <dir>", "the base folder: the export is <dir>/<seconds>")
    .option("--model-dir <dir>", "folder of checkpoints, given to the module's functions")
    .option("--checkpoint-path <prefix>", "the checkpoint; the latest unless said");
  return exportOptions(command).action((file: string, flags: ExportFlags) =>
    run("export", async () => (await import("./train-verbs.js")).exportModel(file, flags)),
  );
}

/** `tureen exports gc DIR` and `tureen exports drift EXPORT LOG…`. */
export function exportsCommand(): Command {
  const gc = new Command("gc")
    .description(
      "Delete old exports: all versions but the newest, those that a server here has loaded, and unfinished ones.",
    )
    .argument("<dir>", "base folder of the exports")
    .requiredOption("--keep <n>", "how many of the newest stay", count)
    .option("--dry-run", "only say what would be deleted")
    .action((directory: string, flags: { readonly keep: number; readonly dryRun?: true }) =>
      run("exports gc", async () => (await import("./exports-gc.js")).exportsGc(directory, flags)),
    );
  const drift = new Command("drift")
    .description(
      "Compare logged requests with the feature statistics of an export; exit code 3 where one has moved beyond --limit.",
    )
    .argument("<export>", "folder of the version, exported with --feature_statistics")
    .argument("<log...>", "TFRecord files of requests, as a server logs them")
    .option("--limit <index>", "the population stability index that is too much", Number, 0.25)
    .option("--json", "the report as one JSON object")
    .action((directory: string, logs: readonly string[], flags: { readonly limit: number; readonly json?: true }) =>
      run("exports drift", async () => (await import("./exports-drift.js")).exportsDrift(directory, logs, flags)),
    );
  return new Command("exports").description("Look after folders of exports.").addCommand(gc).addCommand(drift);
}
