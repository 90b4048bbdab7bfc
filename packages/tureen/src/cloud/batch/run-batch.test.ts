import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeExample } from "@tureen/protos/example";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeText } from "../../core/text.js";
import { splitCsvRecord } from "../../formats/csv.js";
import { encodeTfRecords, readTfRecords } from "../../formats/tf-record.js";
import { loadPredictModel } from "../predict/load-predict-model.js";
import { parseJsonLine } from "../predict/parse-instances.js";
import { predictOnline } from "../predict/predict-online.js";
import type { BatchOptions, DataFormat } from "./batch-options.js";
import { findInputs } from "./find-inputs.js";
import { planShards } from "./plan-shards.js";
import { readRecords } from "./read-records.js";
import { runBatch } from "./run-batch.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const modelDir = new URL("../../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "run-batch-"));
let folders = 0;

function folder(): string {
  folders += 1;
  const path = join(root, String(folders));
  mkdirSync(path);
  return path;
}

function input(name: string, content: string | Uint8Array): string {
  const path = join(folder(), name);
  writeFileSync(path, content);
  return path;
}

function options(inputPath: string, more: Partial<BatchOptions> = {}): BatchOptions {
  return { modelDir, inputPaths: [inputPath], outputPath: join(folder(), "out"), dataFormat: "json", ...more };
}

function results({ outputPath }: BatchOptions, prefix = "prediction.results-"): string[] {
  return readdirSync(outputPath)
    .filter((name) => name.startsWith(prefix))
    .sort()
    .flatMap((name) => readFileSync(join(outputPath, name), "utf8").split("\n").slice(0, -1));
}

const example = (x: number): Uint8Array => encodeExample({ x: [x] });

describe("runBatch", () => {
  it("gives what online prediction gives, record by record", async () => {
    const model = await loadPredictModel(modelDir);
    const lines = Array.from({ length: 1000 }, (_, i) =>
      i % 3 === 0 ? `{"x": ${i / 7}}` : i % 3 === 1 ? `${i}` : `"${i}.5"`,
    );
    const online = await Promise.all(
      lines.map(
        async (line) => (await predictOnline(model, { kind: "array", items: [parseJsonLine(encodeText(line))] }))[0]!,
      ),
    );
    model.close();
    const job = options(input("a.json", lines.join("\n")), { shardBytes: 2000 });
    const result = await runBatch(job);
    expect(result).toMatchObject({ predictionCount: 1000, errorCount: 0, failures: [] });
    expect(result.shards).toBeGreaterThan(3);
    expect(results(job)).toEqual(online);
    const names = readdirSync(job.outputPath).filter((name) => name.startsWith("prediction."));
    const count = String(result.shards).padStart(5, "0");
    expect(names).toContain(`prediction.results-00000-of-${count}`);
    expect(names).toContain(`prediction.errors_stats-00000-of-${count}`);
  });

  it("refuses a folder without a model before it writes anything", async () => {
    const job = { ...options(input("a.json", "1")), modelDir: folder() };
    await expect(runBatch(job, { workers: 2 })).rejects.toThrow(`no SavedModel in ${job.modelDir}`);
    expect(existsSync(job.outputPath)).toBe(false);
  });

  it("reads text, CSV and TFRecords, plain and packed", async () => {
    const values = Array.from({ length: 300 }, (_, i) => i - 150);
    const expected = values.map((x) => `${Number.isInteger(x / 2) ? `${x / 2 + 2}.0` : x / 2 + 2}`);
    const records = encodeTfRecords(values.map(example));
    const regress = { signatureName: "regress_x_to_y", shardBytes: 1500 };
    const jobs: readonly (readonly [BatchOptions, readonly string[]])[] = [
      [options(input("a.txt", values.join("\n")), { dataFormat: "text", shardBytes: 100 }), expected],
      [options(input("a.txt.gz", gzipSync(values.join("\r\n"))), { dataFormat: "text" }), expected],
      [
        options(input("a.csv", `x\r\n${values.map((x) => `"${x}"`).join("\r\n")}\r\n`), {
          dataFormat: "csv",
          shardBytes: 100,
        }),
        expected,
      ],
      [
        options(input("a.tfrecord", records), { dataFormat: "tf-record", ...regress }),
        expected.map((text) => `[${text}]`),
      ],
      [
        options(input("a.tfrecord.gz", gzipSync(records)), { dataFormat: "tf-record-gzip", ...regress }),
        expected.map((text) => `[${text}]`),
      ],
    ];
    for (const [job, wanted] of jobs) {
      expect(await runBatch(job)).toMatchObject({ errorCount: 0, failures: [] });
      expect(results(job)).toEqual(wanted);
    }
  });

  it("counts records that fail, and loses no other", async () => {
    const lines = Array.from({ length: 200 }, (_, i) =>
      i % 50 === 7 ? "not json" : i % 50 === 8 ? '{"y": 1}' : i % 50 === 9 ? "[1, 2]" : String(i),
    );
    const job = options(input("a.json", lines.join("\n")));
    expect(await runBatch(job)).toMatchObject({ predictionCount: 188, errorCount: 12, failures: [] });
    expect(results(job)).toEqual(
      lines.filter((line) => /^\d+$/.test(line)).map((line) => (Number(line) / 2 + 2).toFixed(1)),
    );
    const stats = results(job, "prediction.errors_stats-").map(
      (line) => JSON.parse(line) as { error: string; count: number },
    );
    expect(stats.map(({ count }) => count)).toEqual([4, 4, 4]);
    expect(stats.map(({ error }) => error)).toContain(
      "Invalid inputs: Expected tensor name: x, got tensor name: ['y']. (Error code: 1)",
    );
  });

  it("passes keys through, to JSON, CSV and TFRecords", async () => {
    const path = input("a.json", '{"id": "a,b", "x": 1}\n{"x": 3, "id": 9007199254740993}\n');
    const json = options(path, { keyField: "id" });
    await runBatch(json);
    expect(results(json)).toEqual(['{"id": "a,b", "y": 2.5}', '{"id": 9007199254740993, "y": 3.5}']);
    const csv = options(path, { keyField: "id", outputFormat: "csv" });
    await runBatch(csv);
    expect(results(csv)).toEqual(['"a,b",2.5', "9007199254740993,3.5"]);
    expect(readFileSync(join(csv.outputPath, "prediction.results_header.csv"), "utf8")).toBe("id,y\n");
    expect(readdirSync(csv.outputPath)).toContain("prediction.results-00000-of-00001.csv");
    const records = options(path, { keyField: "id", outputFormat: "tf-record" });
    await runBatch(records);
    const file = readFileSync(join(records.outputPath, "prediction.results-00000-of-00001"));
    expect([...readTfRecords(file)].map((record) => Buffer.from(record))).toEqual([
      Buffer.from(encodeExample({ id: ["a,b"], y: [2.5] })),
      Buffer.from(encodeExample({ id: [9007199254740993n], y: [3.5] })),
    ]);
  });

  it("does again only what is missing, and everything once the input changed", async () => {
    const path = input("a.json", Array.from({ length: 100 }, (_, i) => String(i)).join("\n"));
    const job = options(path, { shardBytes: 60 });
    const first = await runBatch(job);
    const before = results(job);
    const again = await runBatch(job);
    expect(again).toMatchObject({ shardsSkipped: first.shards, predictionCount: 100 });
    const [note] = readdirSync(join(job.outputPath, ".tureen-batch"));
    rmSync(join(job.outputPath, ".tureen-batch", note!));
    expect(await runBatch(job)).toMatchObject({ shardsSkipped: first.shards - 1, predictionCount: 100 });
    expect(results(job)).toEqual(before);
    const { mtimeMs } = statSync(path);
    utimesSync(path, new Date(), new Date(mtimeMs + 5000));
    expect(await runBatch(job)).toMatchObject({ shardsSkipped: 0 });
    await expect(runBatch({ ...job, shardBytes: 30 })).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("gives the same files from several machines as from one", async () => {
    const path = input("a.json", Array.from({ length: 100 }, (_, i) => String(i)).join("\n"));
    const job = options(path, { minShards: 3 });
    await runBatch({ ...job, minShards: 3 });
    const shared = { ...job, outputPath: join(folder(), "out") };
    for (const shardIndex of [2, 0, 1]) await runBatch(shared, { shardIndex, numShards: 3 });
    expect(results(shared)).toEqual(results(job));
    await expect(runBatch(shared, { shardIndex: 3, numShards: 3 })).rejects.toThrow("not below the number of shards");
  });

  it("works in worker processes and survives their death", async () => {
    const path = input("a.json", Array.from({ length: 4000 }, (_, i) => String(i)).join("\n"));
    const job = options(path, { shardBytes: 2000 });
    let killed = 0;
    const result = await runBatch(job, {
      workers: 2,
      onProgress: () => {
        if (killed > 0) return;
        killed += 1;
        killChildren();
      },
    });
    expect(result).toMatchObject({ predictionCount: 4000, errorCount: 0, failures: [] });
    expect(killed).toBe(1);
    expect(results(job)).toEqual(Array.from({ length: 4000 }, (_, i) => (i / 2 + 2).toFixed(1)));
    expect(readdirSync(job.outputPath).filter((name) => name.includes("tempstate"))).toEqual([]);
  });

  it("reports shards whose input is broken and does the others", async () => {
    const records = encodeTfRecords(Array.from({ length: 40 }, (_, i) => example(i)));
    records[records.length - 1]! ^= 1;
    const job = options(input("a.tfrecord", records), {
      dataFormat: "tf-record",
      signatureName: "regress_x_to_y",
      shardBytes: 500,
    });
    const result = await runBatch(job);
    expect(result.failures).toMatchObject([{ shard: result.shards - 1, error: { code: "DATA_LOSS" } }]);
    expect(result.shardsDone).toBe(result.shards - 1);
  });

  it("stops when it is told to", async () => {
    const job = options(input("a.json", "1\n"));
    await expect(runBatch(job, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

/** Kills this process's workers, found by their parent as the operating system knows it. */
function killChildren(): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
  for (const pid of children) {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (command.includes("batch-worker")) process.kill(Number(pid), "SIGKILL");
  }
}

describe("planShards", () => {
  async function read(path: string, dataFormat: DataFormat, shardBytes: number): Promise<Uint8Array[]> {
    const { shards } = await planShards({ modelDir: "", inputPaths: [path], outputPath: "", dataFormat, shardBytes });
    const all: Uint8Array[] = [];
    for (const range of shards.flatMap(({ ranges }) => ranges)) {
      for await (const records of readRecords(range, dataFormat)) all.push(...records);
    }
    return all;
  }

  it("gives every record to one shard, wherever the cuts fall", async () => {
    const fields = fc.array(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 30 });
    const path = input("cuts", "");
    await fc.assert(
      fc.asyncProperty(
        fields,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("\n", "\r\n"),
        async (texts, size, end) => {
          const lines = texts.map((text) => text.replace(/[\r\n]/g, "")).filter((text) => text !== "");
          if (lines.length === 0) return;
          writeFileSync(path, lines.join(end));
          const text = (await read(path, "text", size)).map((record) => Buffer.from(record).toString());
          expect(text).toEqual(lines.map((line) => Buffer.from(line).toString()));

          const cells = texts.map((text) => `a${text}`);
          writeFileSync(path, cells.map((text) => `"${text.replaceAll('"', '""')}"${end}`).join(""));
          const csv = (await read(path, "csv", size)).map((record) =>
            Buffer.from(splitCsvRecord(record)[0]!).toString(),
          );
          expect(csv).toEqual(cells);

          writeFileSync(path, encodeTfRecords(texts.map(encodeText)));
          expect((await read(path, "tf-record", size)).map((record) => Buffer.from(record).toString())).toEqual(texts);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("puts small files together and knows patterns", async () => {
    const path = folder();
    for (const name of ["b-1", "b-2", "c-1"]) appendFileSync(join(path, name), "12\n");
    const plan = await planShards({
      modelDir: "",
      inputPaths: [join(path, "b-*"), join(path, "b-1")],
      outputPath: "",
      dataFormat: "json",
    });
    expect(plan.shards).toHaveLength(1);
    expect(plan.shards[0]!.ranges.map((range) => range.path)).toEqual([join(path, "b-1"), join(path, "b-2")]);
    expect((await findInputs([join(path, "?-1")])).map((file) => file.bytes)).toEqual([3, 3]);
    await expect(findInputs([join(path, "x*")])).rejects.toThrow("No file matches");
    await expect(findInputs([join(path, "x")])).rejects.toThrow("x; No such file or directory");
    await expect(findInputs([path])).rejects.toThrow("is a folder");
    await expect(findInputs(["hdfs://host/x"])).rejects.toThrow("hdfs:// paths are not supported");
  });
});

describe("tureen batch", () => {
  it("works from the command line, by the part that the environment names", async () => {
    const script = new URL("../../cli/tureen.ts", import.meta.url).pathname;
    const job = options(input("a.json", "1\n2\n3\n4\n"));
    const args = [
      "batch",
      "--model-dir",
      modelDir,
      "--input-paths",
      job.inputPaths[0]!,
      "--output-path",
      job.outputPath,
      "--workers=0",
    ];
    const runs = ["0", "1"].map((index) => {
      const child = spawn(process.execPath, ["--conditions=@tureen/source", "--import", "tsx", script, ...args], {
        env: { ...process.env, CLOUD_RUN_TASK_INDEX: index, CLOUD_RUN_TASK_COUNT: "2" },
      });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      return new Promise((resolve) => child.on("close", (code) => resolve([code, text])));
    });
    expect(await Promise.all(runs)).toEqual(
      ["0", "1"].map(() => [0, expect.stringMatching(/^2 predictions, 0 errors in 1 of 1 shards; [\d.]+ s\n$/)]),
    );
    expect(results(job)).toEqual(["2.5", "3.0", "3.5", "4.0"]);
  });
});
