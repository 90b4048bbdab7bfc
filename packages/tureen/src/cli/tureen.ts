import { Command } from "commander";
import { packageVersion } from "../core/package-version.js";
import { batchCommand } from "./batch-command.js";
import { batchWorkerCommand } from "./batch-worker-command.js";
import { cloudCommand } from "./cloud-command.js";
import { asDeclared } from "./flag-names.js";
import { mlEngineCommand } from "./ml-engine/command.js";
import { runCommand, scanCommand, showCommand } from "./model-commands.js";
import { serveCommand } from "./serve-command.js";
import { evaluateCommand, exportCommand, exportsCommand, trainCommand } from "./train-commands.js";
import { withUsageErrors } from "./usage-errors.js";

const program = withUsageErrors(
  new Command("tureen")
    .description("Train, export and serve TensorFlow models.")
    .version(packageVersion())
    .commandsGroup("Training:")
    .addCommand(trainCommand())
    .addCommand(evaluateCommand())
    .addCommand(exportCommand())
    .addCommand(exportsCommand())
    .commandsGroup("SavedModels:")
    .addCommand(serveCommand())
    .addCommand(runCommand())
    .addCommand(showCommand())
    .addCommand(scanCommand())
    .addCommand(batchCommand())
    .commandsGroup("Cloud ML Engine's API:")
    .addCommand(cloudCommand())
    .addCommand(batchWorkerCommand())
    .addHelpText(
      "after",
      "\nFlags may be spelled with - or _: --model-dir is --model_dir. `tureen COMMAND --help` tells of a command.",
    ),
).addCommand(mlEngineCommand());
await program.parseAsync(asDeclared(program, process.argv.slice(2)), { from: "user" });
