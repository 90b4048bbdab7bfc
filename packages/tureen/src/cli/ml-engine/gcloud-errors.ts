import type { Command } from "commander";

/** gcloud's exit code for wrong arguments. */
const usageExitCode = 2;

type Phrase = (...parts: string[]) => string;

/** What commander says, and how gcloud says it. */
const phrases: readonly (readonly [RegExp, Phrase])[] = [
  [
    /^error: unknown option '(.+?)'(?:\n\(Did you mean (.+?)\?\))?/,
    (flag, likely) => `unrecognized arguments: ${flag}${likely === undefined ? "" : ` (did you mean '${likely}'?)`}`,
  ],
  [/^error: required option '(--[\w-]+).*' not specified/, (flag) => `argument ${flag}: Must be specified.`],
  [/^error: option '(--[\w-]+).*' argument missing/, (flag) => `argument ${flag}: expected one argument`],
  [
    /^error: option '(--[\w-]+).*' argument '(.*)' is invalid\. Allowed choices are (.*)\./,
    (flag, value, choices) => `argument ${flag}: Invalid choice: '${value}'. Valid choices are [${choices}].`,
  ],
  [
    /^error: option '(--[\w-]+).*' argument '(.*)' is invalid\. (.*)/,
    (flag, value, why) => `argument ${flag}: Bad value [${value}]: ${why}`,
  ],
  [/^error: missing required argument '(.+)'/, (name) => `argument ${name.toUpperCase()}: Must be specified.`],
  [
    /^error: unknown command '(.+?)'(?:\n\(Did you mean (.+?)\?\))?/,
    (name, likely) => `Invalid choice: '${name}'.${likely === undefined ? "" : ` Did you mean '${likely}'?`}`,
  ],
  [
    /^error: too many arguments.* Expected (\d+) .* but got (\d+)/,
    (most, got) => `unrecognized arguments: ${got} given, ${most} taken`,
  ],
];

/** A message of commander's in gcloud's words. */
function inGcloudsWords(text: string): string {
  for (const [pattern, phrase] of phrases) {
    const match = pattern.exec(text);
    if (match !== null) return phrase(...match.slice(1));
  }
  return text.replace(/^error: /, "").trimEnd();
}

/**
 * Has a command and those below it tell of wrong arguments as gcloud does: `ERROR: (tureen.ml-engine.predict) unrecognized arguments: --modle (did
 * you mean '--model'?)`, the way to the help text, and exit code 2.
 */
export function withGcloudErrors(command: Command, above = "tureen"): Command {
  const path = `${above}.${command.name()}`;
  command.configureOutput({
    outputError(text, write) {
      write(`ERROR: (${path}) ${inGcloudsWords(text)}\n`);
      write(`For detailed information on this command and its flags, run:\n  ${path.replaceAll(".", " ")} --help\n`);
    },
  });
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageExitCode));
  for (const child of command.commands) withGcloudErrors(child, path);
  return command;
}
