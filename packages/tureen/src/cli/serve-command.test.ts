import { expect, it } from "vitest";
import { ineffectiveFlags, modelServerFlags, ownFlags } from "./model-server-flags.js";
import { serveCommand } from "./serve-command.js";
import { flagGroups, otherFlags } from "./serve-groups.js";

const flags = [...modelServerFlags, ...ownFlags];

it("shows each flag that has an effect once, in its group", () => {
  const help = serveCommand()
    .configureOutput({ getOutHelpWidth: () => 80 })
    .helpInformation();
  expect(help).not.toContain(otherFlags);
  expect(help).not.toContain("without effect");
  for (const { name } of flags) {
    const shown = help.match(new RegExp(`^ {2}--(no-)?${name.replaceAll("_", "-")}( |$)`, "gm")) ?? [];
    expect([name, shown.length]).toEqual([name, ineffectiveFlags.has(name) || name === "version" ? 0 : 1]);
  }
  for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const named = Object.values(flagGroups).flat();
  expect(named.filter((name) => !flags.some((flag) => flag.name === name))).toEqual([]);
});

it("takes booleans with a value, without one, and in the negative", () => {
  const parsed = (...args: string[]): unknown => {
    const command = serveCommand().action(() => undefined);
    return command.parse(args, { from: "user" }).opts()["enableConsole"];
  };
  expect(parsed("--enable-console=false")).toBe(false);
  expect(parsed("--enable-console=true")).toBe(true);
  expect(parsed("--enable-console")).toBe(true);
  expect(parsed("--no-enable-console")).toBe(false);
  expect(parsed()).toBeUndefined();
});
