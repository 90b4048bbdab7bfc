import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { isObjectUri } from "../core/object-store/object-uri.js";
import { packageVersion } from "../core/package-version.js";
import { batchCommand } from "./batch-command.js";
import { batchWorkerCommand } from "./batch-worker-command.js";
import { cloudCommand } from "./cloud-command.js";
import { asDeclared } from "./flag-names.js";
import type { Flag, FlagValue } from "./flags.js";
import { mlEngineCommand } from "./ml-engine/command.js";
import { runCommand, scanCommand, showCommand } from "./model-commands.js";
import { modelServerFlags, ownFlags } from "./model-server-flags.js";
import { evaluateCommand, exportCommand, exportsCommand, trainCommand } from "./train-commands.js";

/** The value that a friendly option's text stands for. */
function optionValue(flag: Flag): (text: string) => FlagValue {
  if (flag.type === "string") return (text) => text;
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("It is not a number.");
    return value;
  };
}

function serveCommand(): Command {
  const command = new Command("serve").description(
    "Serve SavedModels over gRPC and REST, as tensorflow_model_server does.",
  );
  const flags = [...modelServerFlags, ...ownFlags].filter(({ name }) => name !== "version");
  for (const flag of flags) {
    const name = `--${flag.name.replaceAll("_", "-")}`;
    if (flag.type !== "bool") command.option(`${name} <${flag.type}>`, flag.usage, optionValue(flag));
    else if (flag.default === true) command.option(`--no-${name.slice(2)}`, `Not: ${flag.usage}`);
    else command.option(name, flag.usage);
  }
  return command.action(async (options: Readonly<Record<string, FlagValue | undefined>>) => {
    const values = new Map<string, FlagValue>(flags.map((flag) => [flag.name, flag.default]));
    const given = new Set<string>();
    // Here, unlike for TensorFlow Serving's flags, a port that somebody sets to 0 is any that is free.
    const freePorts = new Set<string>();
    for (const flag of flags) {
      const value = options[camelCase(flag.name)];
      if (value === 0 && flag.name.endsWith("port")) freePorts.add(flag.name);
      if (value === undefined || value === flag.default) continue;
      // The friendly form takes a relative folder; the wire configuration knows absolute ones only.
      const isFolder = flag.name === "model_base_path" && !isObjectUri(String(value));
      values.set(flag.name, isFolder ? resolve(String(value)) : value);
      given.add(flag.name);
    }
    const { serve } = await import("./run-model-server.js");
    const exitCode = await serve(values, given, freePorts);
    if (exitCode !== undefined) process.exitCode = exitCode;
  });
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

const program = new Command("tureen")
  .description("Train, export and serve TensorFlow models.")
  .version(packageVersion());
program.addCommand(trainCommand());
program.addCommand(evaluateCommand());
program.addCommand(exportCommand());
program.addCommand(exportsCommand());
program.addCommand(serveCommand());
program.addCommand(showCommand());
program.addCommand(runCommand());
program.addCommand(scanCommand());
program.addCommand(batchCommand());
program.addCommand(batchWorkerCommand());
program.addCommand(cloudCommand());
program.addCommand(mlEngineCommand());
await program.parseAsync(asDeclared(program, process.argv.slice(2)), { from: "user" });
