import type { Command } from "commander";

/**
 * Arguments with the names of flags as the commands declare them: `--max_steps` and `--max-steps` are the same, as TensorFlow's users write
 * the one and gcloud's the other.
 *
 * Values and what comes after `--` stay as they are; an unknown flag is cut off from its value.
 */
export function asDeclared(program: Command, args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const names = declaredNames(program, args);
  return args.flatMap((arg, i) => {
    const [name, value] = [/^--[A-Za-z][A-Za-z0-9_-]*/.exec(arg)?.[0], /=.*$/s.exec(arg)?.[0]];
    if (name === undefined || (end >= 0 && i >= end)) return arg;
    const declared = names.get(plain(name));
    if (declared !== undefined) return declared + arg.slice(name.length);
    // commander finds the likely name for a flag alone, not for one with its value.
    return value === undefined ? arg : [name, value.slice(1)];
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
