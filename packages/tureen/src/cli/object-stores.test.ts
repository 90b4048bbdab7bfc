import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ObjectScheme } from "../core/object-store/object-uri.js";
import { uploadFolder } from "../core/object-store/testing/upload-folder.js";
import { useStandIn } from "../core/object-store/testing/use-stand-in.js";

const script = new URL("./tureen.ts", import.meta.url).pathname;
// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const halfPlusTwo = new URL("../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;

function tureen(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, ["--conditions=@tureen/source", "--import", "tsx", script, ...args], {
    env: { ...process.env, ...environment },
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((resolve) => child.on("close", () => resolve(text)));
}

it.each<ObjectScheme>(["s3", "gs"])("tureen's commands take models and files in %s", async (scheme) => {
  const standIn = await useStandIn(scheme);
  const cache = mkdtempSync(join(tmpdir(), "tureen-cli-"));
  const environment = { TUREEN_MODEL_CACHE_DIR: cache };
  const bucket = standIn.bucket("b");
  uploadFolder(bucket, halfPlusTwo, "m/1");
  bucket.put("in/1.json", "1\n5\n");
  const model = `${scheme}://b/m/1`;
  try {
    const [shown, ran, printed] = await Promise.all([
      tureen(["show", model], environment),
      tureen(["run", model, "-s", "serving_default", "--input-exprs", "x=[[1],[5]]"], environment),
      tureen(
        [
          ...["batch", "--model-dir", model, "--input-paths", `${scheme}://b/in/*.json`],
          ...["--output-path", `${scheme}://b/out`, "--workers", "0", "--quiet"],
        ],
        environment,
      ),
    ]);
    expect(shown).toContain("signature_def['serving_default']");
    expect(ran).toBe("Result for output key y:\n[[2.5]\n [4.5]]\n");
    expect(printed).toMatch(/^2 predictions, 0 errors in 1 of 1 shards/);
    expect(bucket.objects.get("out/prediction.results-00000-of-00001")?.bytes.toString()).toBe("2.5\n4.5\n");
  } finally {
    rmSync(cache, { recursive: true, force: true });
    await standIn.close();
  }
});
