import { Command } from "commander";
import { expect, it } from "vitest";
import { asDeclared } from "./flag-names.js";

const program = new Command("tureen").option("--verbose-log");
program.addCommand(new Command("train").option("--max-steps <n>").option("--model-dir <dir>"));
program.addCommand(new Command("cloud").requiredOption("--data_dir <dir>").option("--database_url <url>"));
const models = new Command("models").alias("model");
models.addCommand(new Command("create").option("--staging_bucket <uri>"));
program.addCommand(models);

it.each([
  [
    ["train", "a_b.ts", "--max_steps=1_0", "--model_dir", "x_y", "--", "--user_arg"],
    ["train", "a_b.ts", "--max-steps=1_0", "--model-dir", "x_y", "--", "--user_arg"],
  ],
  [
    ["cloud", "--data-dir=/x", "--database_url", "postgres://a_b", "--verbose_log"],
    ["cloud", "--data_dir=/x", "--database_url", "postgres://a_b", "--verbose-log"],
  ],
  [
    ["model", "create", "--staging-bucket=gs://b"],
    ["model", "create", "--staging_bucket=gs://b"],
  ],
  [
    ["train", "--no_such_flag", "--data-dir=1=2"],
    ["train", "--no_such_flag", "--data-dir", "1=2"],
  ],
])("spells the flags of %j as they are declared", (given, declared) => {
  expect(asDeclared(program, given)).toEqual(declared);
});
