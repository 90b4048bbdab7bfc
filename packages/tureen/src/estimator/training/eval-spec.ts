import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { Exporter } from "../exporter/exporter.js";
import { pythonText } from "../feature-column/python-text.js";
import type { SessionRunHook } from "../hooks/session-run-hook.js";
import type { InputFn } from "../input.js";
import { pythonType } from "../nn/python-format.js";
import { checkHooks, checkInputFn } from "./train-spec.js";

/** How `trainAndEvaluate` evaluates and exports (`tf.estimator.EvalSpec`). */
export interface EvalSpec {
  readonly inputFn: InputFn;
  /** How many batches, 100 unless said; null goes on until the input ends. */
  readonly steps: number | null;
  readonly name: string | undefined;
  readonly hooks: readonly SessionRunHook[];
  readonly exporters: readonly Exporter[];
  /** Seconds before the first evaluation; training and evaluation in one process do not wait, as in TensorFlow. */
  readonly startDelaySecs: number;
  /** Checkpoints that come sooner after an evaluation are skipped; the last never is. */
  readonly throttleSecs: number;
}

/** What an EvalSpec is made of. */
export type EvalSpecInit = Pick<EvalSpec, "inputFn"> &
  Partial<Omit<EvalSpec, "exporters">> & { readonly exporters?: Exporter | readonly Exporter[] | undefined };

/** TensorFlow's defaults: a hundred batches, two minutes before the first evaluation, ten between them. */
const defaults = { steps: 100, startDelaySecs: 120, throttleSecs: 600 };

const optionTable: OptionTable<EvalSpecInit> = {
  inputFn: "required",
  name: "optional",
  hooks: "optional",
  steps: "optional",
  startDelaySecs: "optional",
  throttleSecs: "optional",
  exporters: "optional",
};

/** Checks and completes an EvalSpec; INVALID_ARGUMENT with TensorFlow's texts. */
export function evalSpec(init: EvalSpecInit): EvalSpec {
  // One that is given and is none is not one that is missing.
  if (Object.hasOwn(Object(init), "inputFn")) checkInputFn(init.inputFn);
  checkOptions("evalSpec", init, optionTable);
  const { inputFn, steps = defaults.steps, name, hooks = [] } = init;
  if (steps !== null && !(steps > 0)) throw invalidArgument(`Must specify steps > 0, given: ${steps}`);
  if (name !== undefined && typeof name !== "string")
    throw invalidArgument(`\`name\` must be string, given: ${pythonText(name)}`);
  const checkedHooks = checkHooks(hooks);
  const exporters = checkExporters(init.exporters);
  const { startDelaySecs = defaults.startDelaySecs, throttleSecs = defaults.throttleSecs } = init;
  if (!(startDelaySecs >= 0)) throw invalidArgument(`Must specify start_delay_secs >= 0, given: ${startDelaySecs}`);
  if (!(throttleSecs >= 0)) throw invalidArgument(`Must specify throttle_secs >= 0, given: ${throttleSecs}`);
  return Object.freeze({ inputFn, steps, name, hooks: checkedHooks, exporters, startDelaySecs, throttleSecs });
}

function checkExporters(given: EvalSpecInit["exporters"]): Exporter[] {
  if (given === undefined) return [];
  const exporters: readonly Exporter[] = Array.isArray(given) ? (given as readonly Exporter[]) : [given as Exporter];
  const names: string[] = [];
  for (const exporter of exporters) {
    if (typeof exporter !== "object" || exporter === null || typeof exporter.export !== "function") {
      throw invalidArgument(
        `\`exporters\` must be an Exporter, an iterable of Exporter, or \`None\`, found ${pythonText(given)}.`,
      );
    }
    const { name } = exporter;
    const all = pythonText(exporters.map((one) => one.name));
    if (!name)
      throw invalidArgument(`An Exporter cannot have a name that is \`None\` or empty. All exporter names: ${all}`);
    if (typeof name !== "string")
      throw invalidArgument(`An Exporter must have a string name. Given: ${pythonType(name)}`);
    if (names.includes(name)) {
      throw invalidArgument(
        `\`exporters\` must have unique names. Such a name cannot be \`None\`. All exporter names: ${all}`,
      );
    }
    names.push(name);
  }
  return [...exporters];
}
