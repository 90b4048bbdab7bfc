import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DType } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { StatusError, toStatusError } from "../../core/status-error.js";
import { type TensorValue, zeros } from "../../core/tensor-value.js";
import { loadSavedModel } from "../load.js";
import type { ServableModel, TensorInfo } from "../signature.js";
import { mutateBytes, mutateIndex, mutateMessage, type Random, randomOf } from "./mutate.js";

/** What became of one mutated model. */
export interface FuzzResult {
  readonly seed: number;
  /** `loaded`, or the code of the error. */
  readonly outcome: string;
  readonly milliseconds: number;
  /** An error that is not a StatusError, or is one of our own making: a defect. */
  readonly defect?: string;
}

/** What the models of a fuzz run may take, far below what an operator allows. */
const limits = { loopLimit: 10_000, loadTimeout: 5_000 };

/** The files of a SavedModel that are mutated; each with the ways in which it is. */
const targets: readonly (readonly [file: string, mutate: (bytes: Uint8Array, random: Random) => Uint8Array])[] = [
  ["saved_model.pb", mutateBytes],
  ["saved_model.pb", mutateMessage],
  ["saved_model.pb", mutateMessage],
  ["saved_model.pb", mutateMessage],
  ["variables/variables.index", mutateBytes],
  ["variables/variables.index", mutateIndex],
  ["variables/variables.data-00000-of-00001", mutateBytes],
];

/** Loads one mutated copy of a model for each seed and runs its signatures; the folder is only read. */
export async function fuzzModel(
  directory: string,
  seeds: Iterable<number>,
  onResult: (result: FuzzResult) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tureen-fuzz-"));
  try {
    cpSync(directory, folder, { recursive: true });
    for (const seed of seeds) {
      const random = randomOf(seed);
      const [file, mutate] = targets[random(targets.length)]!;
      const path = join(folder, file);
      if (!existsSync(path)) continue;
      const original = new Uint8Array(readFileSync(path));
      writeFileSync(path, mutate(original, random));
      onResult(await tryModel(folder, seed));
      writeFileSync(path, original);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function tryModel(folder: string, seed: number): Promise<FuzzResult> {
  const began = performance.now();
  let outcome = "loaded";
  let defect: string | undefined;
  const note = (error: unknown): void => {
    const status = toStatusError(error);
    outcome = status.code;
    // TensorFlow's own code for an index without a header is INTERNAL; any other is a broken promise of ours.
    const ours = status.code === "INTERNAL" && !status.message.startsWith("Unable to read file");
    if (!(error instanceof StatusError) || ours) defect = describe(error);
  };
  try {
    const model = await loadSavedModel(folder, limits);
    try {
      for (const key of model.signatures.keys()) {
        try {
          runSignature(model, key);
        } catch (error) {
          note(error);
        }
      }
    } finally {
      model.close();
    }
  } catch (error) {
    note(error);
  }
  const milliseconds = performance.now() - began;
  return { seed, outcome, milliseconds, ...(defect === undefined ? {} : { defect }) };
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `\n  caused by ${error.cause.stack}` : "";
  return error instanceof Error ? `${error.stack}${cause}` : String(error);
}

function runSignature(model: ServableModel, key: string): void {
  const { inputs, outputs } = model.signatures.get(key)!;
  const feeds = new Map([...inputs.values()].map((info) => [info.name, someValue(info)] as const));
  model.run(
    feeds,
    [...outputs.values()].map((info) => info.name),
    { deadline: performance.now() + limits.loadTimeout },
  );
}

/** Zeros where the signature leaves a size open one of them; nothing larger than a request of a megabyte. */
function someValue({ dtype, shape }: TensorInfo): TensorValue<DType> {
  const sizes = (shape ?? []).map((size) => (size < 0 ? 1 : size));
  return zeros(dtype, elementCount(sizes) > 2 ** 18 ? [1] : sizes);
}
