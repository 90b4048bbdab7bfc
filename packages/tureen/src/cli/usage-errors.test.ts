import { Command, InvalidArgumentError } from "commander";
import { afterEach, expect, it, vi } from "vitest";
import { withUsageErrors } from "./usage-errors.js";

afterEach(() => vi.restoreAllMocks());

const number = (): number => {
  throw new InvalidArgumentError("It is no number.");
};

function answerTo(...args: string[]): [string, number] {
  let said = "";
  let code = -1;
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(process, "exit").mockImplementation((given) => {
    code = Number(given);
    throw new Error("exit");
  });
  const verb = new Command("train")
    .argument("[file]")
    .option("--steps <n>", "steps", number)
    .requiredOption("--base <b>");
  const program = withUsageErrors(new Command("tureen").addCommand(verb));
  expect(() => program.parse(args, { from: "user" })).toThrow("exit");
  return [said, code];
}

it.each([
  [["trin"], "tureen: unknown command 'trin' (did you mean train?)\n"],
  [["train", "--base", "c", "--stepz"], "tureen train: unknown option '--stepz' (did you mean --steps?)\n"],
  [["train", "--base", "c", "--qqqqqq"], "tureen train: unknown option '--qqqqqq' (see tureen train --help)\n"],
  [["train"], "tureen train: required option '--base <b>' not specified (see tureen train --help)\n"],
  [
    ["train", "--steps", "x"],
    "tureen train: option '--steps <n>' argument 'x' is invalid: it is no number (see tureen train --help)\n",
  ],
  [
    ["train", "a", "b", "--base", "c"],
    "tureen train: too many arguments for 'train'. Expected 1 argument but got 2 (see tureen train --help)\n",
  ],
])("says what is wrong with %j in one line, with exit code 2", (args, said) => {
  expect(answerTo(...args)).toEqual([said, 2]);
});
