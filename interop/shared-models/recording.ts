import { type TensorValue, toFlatArray } from "../../packages/tureen/src/core/index.js";
import type { StoredTensor } from "./stored-tensor.js";

/** One recorded run: what went in, what TensorFlow answered. */
export interface Case {
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

/** A run of a sequence on one model, whose state it changes. */
export interface Step extends Case {
  readonly signature?: string;
}

/** The runs of one signature. */
export interface Recording {
  readonly signature: string;
  readonly cases: readonly Case[];
  readonly sequences?: readonly { readonly name: string; readonly steps: readonly Step[] }[];
}

/** Aliases of outputs of which the recording kept no values. */
export function skippedOutputs({ skipped_outputs: skipped }: Case): readonly string[] {
  return Array.isArray(skipped) ? skipped : Object.keys(skipped ?? {});
}

function close(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return a === b || Math.abs(a - b) <= 1e-5 + 1e-4 * Math.abs(b);
}

/** What is different, in words; undefined where the values agree to the tolerance of the recordings. */
export function difference(expected: TensorValue, actual: TensorValue): string | undefined {
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
