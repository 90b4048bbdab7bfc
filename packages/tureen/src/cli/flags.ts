/** A flag's value. */
export type FlagValue = string | number | boolean;

/** A flag as TensorFlow's parser knows it. */
export interface Flag {
  readonly name: string;
  readonly type: "int32" | "int64" | "bool" | "string" | "float";
  readonly default: FlagValue;
  readonly usage: string;
}

/** What a command line came to. */
export interface ParsedFlags {
  readonly values: ReadonlyMap<string, FlagValue>;
  /** Flags that the command line sets. */
  readonly given: ReadonlySet<string>;
  /** Arguments that no flag takes, in order. */
  readonly unknown: readonly string[];
  /** One line for every value that a flag cannot take. */
  readonly errors: readonly string[];
  /** Whether the program may start: no bad value, and no `--help` before other unknown arguments. */
  readonly ok: boolean;
}

const integerPattern = /^[ \t\n\v\f\r]*[+-]?[0-9]+$/;
const floatPattern = /^[ \t\n\v\f\r]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/**
 * Parses a command line as tensorflow::Flags does (core/util/command_line_flags.cc).
 *
 * Only `--name=value`; booleans also as `--name`, and as `=true` or `=false` but nothing else. A text that begins with the name of a boolean
 * flag belongs to that flag: `--enable_batchingx` is a bad value, not an unknown argument. After `--` everything is unknown.
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): ParsedFlags {
  const values = new Map<string, FlagValue>(flags.map((flag) => [flag.name, flag.default]));
  const given = new Set<string>();
  const unknown: string[] = [];
  const errors: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") {
      unknown.push(...args.slice(i));
      break;
    }
    const flag = flags.find((candidate) => takes(candidate, arg));
    if (flag === undefined) {
      unknown.push(arg);
      continue;
    }
    const rest = arg.slice(2 + flag.name.length);
    const value = flag.type === "bool" ? booleanOf(rest) : numberOrText(flag, rest.slice(1));
    if (value === undefined) {
      const text = flag.type === "bool" ? rest : rest.slice(1);
      errors.push(`Couldn't interpret value ${text} for flag ${flag.name}.`);
    } else {
      values.set(flag.name, value);
      given.add(flag.name);
    }
  }
  return { values, given, unknown, errors, ok: errors.length === 0 && unknown[0] !== "--help" };
}

function takes(flag: Flag, arg: string): boolean {
  return arg.startsWith(flag.type === "bool" ? `--${flag.name}` : `--${flag.name}=`);
}

function booleanOf(rest: string): boolean | undefined {
  if (rest === "" || rest === "=true") return true;
  return rest === "=false" ? false : undefined;
}

function numberOrText(flag: Flag, text: string): FlagValue | undefined {
  switch (flag.type) {
    case "string":
      return text;
    case "float":
      return floatPattern.test(text) ? Number(text) : undefined;
    default:
      return integerPattern.test(text) ? Number(text) : undefined;
  }
}

/** The usage text, laid out as tensorflow::Flags::Usage does. */
export function usageText(command: string, flags: readonly Flag[]): string {
  const lines = flags.map((flag) => {
    const shown = `--${flag.name}=${displayed(flag)}`;
    return `\t${shown.padEnd(33)}\t${flag.type}\t${flag.usage}\n`;
  });
  return `usage: ${command}\nFlags:\n${lines.join("")}`;
}

function displayed(flag: Flag): string {
  if (flag.type === "string") return `"${flag.default}"`;
  return flag.type === "float" ? Number(flag.default).toFixed(6) : String(flag.default);
}

/** The flag that an unknown argument most likely means, if any is near enough. */
export function nearestFlag(arg: string, flags: readonly Flag[]): Flag | undefined {
  const name = arg.replace(/^-+/, "").replace(/=.*$/s, "").replaceAll("-", "_").toLowerCase();
  if (name === "") return undefined;
  let best: Flag | undefined;
  // A third of the letters and one more may be wrong; beyond that it is another word.
  let bestDistance = Math.floor(name.length / 3) + 2;
  for (const flag of flags) {
    const distance = editDistance(name, flag.name);
    if (distance < bestDistance) [best, bestDistance] = [flag, distance];
  }
  return best;
}

/** How many letters have to be put in, left out or exchanged to get from one word to the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost));
    }
    row = next;
  }
  return row[b.length]!;
}
