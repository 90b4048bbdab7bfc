/**
 * Arguments with the names of flags as the commands know them: `--max_steps` is `--max-steps`, as TensorFlow's users write it.
 *
 * Values and what comes after `--` stay as they are.
 */
export function withDashes(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, i) =>
    end >= 0 && i >= end ? arg : arg.replace(/^--[A-Za-z][A-Za-z0-9_-]*/, (name) => name.replaceAll("_", "-")),
  );
}
