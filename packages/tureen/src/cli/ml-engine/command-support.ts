import { type Command, Option } from "commander";
import { toStatusError } from "../../core/status-error.js";

/** Adds gcloud's flags that name the instances. */
export function instanceOptions(command: Command): Command {
  return command
    .option("--json-instances <file>", "instances in JSON, one a line; - is stdin")
    .option("--text-instances <file>", "instances in UTF-8 text, one a line; - is stdin")
    .option("--json-request <file>", "the body of a request; - is stdin")
    .option("--signature-name <name>", "the signature; the only one, or serving_default, unless said")
    .addOption(new Option("--format <format>", "how predictions are printed").choices(["table", "json"]));
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
