import { invalidArgument } from "../../core/status-error.js";
import { Tensor } from "../../graph/graph.js";
import { isCompositeTensor } from "../../graph/structure.js";
import { pythonText } from "../feature-column/python-text.js";
import type { Features, FeatureTensor } from "../model-fn.js";
import type { ServingInput } from "./serving-input.js";

/** Tensors that requests feed, by name; a sparse or ragged one is fed by its components. */
export type ReceiverTensors = Features;

/** What a serving input receiver function returns: features by name (`tf.estimator.export.ServingInputReceiver`). */
export interface ServingInputReceiver extends ServingInput {
  readonly features: Features;
  readonly receiverTensors: ReceiverTensors;
  readonly receiverTensorsAlternatives: Readonly<Record<string, ReceiverTensors>> | undefined;
}

/** The same with one bare tensor as features (`tf.estimator.export.TensorServingInputReceiver`). */
export interface TensorServingInputReceiver extends ServingInput {
  readonly features: FeatureTensor;
  readonly receiverTensors: ReceiverTensors;
  readonly receiverTensorsAlternatives: Readonly<Record<string, ReceiverTensors>> | undefined;
}

/** Features and labels for exports that train or evaluate (`tf.estimator.experimental.SupervisedInputReceiver`). */
export interface SupervisedInputReceiver extends ServingInput {
  readonly features: Features | FeatureTensor;
  readonly labels: Features | FeatureTensor | undefined;
  readonly receiverTensors: ReceiverTensors;
}

/** The names that bare tensors get. */
export const bareTensorNames: Readonly<
  Record<"feature" | "label" | "receiver_tensor" | "receiver_tensors_alternative", string>
> = Object.freeze({
  feature: "feature",
  label: "label",
  receiver_tensor: "input",
  receiver_tensors_alternative: "input",
});

/** What stands for the tensors of a receiver: several by name, or one. */
export type TensorsOrOne<T> = T | Readonly<Record<string, T>>;

/**
 * Checks and names what a serving input receiver function made: a bare feature becomes `feature`, a bare receiver tensor `input`.
 *
 * INVALID_ARGUMENT, in TensorFlow's words, for what is missing or no tensor.
 */
export function servingInputReceiver(
  features: TensorsOrOne<FeatureTensor>,
  receiverTensors: TensorsOrOne<FeatureTensor>,
  receiverTensorsAlternatives?: Readonly<Record<string, TensorsOrOne<FeatureTensor>>>,
): ServingInputReceiver {
  return Object.freeze({
    features: namedTensors(features, "feature"),
    receiverTensors: namedTensors(receiverTensors, "receiver_tensor"),
    receiverTensorsAlternatives: namedAlternatives(receiverTensorsAlternatives),
  });
}

/** Checks what a serving input receiver function made for a model function that takes one bare tensor. */
export function tensorServingInputReceiver(
  features: FeatureTensor,
  receiverTensors: TensorsOrOne<FeatureTensor>,
  receiverTensorsAlternatives?: Readonly<Record<string, TensorsOrOne<FeatureTensor>>>,
): TensorServingInputReceiver {
  if (features === undefined || features === null) throw invalidArgument("features must be defined.");
  checkTensor(features, undefined, "feature");
  const receiver = servingInputReceiver(features, receiverTensors, receiverTensorsAlternatives);
  return Object.freeze({ ...receiver, features });
}

/** Checks what an input receiver function made for training or evaluation; features and labels stay as they are. */
export function supervisedInputReceiver(
  features: TensorsOrOne<FeatureTensor>,
  labels: TensorsOrOne<FeatureTensor>,
  receiverTensors: TensorsOrOne<FeatureTensor>,
): SupervisedInputReceiver {
  namedTensors(features, "feature");
  namedTensors(labels, "label");
  return Object.freeze({
    features: features as Features | FeatureTensor,
    labels: labels as Features | FeatureTensor,
    receiverTensors: namedTensors(receiverTensors, "receiver_tensor"),
  });
}

function namedAlternatives(
  alternatives: Readonly<Record<string, TensorsOrOne<FeatureTensor>>> | undefined,
): Readonly<Record<string, ReceiverTensors>> | undefined {
  if (alternatives === undefined) return undefined;
  if (
    alternatives === null ||
    typeof alternatives !== "object" ||
    Array.isArray(alternatives) ||
    isTensor(alternatives)
  ) {
    throw invalidArgument(
      `receiver_tensors_alternatives must be a dict: ${typeof alternatives === "string" ? alternatives : pythonText(alternatives)}.`,
    );
  }
  const named = Object.entries(alternatives).map(
    ([name, tensors]) => [name, namedTensors(tensors, "receiver_tensors_alternative")] as const,
  );
  return Object.freeze(Object.fromEntries(named));
}

function namedTensors(tensors: TensorsOrOne<FeatureTensor>, field: keyof typeof bareTensorNames): Features {
  if (tensors === undefined || tensors === null) throw invalidArgument(`${field}s must be defined.`);
  const plain = typeof tensors === "object" && !isTensor(tensors) && !Array.isArray(tensors);
  const named = (plain ? tensors : { [bareTensorNames[field]]: tensors }) as Features;
  for (const [name, tensor] of Object.entries(named)) checkTensor(tensor, name, field);
  return Object.freeze({ ...named });
}

function checkTensor(tensor: unknown, name: string | undefined, field: string): void {
  if (isTensor(tensor)) return;
  throw invalidArgument(
    `${field}${name === undefined || name === "" ? "" : ` ${name}`} must be a Tensor, SparseTensor, or RaggedTensor.`,
  );
}

function isTensor(value: unknown): boolean {
  return value instanceof Tensor || isCompositeTensor(value);
}
