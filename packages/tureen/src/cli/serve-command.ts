import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { isObjectUri } from "../core/object-store/object-uri.js";
import type { Flag, FlagValue } from "./flags.js";
import { ineffectiveFlags, modelServerFlags, ownFlags } from "./model-server-flags.js";
import { flagGroups, otherFlags } from "./serve-groups.js";

/** Longer terms have their text on the next line, so that the texts have room beside the others. */
const termWidth = 36;

/** `tureen serve`: tensorflow_model_server's flags in a friendlier dress: relative folders, values after a space, `-` for `_`, free ports. */
export function serveCommand(): Command {
  const command = new Command("serve")
    .description("Serve SavedModels over gRPC and REST, as tensorflow_model_server does.")
    .configureHelp({
      padWidth: () => termWidth,
      optionTerm: ({ flags }) => flags.replace(/ \[bool\]$/, ""),
      formatItem: (term, width, text, helper) => {
        const indent = " ".repeat(width + 4);
        const wrapped = helper.boxWrap(
          text,
          Math.max(helper.minWidthToWrap ?? 0, (helper.helpWidth ?? 80) - indent.length),
        );
        const first = term.length > width ? `  ${term}\n${indent}` : `  ${term.padEnd(width + 2)}`;
        return first + wrapped.replaceAll("\n", `\n${indent}`);
      },
    })
    .addHelpText(
      "after",
      "\nFlags of tensorflow_model_server that have no effect here are taken as well; tensorflow_model_server --help lists all.",
    );
  const flags = [...modelServerFlags, ...ownFlags].filter(({ name }) => name !== "version");
  for (const [group, names] of Object.entries(flagGroups)) {
    for (const name of names) addFlag(command, flags.find((flag) => flag.name === name)!, group);
  }
  const grouped = new Set(Object.values(flagGroups).flat());
  for (const flag of flags) if (!grouped.has(flag.name)) addFlag(command, flag, otherFlags);
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

function addFlag(command: Command, flag: Flag, group: string): void {
  const name = flag.name.replaceAll("_", "-");
  const add = (form: string, text: string, isShown: boolean): void => {
    const option = new Option(form, text).helpGroup(group);
    if (form.endsWith("]")) option.argParser(truth);
    else if (form.endsWith(">")) option.argParser(valueParser(flag));
    command.addOption(isShown ? option : option.hideHelp());
  };
  const isEffective = !ineffectiveFlags.has(flag.name);
  if (flag.type !== "bool") add(`--${name} <${flag.type}>`, flag.usage + defaultText(flag), isEffective);
  // As TensorFlow Serving's booleans, with or without a value.
  else add(`--${name} [bool]`, flag.usage, isEffective && flag.default === false);
  if (flag.type === "bool" && flag.default === true) add(`--no-${name}`, `Turn off: ${flag.usage}`, isEffective);
}

function defaultText({ default: value, usage }: Flag): string {
  return value === "" || value === 0 || usage.includes(String(value)) ? "" : ` (default: ${value})`;
}

/** The number or text that an option's value stands for. */
function valueParser(flag: Flag): (text: string) => FlagValue {
  if (flag.type === "string") return (text) => text;
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("It is not a number.");
    if (flag.type !== "float" && !Number.isInteger(value)) throw new InvalidArgumentError("It is no whole number.");
    return value;
  };
}

function truth(text: string): boolean {
  if (text !== "true" && text !== "false") throw new InvalidArgumentError("It is neither true nor false.");
  return text === "true";
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
