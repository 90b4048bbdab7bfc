import type { Command } from "commander";

/**
 * Arguments with the names of flags as the commands declare them: `--max_steps` and `--max-steps` are the same, as TensorFlow's users write
 * the one and gcloud's the other.
 *
 * Values, unknown flags and what comes after `--` stay as they are.
 */
export function asDeclared(program: Command, args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const names = declaredNames(program, args);
  return args.map((arg, i) => {
    if (end >= 0 && i >= end) return arg;
    return arg.replace(/^--[A-Za-z][A-Za-z0-9_-]*/, (name) => names.get(plain(name)) ?? name);
  });
}

/** The long flags of the command that the arguments name and of those above it, by their names without a spelling. */
function declaredNames(program: Command, args: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  let command: Command | undefined = program;
  const note = ({ options }: Command): void => {
    for (const { long } of options) if (typeof long === "string") names.set(plain(long), long);
  };
  note(program);
  for (const arg of args) {
    const next: Command | undefined = command.commands.find(
      (candidate) => candidate.name() === arg || candidate.aliases().includes(arg),
    );
    if (next === undefined) continue;
    command = next;
    note(command);
  }
  return names;
}

function plain(name: string): string {
  return name.replaceAll("_", "-");
}
