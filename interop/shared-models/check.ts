/**
 * Runs every recorded case of the shared SavedModels through Tureen and compares with what TensorFlow answered.
 *
 *     node --conditions=@tureen/source --import tsx interop/shared-models/check.ts [--only MODEL] [--verbose]
 *
 * Exits with 1 where a case differs that is not in known-failures.json, or one that is listed there passes.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StatusError, type TensorValue, toFlatArray } from "../../packages/tureen/src/core/index.js";
import { loadSavedModel, type ServableModel } from "../../packages/tureen/src/saved-model/index.js";
import { readTensor, type StoredTensor } from "./stored-tensor.js";

interface Case {
  readonly name: string;
  readonly inputs: Record<string, StoredTensor>;
  readonly outputs?: Record<string, StoredTensor>;
  readonly outputs_second_run?: Record<string, StoredTensor>;
  readonly error?: { readonly code: string; readonly message: string; readonly message_varies?: boolean };
  readonly extra_feeds?: Record<string, StoredTensor>;
  readonly defaults_fed?: Record<string, StoredTensor>;
  readonly nondeterministic?: boolean;
  /** Outputs of which the recording kept no values, a list or by alias with dtype and shape: they are random. */
  readonly skipped_outputs?: readonly string[] | Readonly<Record<string, unknown>>;
}

interface Step extends Case {
  readonly signature?: string;
}

interface Recording {
  readonly signature: string;
  readonly cases: readonly Case[];
  readonly sequences?: readonly { readonly name: string; readonly steps: readonly Step[] }[];
}

const root = join(import.meta.dirname, "../../..", "shared/models");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;
const verbose = process.argv.includes("--verbose");

function close(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return a === b || Math.abs(a - b) <= 1e-5 + 1e-4 * Math.abs(b);
}

function difference(expected: TensorValue, actual: TensorValue): string | undefined {
  if (expected.dtype !== actual.dtype) return `dtype ${actual.dtype}, not ${expected.dtype}`;
  if (expected.shape.join() !== actual.shape.join()) return `shape [${actual.shape}], not [${expected.shape}]`;
  const [e, a] = [toFlatArray(expected), toFlatArray(actual)];
  const text = (v: unknown): string =>
    v instanceof Uint8Array ? JSON.stringify(Buffer.from(v).toString("latin1")) : String(v);
  for (let i = 0; i < e.length; i++) {
    const same =
      typeof e[i] === "number" && !/int/.test(expected.dtype)
        ? close(a[i] as number, e[i] as number)
        : text(a[i]) === text(e[i]);
    if (!same) return `element ${i} is ${text(a[i])}, not ${text(e[i])}`;
  }
  return undefined;
}

function runCase(model: ServableModel, signature: string, test: Case, folder: string): string | undefined {
  const info = model.signatures.get(signature);
  if (info === undefined) return `no signature ${signature}`;
  const feeds = new Map<string, TensorValue>();
  for (const [alias, stored] of Object.entries({ ...test.inputs }))
    feeds.set(info.inputs.get(alias)!.name, readTensor(stored, folder));
  for (const [name, stored] of Object.entries(test.extra_feeds ?? {})) feeds.set(name, readTensor(stored, folder));
  for (const [alias, value] of info.defaults)
    if (!(alias in test.inputs)) feeds.set(info.inputs.get(alias)!.name, value);
  const expected = { ...(test.outputs ?? {}) };
  const skipped = Array.isArray(test.skipped_outputs) ? test.skipped_outputs : Object.keys(test.skipped_outputs ?? {});
  const recorded = Object.keys(expected);
  // What was recorded only as random still has to run.
  const aliases = test.outputs === undefined ? [...info.outputs.keys()] : recorded.length > 0 ? recorded : skipped;
  const fetches = aliases.map((alias) => info.outputs.get(alias)!.name);
  try {
    for (const outputs of [expected, test.outputs_second_run]) {
      if (outputs === undefined) continue;
      const results = model.run(feeds, fetches);
      if (test.error !== undefined) return `gave a result, not ${test.error.code}: ${test.error.message}`;
      if (test.nondeterministic === true) return undefined;
      for (const [i, alias] of aliases.entries()) {
        if (skipped.includes(alias) || outputs[alias] === undefined) continue;
        const found = difference(readTensor(outputs[alias], folder), results[i]!);
        if (found !== undefined) return `${alias}: ${found}`;
      }
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
    if (test.error === undefined) return `${error.code}: ${error.message}`;
    return error.code === test.error.code
      ? undefined
      : `${error.code} (${error.message}), not ${test.error.code}: ${test.error.message}`;
  }
}

async function main(): Promise<void> {
  if (!existsSync(root)) {
    console.log("skipped: the folder of shared models is not there");
    return;
  }
  const known = JSON.parse(readFileSync(join(import.meta.dirname, "known-failures.json"), "utf8")) as Record<
    string,
    string
  >;
  let [passed, failed] = [0, 0];
  const report = (id: string, problem: string | undefined): void => {
    const listed = Object.keys(known).find((pattern) => id === pattern || id.startsWith(`${pattern}/`));
    if (problem === undefined && listed === undefined) passed += 1;
    else if (problem !== undefined && listed !== undefined) return;
    else {
      failed += 1;
      console.log(`FAILED ${id}: ${problem ?? "is listed in known-failures.json, but passes"}`);
    }
  };
  for (const folder of readdirSync(join(root, "expected"), { withFileTypes: true })) {
    if (!folder.isDirectory() || !existsSync(join(root, folder.name)) || (only !== undefined && folder.name !== only))
      continue;
    const before = failed;
    const recordings = join(root, "expected", folder.name);
    for (const file of readdirSync(recordings).filter((name) => name.endsWith(".json"))) {
      const recording = JSON.parse(readFileSync(join(recordings, file), "utf8")) as Recording;
      const load = (): Promise<ServableModel> => loadSavedModel(join(root, folder.name), { tags: tagsOf(folder.name) });
      const stateful = recording.cases.some((test) => test.outputs_second_run !== undefined);
      let model: ServableModel | undefined;
      for (const test of recording.cases) {
        const id = `${folder.name}/${recording.signature}/${test.name}`;
        try {
          if (model === undefined || stateful) model = await load();
        } catch (error) {
          report(id, `does not load: ${String(error)}`);
          continue;
        }
        report(id, runCase(model, recording.signature, test, recordings));
      }
      for (const sequence of recording.sequences ?? []) {
        const fresh = await load();
        for (const [i, step] of sequence.steps.entries()) {
          report(
            `${folder.name}/${recording.signature}/${sequence.name}/${i}`,
            runCase(fresh, step.signature ?? recording.signature, step, recordings),
          );
        }
      }
    }
    if (verbose) console.log(`${folder.name}: ${failed - before} failed`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function tagsOf(_model: string): readonly string[] {
  return ["serve"];
}

await main();
