/**
 * Time of one run of each example's served signatures, for one Example and for 32: parse, model and all, without a transport.
 *
 * Exports the models into $BENCH_DIR first (interop/exports/export_examples.ts), for the reference to load the same. Prints lines of JSON:
 * {"bench": "graphs", "name", "micros"}.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "tureen";

const folder = process.env["BENCH_DIR"]!;
const exporter = join(import.meta.dirname, "../interop/exports/export_examples.ts");
const made = spawnSync(process.execPath, ["--import", "tsx", exporter, folder], {
  stdio: ["ignore", "inherit", "inherit"],
});
if (made.status !== 0) throw new Error("the examples could not be exported");

interface Recorded {
  readonly name: string;
  readonly exported: string;
  readonly examples: readonly string[];
}

/** Enough runs for the compiler to have seen everything, and for a median that stands still. */
const [warmUp, runs] = [2000, 3000];

function medianMicros(run: () => void): number {
  for (let i = 0; i < warmUp; i++) run();
  const times = new Float64Array(runs);
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    run();
    times[i] = performance.now() - began;
  }
  return times.sort()[runs / 2]! * 1000;
}

for (const { name, exported, examples } of JSON.parse(
  readFileSync(join(folder, "recorded.json"), "utf8"),
) as Recorded[]) {
  const model = await tf.loadSavedModel(exported);
  const signature = model.signatures.get("serving_default")!;
  const feed = [...signature.inputs.values()][0]!.name;
  const fetches = [...signature.outputs.values()].map((info) => info.name);
  for (const rows of [1, 32]) {
    const serialized = Array.from(
      { length: rows },
      (_, i) => new Uint8Array(Buffer.from(examples[i % examples.length]!, "base64")),
    );
    const feeds = new Map([[feed, tf.tensorValue("string", [rows], serialized)]]);
    const micros = medianMicros(() => model.run(feeds, fetches));
    console.log(
      JSON.stringify({
        bench: "graphs",
        name: `${name} serving_default, ${rows} ${rows === 1 ? "Example" : "Examples"}`,
        micros,
      }),
    );
  }
  model.close();
}
