import { checkOptions } from "../core/check-options.js";
import { shapeTuple } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type NestedValue, type TensorValue, toTensor } from "../core/tensor-value.js";
import { Dataset } from "./dataset.js";
import { isTensorValue, type TensorLike } from "./structure.js";

/** Features or labels in memory: one array, or arrays by name. */
export type ArrayInput = TensorLike | Readonly<Record<string, TensorLike>>;

/** What comes of an ArrayInput: a TensorValue, or TensorValues by name. */
export type ArrayElement<A> = A extends TensorLike ? TensorValue : { readonly [K in keyof A]: TensorValue };

/** The arguments of `numpy_input_fn`. */
export interface ArrayInputOptions<X extends ArrayInput> {
  /** Features, whose leading dimension counts the examples. */
  readonly x: X;
  /** Examples a step; 128 unless said. */
  readonly batchSize?: number | undefined;
  /** How often the examples come; once unless said, forever with null. */
  readonly numEpochs?: number | null | undefined;
  /** Whether examples come in random order: for training true, else false. It has to be said. */
  readonly shuffle: boolean;
  /** Examples that the shuffle chooses from; 1000 unless said. */
  readonly queueCapacity?: number | undefined;
  /** Makes the shuffle the same on every run. */
  readonly seed?: number | undefined;
}

/**
 * An input function over arrays in memory: `tf.estimator.inputs.numpy_input_fn` with its checks and messages.
 *
 * Elements are batches of `x`, or of `[x, y]` where `y` is given. A batch may run over the end of an epoch, and the last one may be smaller. As
 * there, the shuffle does not stop at the end of an epoch either. Errors are INVALID_ARGUMENT: about `shuffle` at once, about the arrays when
 * the function is called.
 */
export function arrayInputFn<X extends ArrayInput, Y extends ArrayInput>(
  options: ArrayInputOptions<X> & { readonly y: Y },
): () => Dataset<readonly [ArrayElement<X>, ArrayElement<Y>]>;
export function arrayInputFn<X extends ArrayInput>(
  options: ArrayInputOptions<X> & { readonly y?: undefined },
): () => Dataset<ArrayElement<X>>;
export function arrayInputFn(
  options: ArrayInputOptions<ArrayInput> & { readonly y?: ArrayInput | undefined },
): () => Dataset<unknown> {
  // Without `shuffle` TensorFlow has words of its own.
  checkOptions<Partial<typeof options>>("arrayInputFn", options, {
    x: "optional",
    batchSize: "optional",
    numEpochs: "optional",
    shuffle: "optional",
    queueCapacity: "optional",
    seed: "optional",
    y: "optional",
  });
  const { x, y, batchSize = 128, numEpochs = 1, shuffle, queueCapacity = 1000, seed } = options;
  if (typeof shuffle !== "boolean") {
    throw invalidArgument(
      `shuffle must be provided and explicitly set as boolean (it is recommended to set it as True for training); got ${shuffle ?? "None"}`,
    );
  }
  return () => {
    const examples = sliced(x, y).repeat(numEpochs ?? -1);
    // As there, where threads fill a queue.
    return (shuffle ? examples.shuffle(queueCapacity, { seed }) : examples).batch(batchSize).prefetch(1);
  };
}

/** The name under which messages show features that have none. */
const directInput = "__direct_np_input__";

function sliced(x: ArrayInput, y: ArrayInput | undefined): Dataset<unknown> {
  const features = arraysOf(x, directInput);
  if (features === undefined) throw invalidArgument(`x must be a dict or array; got ${x === null ? "None" : typeof x}`);
  if (features.size === 0) throw invalidArgument("x cannot be an empty dict");
  if ([...features.values()].some(({ shape }) => shape.length === 0 || shape[0] === 0)) {
    throw invalidArgument("x cannot be an empty array");
  }
  const labels = y === undefined ? undefined : arraysOf(y, "");
  if (labels?.size === 0) throw invalidArgument("y cannot be empty dict, use None instead.");
  const twice = [...features.keys()].filter((name) => labels?.has(name));
  if (twice.length > 0) {
    throw invalidArgument(`${twice.length} duplicate keys are found in both x and y: {${quoted(twice)}}`);
  }
  checkLengths(features, labels);
  return labels === undefined
    ? Dataset.fromTensorSlices(elementOf(features, x))
    : Dataset.fromTensorSlices([elementOf(features, x), elementOf(labels, y!)] as const);
}

function arraysOf(input: ArrayInput, bareName: string): Map<string, TensorValue> | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  if (isTensorValue(input)) return new Map([[bareName, input]]);
  if (Array.isArray(input) || ArrayBuffer.isView(input)) return new Map([[bareName, toTensor(input as NestedValue)]]);
  const named = Object.entries(input as Readonly<Record<string, TensorLike>>);
  return new Map(named.map(([name, value]) => [name, isTensorValue(value) ? value : toTensor(value as NestedValue)]));
}

function elementOf(
  arrays: ReadonlyMap<string, TensorValue>,
  input: ArrayInput,
): TensorValue | Record<string, TensorValue> {
  const bare = isTensorValue(input) || Array.isArray(input) || ArrayBuffer.isView(input);
  return bare ? [...arrays.values()][0]! : Object.fromEntries(arrays);
}

function checkLengths(
  features: ReadonlyMap<string, TensorValue>,
  labels: ReadonlyMap<string, TensorValue> | undefined,
): void {
  const all = [...features.values(), ...(labels?.values() ?? [])];
  if (all.every(({ shape }) => shape[0] === all[0]!.shape[0])) return;
  const bare = labels?.get("");
  const labelShapes = labels === undefined ? "None" : bare === undefined ? shapesText(labels) : shapeTuple(bare.shape);
  throw invalidArgument(
    `Length of tensors in x and y is mismatched. All elements in x and y must have the same length.\nShapes in x: ${shapesText(features)}\nShapes in y: ${labelShapes}\n`,
  );
}

function shapesText(arrays: ReadonlyMap<string, TensorValue>): string {
  return `{${[...arrays].map(([name, { shape }]) => `'${name}': ${shapeTuple(shape)}`).join(", ")}}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}
