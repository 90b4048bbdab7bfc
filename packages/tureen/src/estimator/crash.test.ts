import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { latestCheckpoint } from "../formats/checkpoint-state.js";
import { readBundle } from "../formats/tensor-bundle-reader.js";
import { loadSavedModel } from "../saved-model/index.js";

const script = join(import.meta.dirname, "testing/train-and-export-forever.ts");
/** Twenty in the interop tier, which has the time: TUREEN_KILLS says so. */
const kills = Number(process.env["TUREEN_KILLS"] ?? 4);
/** The longest time a run lives after its first line, in milliseconds: a checkpoint takes a few, an export needs a second of its own. */
const longest = 1500;

/** Starts the trainer and kills it at a random moment; resolves with what it had printed. */
function trainAndKill(modelDir: string, exportDir: string, after: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--conditions=@tureen/source", "--import", "tsx", script, modelDir, exportDir],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let [output, errors, timed] = ["", "", false];
    child.stderr.on("data", (chunk) => (errors += chunk));
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (timed) return;
      timed = true;
      setTimeout(() => child.kill("SIGKILL"), after);
    });
    child.on("close", (_code, signal) =>
      signal === "SIGKILL" ? resolve(output) : reject(new Error(`ended by itself: ${errors}`)),
    );
  });
}

describe("a trainer that is killed", () => {
  it(`leaves whole checkpoints and whole exports, ${kills} times at random moments`, {
    timeout: kills * 60_000,
  }, async () => {
    const modelDir = mkdtempSync(join(tmpdir(), "tureen-crash-"));
    const exportDir = join(modelDir, "export");
    let lastStep = -1;
    for (let i = 0; i < kills; i++) {
      await trainAndKill(modelDir, exportDir, Math.random() * longest);
      const checkpoint = latestCheckpoint(modelDir);
      // Killed before the first checkpoint there is none, and nothing to lose.
      if (checkpoint === undefined) continue;
      const variables = readBundle(checkpoint);
      expect([...variables.keys()]).toContain("dnn/hiddenlayer_0/kernel");
      const step = Number((variables.get("global_step")!.data as BigInt64Array)[0]);
      expect(step).toBeGreaterThanOrEqual(lastStep);
      lastStep = step;
    }
    expect(lastStep).toBeGreaterThan(0);
    const versions = existsSync(exportDir) ? readdirSync(exportDir).filter((name) => /^\d+$/.test(name)) : [];
    for (const version of versions) {
      const model = await loadSavedModel(join(exportDir, version));
      expect([...model.signatures.keys()]).toEqual(["classification", "predict", "regression", "serving_default"]);
      model.close();
    }
  });
});
