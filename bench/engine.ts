/**
 * Time of one run of a SavedModel's signature beside TensorFlow's own session and, where tf2onnx can convert the model, onnxruntime.
 *
 *     BENCH_DIR=/tmp/bench node --conditions=@tureen/source --import tsx bench/engine.ts [NAME...]
 *
 * Engines take turns, and each has the least median of its turns: other load on the machine then touches all alike. Models are made in
 * $BENCH_DIR by bench/engine_reference.py, once. Prints lines of JSON: {"bench": "engine", "name", "micros", "firstMicros", "target", "ortMicros",
 * "reference"}; `target` is how many times faster than TensorFlow it should be, `reference` TensorFlow's cheapest setting.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as tf from "tureen";

const turns = 5;
/** A turn's length: enough runs for a median that stands still, of the longest case (10 ms) too. */
const turnSeconds = 0.3;
const warmUpMilliseconds = 500;

/** How many times faster than TensorFlow each case should be. */
const targets: Readonly<Record<string, number>> = {
  "half_plus_two, batch 3": 1,
  "MLP 64-128-64-10, batch 1": 2,
  "MLP 64-128-64-10, batch 64": 1.2,
  "census Classify, 1 Example": 2.5,
  "census Classify, 32 Examples": 2.5,
  "CNN 28x28, batch 1": 1.7,
  "CNN 28x28, batch 32": 1.2,
  "MobileNetV2, batch 1": 1.7,
};

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly feed:
    | { readonly strings: readonly string[] }
    | { readonly shape: readonly number[]; readonly floats: string };
}

const wanted = process.argv.slice(2);
const python = join(process.env["TUREEN_INTEROP_VENV"] ?? join(import.meta.dirname, "../interop/.venv"), "bin/python");
if (existsSync(python)) await compare(python);
else console.error(`Skipped: the models are made by TensorFlow, and there is none at ${python}`);

async function compare(interpreter: string): Promise<void> {
  const child = spawn(interpreter, [join(import.meta.dirname, "engine_reference.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("the reference ended");
    return value;
  };
  const cases: Case[] = [];
  for (let line = await nextLine(); line !== "ready"; line = await nextLine()) {
    if (line.startsWith("{")) cases.push(JSON.parse(line) as Case);
  }
  const theirs = async (engine: string, name: string): Promise<number> => {
    child.stdin.write(`${engine} ${turnSeconds} ${name}\n`);
    const answer = await nextLine();
    return answer === "none" ? Number.POSITIVE_INFINITY : Number(answer);
  };
  for (const item of cases) {
    if (wanted.length > 0 && !wanted.some((word) => item.name.includes(word))) continue;
    const model = await tf.loadSavedModel(item.folder, { warmUp: true });
    const run = runOf(model, item);
    const began = performance.now();
    run();
    const firstMicros = (performance.now() - began) * 1000;
    for (const end = performance.now() + warmUpMilliseconds; performance.now() < end; ) run();
    let [micros, reference, onnxruntime] = [
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ];
    for (let turn = 0; turn < turns; turn++) {
      micros = Math.min(micros, medianMicros(run));
      reference = Math.min(reference, await theirs("tf", item.name), await theirs("tf1", item.name));
      onnxruntime = Math.min(onnxruntime, await theirs("ort", item.name));
    }
    const result = { bench: "engine", name: item.name, micros, firstMicros, target: targets[item.name] ?? 1 };
    const ort = Number.isFinite(onnxruntime) ? { ortMicros: onnxruntime } : {};
    console.log(JSON.stringify({ ...result, ...ort, reference: { micros: reference } }));
    model.close();
  }
  child.stdin.end();
}

function runOf(model: tf.LoadedSavedModel, { feed }: Case): () => void {
  const { inputs, outputs } = model.signature("serving_default").info;
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
  const value =
    "strings" in feed
      ? tf.tensorValue("string", [feed.strings.length], feed.strings.map(bytes))
      : tf.tensorValue("float32", feed.shape, new Float32Array(bytes(feed.floats).buffer));
  const feeds = new Map([[[...inputs.values()][0]!.name, value]]);
  const fetches = [...outputs.values()].map(({ name }) => name);
  return () => void model.run(feeds, fetches);
}

function medianMicros(run: () => void): number {
  const times: number[] = [];
  for (const end = performance.now() + turnSeconds * 1000; performance.now() < end; ) {
    const began = performance.now();
    run();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]! * 1000;
}
