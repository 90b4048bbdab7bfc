import { afterEach, describe, expect, it, vi } from "vitest";
import { mlEngineCommand } from "./command.js";

/** What `tureen ml-engine …` says and its exit code, where the arguments are wrong. */
async function wrong(...args: string[]): Promise<readonly [string, unknown]> {
  let said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  const exit = vi.spyOn(process, "exit").mockImplementation(() => {
    throw new Error("exit");
  });
  await expect(mlEngineCommand().parseAsync(args, { from: "user" })).rejects.toThrow("exit");
  return [said.split("\n")[0]!, exit.mock.calls[0]![0]];
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("wrong arguments of tureen ml-engine", () => {
  it.each([
    [
      ["predict", "--model", "m", "--verson", "v"],
      "predict) unrecognized arguments: --verson (did you mean '--version'?)",
    ],
    [["predict", "--model", "m", "--zzzzzz"], "predict) unrecognized arguments: --zzzzzz"],
    [["predict"], "predict) argument --model: Must be specified."],
    [["predict", "--model"], "predict) argument --model: expected one argument"],
    [["models", "create"], "models.create) argument MODEL: Must be specified."],
    [["modls"], "ml-engine) Invalid choice: 'modls'. Did you mean 'models'?"],
    [
      ["jobs", "submit", "prediction", "j", "--data-format", "xml"],
      "jobs.submit.prediction) argument --data-format: Invalid choice: 'xml'. Valid choices are [text, json, csv, tf-record, tf-record-gzip].",
    ],
    [
      ["models", "create", "m", "--labels", "a"],
      "models.create) argument --labels: Bad value [a]: Labels are KEY=VALUE,…",
    ],
    [["models", "list", "x"], "models.list) unrecognized arguments: 1 given, 0 taken"],
  ])("%j are told of as gcloud does", async (args, line) => {
    const path = line.startsWith("ml-engine)") ? `ERROR: (tureen.${line}` : `ERROR: (tureen.ml-engine.${line}`;
    expect(await wrong(...args)).toEqual([path, 2]);
  });

  it("shows help all the same", async () => {
    vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const [said, code] = await wrong("predict", "--help");
    expect([said, code]).toEqual(["", 0]);
  });
});
