import type { Command } from "commander";

/** What shells and argparse, saved_model_cli's parser, give for wrong arguments; 1 is for work that failed. */
const usageExitCode = 2;

/**
 * Has a command and those below it tell of wrong arguments in one line, `tureen train: unknown option '--stpes' (did you mean --steps?)`, with exit
 * code 2.
 *
 * Commands that have words of their own keep them: call it before they are added.
 */
export function withUsageErrors(command: Command, above = ""): Command {
  const path = `${above}${command.name()}`;
  command.configureOutput({
    outputError: (text, write) => write(`${usageError(path, text)}\n`),
  });
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageExitCode));
  for (const child of command.commands) withUsageErrors(child, `${path} `);
  return command;
}

/** commander's message, `error: …` and perhaps a line with a likely name, as one line. */
function usageError(path: string, text: string): string {
  const [said = "", likely] = text.trimEnd().split("\n");
  const what = said
    .replace(/^error: /, "")
    .replace(/ is invalid\. It (is|has) /, " is invalid: it $1 ")
    .replace(/\.$/, "");
  const hint = likely === undefined ? `see ${path} --help` : likely.replace(/^\(?Did/, "did").replace(/\)$/, "");
  return `${path}: ${what} (${hint})`;
}
