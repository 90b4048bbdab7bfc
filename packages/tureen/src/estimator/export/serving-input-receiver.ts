import { invalidArgument } from "../../core/status-error.js";
import { Tensor } from "../../graph/graph.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { pythonText } from "../feature-column/python-text.js";
import type { Features, FeatureTensor } from "../model-fn.js";
import type { ServingInput } from "./serving-input.js";

/** Tensors that requests feed, by name. */
export type ReceiverTensors = Readonly<Record<string, Tensor>>;

/** What a serving input receiver function returns: features by name (`tf.estimator.export.ServingInputReceiver`). */
export interface ServingInputReceiver extends ServingInput {
  readonly features: Features;
  readonly receiverTensors: ReceiverTensors;
  readonly receiverTensorsAlternatives: Readonly<Record<string, ReceiverTensors>> | undefined;
}

/** The same with one bare tensor as features (`tf.estimator.export.TensorServingInputReceiver`). */
export interface TensorServingInputReceiver extends ServingInput {
  readonly features: Tensor;
  readonly receiverTensors: ReceiverTensors;
  readonly receiverTensorsAlternatives: Readonly<Record<string, ReceiverTensors>> | undefined;
}

/** Features and labels for exports that train or evaluate (`tf.estimator.experimental.SupervisedInputReceiver`). */
export interface SupervisedInputReceiver extends ServingInput {
  readonly features: Features | Tensor;
  readonly labels: Features | Tensor | undefined;
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
  receiverTensors: TensorsOrOne<Tensor>,
  receiverTensorsAlternatives?: Readonly<Record<string, TensorsOrOne<Tensor>>>,
): ServingInputReceiver {
  return Object.freeze({
    features: namedTensors(features, "feature"),
    receiverTensors: namedTensors(receiverTensors, "receiver_tensor"),
    receiverTensorsAlternatives: namedAlternatives(receiverTensorsAlternatives),
  });
}

/** Checks what a serving input receiver function made for a model function that takes one bare tensor. */
export function tensorServingInputReceiver(
  features: Tensor,
  receiverTensors: TensorsOrOne<Tensor>,
  receiverTensorsAlternatives?: Readonly<Record<string, TensorsOrOne<Tensor>>>,
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
  receiverTensors: TensorsOrOne<Tensor>,
): SupervisedInputReceiver {
  namedTensors(features, "feature");
  namedTensors(labels, "label");
  return Object.freeze({
    features: features as Features | Tensor,
    labels: labels as Features | Tensor,
    receiverTensors: namedTensors(receiverTensors, "receiver_tensor"),
  });
}

function namedAlternatives(
  alternatives: Readonly<Record<string, TensorsOrOne<Tensor>>> | undefined,
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

function namedTensors<T extends FeatureTensor>(
  tensors: TensorsOrOne<T>,
  field: keyof typeof bareTensorNames,
): Readonly<Record<string, T>> {
  if (tensors === undefined || tensors === null) throw invalidArgument(`${field}s must be defined.`);
  const plain = typeof tensors === "object" && !isTensor(tensors) && !Array.isArray(tensors);
  const named = (plain ? tensors : { [bareTensorNames[field]]: tensors }) as Readonly<Record<string, T>>;
  for (const [name, tensor] of Object.entries(named)) checkTensor(tensor, name, field);
  return Object.freeze({ ...named });
}

function checkTensor(tensor: unknown, name: string | undefined, field: string): void {
  const dense = field.startsWith("receiver");
  if (tensor instanceof Tensor || (!dense && tensor instanceof SparseTensor)) return;
  throw invalidArgument(
    `${field}${name === undefined || name === "" ? "" : ` ${name}`} must be a Tensor, SparseTensor, or RaggedTensor.`,
  );
}

function isTensor(value: unknown): boolean {
  return value instanceof Tensor || value instanceof SparseTensor;
}
