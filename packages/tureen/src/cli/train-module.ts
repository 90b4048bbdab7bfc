import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { importModule } from "../core/import-module.js";
import { invalidArgument } from "../core/status-error.js";
import type { Estimator } from "../estimator/estimator.js";
import type { ServingInputReceiverFn } from "../estimator/export/serving-input.js";
import type { ModelArguments, TrainingModel } from "../estimator/training/training-model.js";
import { withSyntaxPlace } from "./failure-text.js";

const members = ["estimator", "trainSpec", "evalSpec", "servingInputReceiverFn"] as const;

/**
 * Loads a module that exports an Estimator.
 *
 * It exports `estimator`, and as needed `trainSpec`, `evalSpec` and `servingInputReceiverFn`; or as its default (or as `model`) a function that
 * gives an object of these, at once or as a promise. `estimator` may be a function too. Functions get `{ modelDir }`. INVALID_ARGUMENT for
 * something else, and for a `--model_dir` that a ready-made Estimator does not have.
 */
export async function loadTrainModule(file: string, args: ModelArguments): Promise<TrainingModel> {
  const exports = await importModule(pathToFileURL(resolve(file)).href).catch((error: unknown) => {
    throw withSyntaxPlace(error, file);
  });
  const make = exports["default"] ?? exports["model"];
  const found = typeof make === "function" ? ((await make(args)) as unknown) : (make ?? exports);
  if (typeof found !== "object" || found === null) {
    throw invalidArgument(`${file}: the default export must give an object with ${members.join(", ")}`);
  }
  const given = { ...exports, ...found } as Readonly<Record<string, unknown>>;
  const estimator = typeof given["estimator"] === "function" ? await given["estimator"](args) : given["estimator"];
  if (!isEstimator(estimator)) {
    const names = Object.keys(exports);
    throw invalidArgument(
      `${file} exports no estimator: export const estimator = …, or a default function that gives { ${members.join(", ")} }; its exports are ${names.length === 0 ? "none" : names.join(", ")}`,
    );
  }
  const { modelDir } = args;
  if (modelDir !== undefined && resolve(estimator.modelDir) !== resolve(modelDir)) {
    throw invalidArgument(
      `--model_dir ${modelDir} is not the estimator's ${estimator.modelDir}: export a function of { modelDir } that makes the estimator`,
    );
  }
  return {
    estimator,
    trainSpec: spec(file, given, "trainSpec"),
    evalSpec: spec(file, given, "evalSpec"),
    servingInputReceiverFn: receiver(file, given["servingInputReceiverFn"]),
  };
}

/** By what it can do: an estimator of another copy of this package is one too. */
function isEstimator(value: unknown): value is Estimator {
  if (typeof value !== "object" || value === null) return false;
  const methods = value as Readonly<Record<string, unknown>>;
  return ["train", "evaluate", "exportSavedModel"].every((name) => typeof methods[name] === "function");
}

function spec<Spec>(
  file: string,
  given: Readonly<Record<string, unknown>>,
  name: "trainSpec" | "evalSpec",
): Spec | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || typeof (value as { inputFn?: unknown }).inputFn !== "function") {
    throw invalidArgument(`${file}: ${name} must be an object with an inputFn`);
  }
  return value as Spec;
}

function receiver(file: string, value: unknown): ServingInputReceiverFn | undefined {
  if (value === undefined || typeof value === "function") return value as ServingInputReceiverFn | undefined;
  throw invalidArgument(`${file}: servingInputReceiverFn must be a function`);
}
