import type { ExamplesInput } from "@tureen/protos/serving-messages";
import { dtypeWidth } from "../../core/dtype.js";
import { elementCount, sameShape } from "../../core/shape.js";
import { invalidArgument, type StatusError, toStatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import type { CompiledSignature, SignatureTensor } from "../servable/servable.js";
import { exampleFromJson } from "./example-from-json.js";
import { debugText } from "./json-text.js";
import {
  arrayItems,
  arraySize,
  isArray,
  isObject,
  isString,
  type JsonArray,
  type JsonNumbers,
  type JsonObject,
  type JsonValue,
  member,
} from "./json-value.js";
import { parseJson } from "./parse-json.js";
import { countLeaves, denseShape, isBase64Object, TensorFiller, tensorFromJson } from "./tensor-from-json.js";

/** `row` for "instances" and "predictions", `column` for "inputs" and "outputs". */
export type PredictFormat = "row" | "column";

/** The tensors of a predict body. */
export interface PredictBody {
  readonly format: PredictFormat;
  readonly inputs: ReadonlyMap<string, TensorValue | undefined>;
}

/** TensorFlow's shapes have no more dimensions; a tensor with more counts as one that does not decode. */
const maxRank = 254;

/** Parses a body, which must be a JSON object. */
export function decodeBody(body: Uint8Array): JsonObject {
  const document = parseJson(body);
  if (!isObject(document)) throw formatError(document, "Is not object");
  return document;
}

/** The body's `signature_name`, "" where it has none. */
export function decodeSignatureName(document: JsonObject): string {
  const name = member(document, "signature_name");
  if (name === undefined) return "";
  if (isString(name)) return decodeText(name);
  throw invalidArgument(
    `JSON Value: ${debugText(document)} not formatted correctly. 'signature_name' key must be a string value.`,
  );
}

/** The input tensors of a predict body, in the signature's dtypes; texts of failures as in util/json_tensor.cc. */
export function decodePredictRequest(
  document: JsonObject,
  signature: CompiledSignature,
  signatureName: string,
): PredictBody {
  if (signature.inputs.length === 0) {
    throw invalidArgument(`Failed to get input map for signature: ${signatureName === "" ? "DEFAULT" : signatureName}`);
  }
  const instances = member(document, "instances");
  const inputs = member(document, "inputs");
  if (instances !== undefined) {
    if (inputs !== undefined) {
      throw formatError(
        document,
        "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist ",
      );
    }
    if (!isArray(instances)) throw formatError(document, "Expecting 'instances' to be an list/array");
    if (arraySize(instances) === 0) throw formatError(document, "No values in 'instances' array");
    return { format: "row", inputs: limited(fromInstances(instances, signature.inputs)) };
  }
  if (inputs === undefined) throw invalidArgument("Missing 'inputs' or 'instances' key");
  return { format: "column", inputs: limited(fromInputs(inputs, signature.inputs)) };
}

/** The Examples of a classify or regress body. */
export function decodeExamplesRequest(document: JsonObject): ExamplesInput {
  const context = member(document, "context");
  const contextBytes = context === undefined ? undefined : exampleFromJson(context);
  const examples = member(document, "examples");
  if (examples === undefined) {
    // The text says classify for regress as well: TensorFlow Serving's does.
    throw formatError(document, "When method is classify, key 'examples' is expected and was not found");
  }
  if (!isArray(examples)) throw formatError(document, "Expecting 'examples' value to be an list/array");
  if (arraySize(examples) === 0) throw formatError(document, "'examples' value is an empty array");
  const serialized = arrayItems(examples).map(exampleFromJson);
  return contextBytes === undefined ? { examples: serialized } : { examples: serialized, context: contextBytes };
}

function formatError(value: JsonValue, text: string): StatusError {
  return invalidArgument(`JSON Value: ${debugText(value)} ${text}`);
}

function limited(tensors: ReadonlyMap<string, TensorValue>): ReadonlyMap<string, TensorValue | undefined> {
  return new Map(
    [...tensors].map(([alias, value]) => [alias, value.shape.length > maxRank ? undefined : value] as const),
  );
}

function fromInputs(value: JsonValue, inputs: readonly SignatureTensor[]): Map<string, TensorValue> {
  if (!isObject(value) || isBase64Object(value)) {
    if (inputs.length > 1) {
      throw invalidArgument(
        "inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map",
      );
    }
    const { alias, dtype } = inputs[0]!;
    return new Map([[alias, tensorFromJson(value, dtype)]]);
  }
  const tensors = new Map<string, TensorValue>();
  for (const { alias, dtype } of inputs) {
    const item = member(value, alias);
    if (item === undefined) throw invalidArgument(`Missing named input: ${alias} in 'inputs' object.`);
    tensors.set(alias, tensorFromJson(item, dtype));
  }
  return tensors;
}

function fromInstances(
  instances: JsonArray | JsonNumbers,
  inputs: readonly SignatureTensor[],
): Map<string, TensorValue> {
  const isPlain = instances.kind === "numbers" || !isObject(instances.items[0]!);
  if (isPlain && inputs.length > 1) {
    throw invalidArgument(
      "instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map",
    );
  }
  if (instances.kind === "array" && isRow(instances.items[0]!)) return fromObjects(instances, inputs);
  const { alias, dtype } = inputs[0]!;
  const batch = new InstanceBatch(dtype, arraySize(instances), countLeaves(instances));
  if (instances.kind === "numbers" && batch.addAll(instances)) return new Map([[alias, batch.tensor()]]);
  arrayItems(instances).forEach((item, i) => {
    if (isRow(item)) throw invalidArgument(`Expecting value/list but got object at item ${i} of input list`);
    try {
      batch.add(item);
    } catch (error) {
      throw invalidArgument(`Failed to process element: ${i} of 'instances' list. Error: ${toStatusError(error)}`);
    }
  });
  return new Map([[alias, batch.tensor()]]);
}

function fromObjects(instances: JsonArray, inputs: readonly SignatureTensor[]): Map<string, TensorValue> {
  const batches = new Map<string, InstanceBatch>();
  const names = inputs.map(({ alias }) => alias).sort();
  const total = countMembers(instances);
  instances.items.forEach((item, i) => {
    if (!isRow(item) || !isObject(item)) {
      throw invalidArgument(`Expecting object but got list at item ${i} of input list`);
    }
    const seen = new Set<string>();
    item.keys.forEach((key, k) => {
      if (seen.has(key)) return;
      seen.add(key);
      try {
        const input = inputs.find(({ alias }) => alias === key);
        if (input === undefined) throw invalidArgument(`JSON object: does not have named input: ${key}`);
        let batch = batches.get(key);
        if (batch === undefined) {
          batch = new InstanceBatch(input.dtype, instances.items.length, total);
          batches.set(key, batch);
        }
        batch.add(item.values[k]!);
      } catch (error) {
        throw invalidArgument(
          `Failed to process element: ${i} key: ${key} of 'instances' list. Error: ${toStatusError(error)}`,
        );
      }
    });
    if (seen.size !== names.length) {
      throw invalidArgument(
        `Failed to process element: ${i} of 'instances' list. JSON object: ${debugText(item)} keys must be equal to: ${names.join(",")}`,
      );
    }
  });
  return new Map([...batches].map(([alias, batch]) => [alias, batch.tensor()]));
}

/** Whether an instance is an object of named inputs, which `{"b64": …}` is not. */
function isRow(value: JsonValue): boolean {
  return isObject(value) && !isBase64Object(value);
}

function countMembers(instances: JsonArray): number {
  let count = 0;
  for (const item of instances.items) if (isObject(item)) for (const value of item.values) count += countLeaves(value);
  return count;
}

/** One input's values of all instances, which become one tensor with the instances as its first dimension. */
class InstanceBatch {
  private readonly dtype: SignatureTensor["dtype"];
  private readonly size: number;
  private readonly leaves: number;
  private filler: TensorFiller | undefined;
  private shape: readonly number[] = [];

  /** `leaves` bounds the memory: lists may claim more elements by their first rows than they hold. */
  constructor(dtype: SignatureTensor["dtype"], size: number, leaves: number) {
    this.dtype = dtype;
    this.size = size;
    this.leaves = leaves;
  }

  /** Adds instances that are single numbers, all at once; false where one of them is not of the dtype. */
  addAll(numbers: JsonNumbers): boolean {
    // A complex number is a list.
    if (dtypeWidth(this.dtype) === 2) return false;
    const filler = new TensorFiller(this.dtype, numbers.values.length);
    try {
      filler.fill(numbers, [numbers.values.length]);
    } catch {
      // One by one, the message says which of them it was.
      return false;
    }
    this.filler = filler;
    return true;
  }

  add(item: JsonValue): void {
    const shape = denseShape(item);
    if (this.filler === undefined) {
      this.shape = shape;
      this.filler = new TensorFiller(this.dtype, Math.min(this.size * elementCount(shape), this.leaves));
    } else if (!sameShape(shape, this.shape)) {
      const alone = new TensorFiller(this.dtype, Math.min(elementCount(shape), countLeaves(item)));
      alone.fill(item, shape);
      const expected = elementCount(this.shape);
      if (alone.filled !== expected) {
        throw invalidArgument(`Expecting tensor size: ${expected} but got: ${alone.filled}`);
      }
      throw invalidArgument(`Expecting shape [${this.shape.join(",")}] but got: [${shape.join(",")}]`);
    }
    this.filler.fill(item, shape);
  }

  tensor(): TensorValue {
    return this.filler!.tensor([this.size, ...this.shape]);
  }
}
