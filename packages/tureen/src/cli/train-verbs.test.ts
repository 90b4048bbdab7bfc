import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../core/clock.js";
import { EventWriter } from "../formats/events.js";
import { plotLines, readScalars } from "./loss-plot.js";
import { statusLine } from "./status-line.js";

const work = mkdtempSync(join(tmpdir(), "tureen-train-"));
afterAll(() => rmSync(work, { recursive: true }));

const guide = fileURLToPath(new URL("../../../../examples/training-guide/model.ts", import.meta.url));

function tureen(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const command = fileURLToPath(new URL("tureen.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@tureen/source", "--import", "tsx", command, ...args], {
    env: { ...process.env, LC_ALL: "C" },
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
  });
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    text.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text.err += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...text })));
}

function moduleOf(source: string): string {
  const file = join(work, `m${Math.random()}.mjs`);
  writeFileSync(file, source);
  return file;
}

it("trains, evaluates and exports the estimator of a module", async () => {
  // Its own each time: a second try of the test trains anew.
  const own = mkdtempSync(join(work, "model-"));
  const [run, base] = [join(own, "run"), join(own, "export")];
  const args = ["train", guide, `--model_dir=${run}`, "--max_steps", "120", "--export_dir", base];
  const trained = await tureen([...args, "--warmup_requests=1", "--feature_statistics"]);
  expect(trained).toMatchObject({ code: 0 });
  expect(trained.err).toMatch(/^train \[█+\] step 120 · loss [\d.]+ · [\d.k]+ steps\/s · .* · 0 s left$/m);
  expect(trained.out).toMatch(/^accuracy +0\.\d+\n.*\nglobal_step +120\n/);
  expect(trained.out).toMatch(/loss\n.*\|\*/);
  expect(trained.out).toMatch(/\n +1 +101\n/);
  const [version] = readdirSync(base);
  expect(trained.out.trimEnd().split("\n").at(-1)).toBe(join(base, version!));
  expect(readdirSync(join(base, version!, "assets.extra")).sort()).toEqual([
    "feature_statistics.json",
    "tf_serving_warmup_requests",
  ]);
  // The warm-up file is a log of requests too: one row of each of the three signatures.
  const extra = join(base, version!, "assets.extra");
  const [drift, evaluated] = await Promise.all([
    tureen(["exports", "drift", join(base, version!), join(extra, "tf_serving_warmup_requests"), "--limit=100"]),
    tureen(["evaluate", guide, "--model-dir", run, "--json"]),
  ]);
  const exported = await tureen([
    ...["export", guide, "--model_dir", run, "--export_dir", base],
    ...["--as_text", "--exports_to_keep=1"],
  ]);
  expect(drift).toMatchObject({ code: 0, err: "" });
  expect(drift.out).toMatch(/^3 rows in requests, 100000 in training\n(\w+ +ok +index [\d.]+ .*\n){3}$/);
  expect(JSON.parse(evaluated.out)).toMatchObject({ global_step: 120, accuracy: expect.any(Number) });
  const folder = exported.out.trim();
  expect(existsSync(join(folder, "saved_model.pbtxt"))).toBe(true);
  expect(readdirSync(base)).toEqual([folder.slice(base.length + 1)]);
});

it("says what is wrong with flags and modules", async () => {
  const nothing = moduleOf("export const model2 = 1;");
  const wrong = moduleOf(
    "export const estimator = { train() {}, evaluate() {}, exportSavedModel() {}, modelDir: '/a' }; export const evalSpec = {};",
  );
  const fixed = moduleOf(
    "export const estimator = { train() {}, evaluate() {}, exportSavedModel() {}, modelDir: '/a' };",
  );
  const answers = await Promise.all([
    tureen(["train", guide, "--max_stepz", "3"]),
    tureen(["train", guide, "--steps=1", "--max_steps=2"]),
    tureen(["evaluate", nothing]),
    tureen(["evaluate", wrong]),
    tureen(["train", fixed]),
    tureen(["evaluate", fixed, "--model_dir=/b"]),
    tureen(["export", join(work, "absent.ts"), "--export_dir", work]),
    tureen(["evaluate", guide, "--model_dir", join(work, "empty")]),
    tureen(["train", moduleOf("\n\nthrow new TypeError('no such thing');")]),
    tureen(["train", moduleOf("\nsyntax error")]),
  ]);
  // Wrong arguments are told from work that failed.
  expect(answers.map(({ code }) => code)).toEqual([2, ...new Array(answers.length - 1).fill(1)]);
  const said = answers.map(({ err }) => err.trim());
  expect(said[0]).toBe("tureen train: unknown option '--max_stepz' (did you mean --max-steps?)");
  expect(said[1]).toBe("tureen train: INVALID_ARGUMENT: Can not provide both steps and max_steps.");
  expect(said[2]).toContain("exports no estimator: export const estimator = …");
  expect(said[2]).toContain("its exports are model2");
  expect(said[3]).toMatch(/evalSpec must be an object with an inputFn$/);
  expect(said[4]).toMatch(/exports no trainSpec, which this command needs$/);
  expect(said[5]).toContain("--model_dir /b is not the estimator's /a");
  expect(said[6]).toMatch(/^tureen export: NOT_FOUND: .*absent\.ts; No such file or directory$/);
  expect(said[7]).toMatch(/^tureen evaluate: FAILED_PRECONDITION: There is no checkpoint in /);
  expect(said[8]).toMatch(/^tureen train: TypeError: no such thing \(.*\.mjs:3:7\)$/);
  expect(said[9]).toMatch(/^tureen train: SyntaxError: .*\.mjs:2: Unexpected identifier 'error'$/);
});

it("deletes old exports by a command, but none that may be being written", async () => {
  const base = join(work, "versions");
  for (const version of ["1", "2", "10", "9"]) {
    const folder = join(base, version);
    mkdirSync(folder, { recursive: true });
    if (version !== "2") writeFileSync(join(folder, "saved_model.pb"), "");
  }
  const dry = await tureen(["exports", "gc", base, "--keep", "1", "--dry_run"]);
  expect(dry.out).toBe(
    "would delete 1\nwould delete 9\nkept 2: it has no saved_model.pb, so it may be being written\n",
  );
  expect(readdirSync(base)).toHaveLength(4);
  expect((await tureen(["exports", "gc", base, "--keep=1"])).out).toMatch(/^deleted 1\ndeleted 9\n/);
  expect(readdirSync(base).sort()).toEqual(["10", "2"]);
});

describe("plotLines", () => {
  it("draws a falling line in letters", () => {
    const points = Array.from({ length: 9 }, (_, i) => [i * 10, 8 - i] as const);
    expect(plotLines("loss", points, { columns: 12, rows: 3, ascii: true })).toBe(
      ["   loss", "8 |**", "  |  ****", "0 |      ***", "  +---------", "   0      80", ""].join("\n"),
    );
    // Sixteen dots by sixteen: the diagonal, two dots across and two down a letter's half.
    const diagonal = plotLines(
      "loss",
      [
        [0, 1],
        [15, 0],
      ],
      { columns: 11, rows: 4 },
    );
    expect(diagonal).toBe(
      ["   loss", "1 │⠑⢄", "  │  ⠑⢄", "  │    ⠑⢄", "0 │      ⠑⢄", "  └────────", "   0     15", ""].join("\n"),
    );
  });

  it("draws nothing of one point, and a level line of equal ones", () => {
    expect(
      plotLines("loss", [
        [1, 2],
        [2, Number.NaN],
      ]),
    ).toBe("");
    expect(
      plotLines(
        "loss",
        [
          [1, 2],
          [3, 2],
        ],
        { columns: 12, rows: 3, ascii: true },
      ),
    ).toContain("  |*********\n");
  });

  it("reads values of all event files, the newest of a step", () => {
    let second = 1000;
    for (const values of [
      [5, 4],
      [9, 3],
    ]) {
      const writer = new EventWriter(work, { clock: { ...systemClock, now: () => second++ * 1000 } });
      values.forEach((simpleValue, i) => {
        writer.addScalars({ loss: simpleValue }, 1 + i + (simpleValue === 3 ? 1 : 0));
      });
      writer.close();
    }
    expect(readScalars(work, "loss")).toEqual([
      [1, 9],
      [2, 4],
      [3, 3],
    ]);
  });
});

it("writes log lines above a status line, and gives the terminal back", () => {
  let text = "";
  const write = (part: string): boolean => {
    text += part;
    return true;
  };
  const stream = { isTTY: true, columns: 20, write };
  const own = stream.write;
  const line = statusLine(stream as unknown as NodeJS.WriteStream);
  line.write("\rstep 1");
  stream.write("INFO\n");
  line.write("\n");
  stream.write("end");
  line.close();
  expect(text).toBe("\rstep 1\r\u001b[2KINFO\n\rstep 1\nend");
  expect(stream.write).toBe(own);
});
