import type { ClassificationTable } from "@tureen/protos/classification-response";
import type { ExamplesInput, ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { CompiledSignature, Servable } from "../servable/servable.js";
import { acquireServable } from "./acquire-servable.js";
import { type ClassificationTensors, classificationTable, classificationTensors } from "./classification.js";
import { examplesTensor } from "./examples.js";
import { answeredSpec, classifyMethod, regressMethod, signatureName } from "./model-spec.js";
import { type RegressionTensors, regressionTensors, regressionValues } from "./regression.js";
import type { ApiContext, CallContext } from "./request-context.js";
import { type Feed, runServable } from "./run-servable.js";

/** One of the questions of a MultiInference request. */
export interface InferenceTask {
  readonly modelSpec: ModelSpecMessage | undefined;
  readonly methodName: string;
}

/** Several Classify and Regress questions about the same Examples. */
export interface MultiInferenceRequest {
  readonly tasks: readonly InferenceTask[];
  readonly input: ExamplesInput;
}

/** The answer to one task. */
export type InferenceResult = { readonly modelSpec: ModelSpecMessage } & (
  | { readonly classification: ClassificationTable }
  | { readonly regression: Float32Array }
);

type Task =
  | { readonly name: string; readonly classify: ClassificationTensors }
  | { readonly name: string; readonly regress: RegressionTensors };

const noModel: ModelSpecMessage = Object.freeze({ name: "", signatureName: "" });

/**
 * PredictionService.MultiInference: one run for all tasks, results in their order (servables/tensorflow/multi_inference.cc).
 *
 * The first task's model spec alone chooses the version.
 */
export async function multiInference(
  context: ApiContext,
  request: MultiInferenceRequest,
  call: CallContext,
): Promise<InferenceResult[]> {
  const handle = await acquireServable(context, request.tasks[0]?.modelSpec ?? noModel, call);
  try {
    return await multiInferenceWith(context, handle.servable, request, call);
  } finally {
    handle.release();
  }
}

/** MultiInference on a servable that is at hand. */
export async function multiInferenceWith(
  context: ApiContext,
  servable: Servable,
  request: MultiInferenceRequest,
  call: CallContext,
): Promise<InferenceResult[]> {
  const tasks = checkTasks(context, servable, request.tasks);
  const value = examplesTensor(request.input);
  const feeds = new Map<string, Feed>();
  const fetches = new Set<string>();
  for (const task of tasks) {
    const { input } = "classify" in task ? task.classify : task.regress;
    feeds.set(input.name, { input, value });
    for (const name of "classify" in task ? task.classify.fetches : [task.regress.output.name]) fetches.add(name);
  }
  const names = [...fetches].sort();
  const outputs = await runServable(context, call, servable, [...feeds.values()], names);
  const examples = value.shape[0]!;
  context.metrics.exampleCounts.observe([servable.name], examples);
  context.metrics.exampleCountTotal.increment([servable.name], examples);
  const output = (name: string | undefined): TensorValue | undefined =>
    name === undefined ? undefined : outputs[names.indexOf(name)];
  return tasks.map((task) => {
    const modelSpec = answeredSpec(servable, task.name);
    if ("regress" in task) {
      return { modelSpec, regression: regressionValues(output(task.regress.output.name)!, examples) };
    }
    const { classes, scores } = task.classify;
    return { modelSpec, classification: classificationTable(output(classes?.name), output(scores?.name), examples) };
  });
}

function checkTasks(context: ApiContext, servable: Servable, tasks: readonly InferenceTask[]): Task[] {
  const seen = new Set<string>();
  return tasks.map(({ modelSpec, methodName }) => {
    const model = modelSpec?.name ?? "";
    if (model === "") throw invalidArgument("Found ModelSpec with an empty model name.");
    if (model !== tasks[0]!.modelSpec?.name) {
      throw invalidArgument("All ModelSpecs in a MultiInferenceRequest must access the same model name.");
    }
    const name = signatureName(modelSpec);
    if (seen.has(name)) throw invalidArgument(`Duplicate evaluation of signature: ${name}`);
    seen.add(name);
    const signature: CompiledSignature | undefined = servable.signatures.get(name);
    if (signature === undefined) throw invalidArgument(`Requested signature not found in model graph: ${name}`);
    if (methodName === classifyMethod) {
      return { name, classify: classificationTensors(signature, context.checkMethodName) };
    }
    if (methodName === regressMethod) return { name, regress: regressionTensors(signature, context.checkMethodName) };
    throw unimplemented(`Unsupported signature method_name: ${methodName}`);
  });
}
