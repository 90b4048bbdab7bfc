/**
 * Runs every recorded case of the shared SavedModels through Tureen and compares with what TensorFlow answered.
 *
 *     node --conditions=@tureen/source --import tsx interop/shared-models/check.ts [--only MODEL] [--verbose]
 *
 * Exits with 1 where a case differs that is not in known-failures.json, or one that is listed there passes.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StatusError, type TensorValue } from "../../packages/tureen/src/core/index.js";
import { loadSavedModel, type ServableModel } from "../../packages/tureen/src/saved-model/index.js";
import { type Case, difference, type Recording, skippedOutputs } from "./recording.js";
import { readTensor } from "./stored-tensor.js";

const root = join(import.meta.dirname, "../../..", "shared/models");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;
const verbose = process.argv.includes("--verbose");

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
  const skipped = skippedOutputs(test);
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
