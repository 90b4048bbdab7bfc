import { emptyBytes } from "../../../core/dtype.js";
import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import type { Attrs } from "../../../graph/attr-value.js";
import type { KernelTable } from "../../kernel.js";
import { denseFeatures, denseShapes, type ExampleSpec, type FeatureDType, type SparseFeature } from "./example-spec.js";
import { ExampleParser, type ParsedExamples } from "./parse-example.js";

/** ParseExample, ParseExampleV2 and ParseSingleExample. */
export const exampleKernels: KernelTable = {
  ParseExample: ({ attrs }) => {
    const sparse = attrs.int("Nsparse");
    const dense = attrs.int("Ndense");
    const shapes = denseShapes(attrs.shapes("dense_shapes"));
    const types = attrs.types("Tdense");
    const parserFor = reuse((inputs: readonly TensorValue[]) =>
      exampleParser({
        dense: denseFeatures(
          scalars(inputs.slice(sparse, sparse + dense)),
          types,
          shapes,
          inputs.slice(sparse + dense),
        ),
        sparse: sparseFeatures(scalars(inputs.slice(0, sparse)), attrs),
        ragged: [],
      }),
    );
    return (inputs) => {
      const [serialized, names] = inputs as readonly [TensorValue, TensorValue];
      if (serialized.shape.length !== 1) {
        throw invalidArgument(`Expected serialized to be a vector, got shape: ${shapeText(serialized.shape)}`);
      }
      checkNames(serialized, names);
      return flatten(parserFor(inputs.slice(2)).parseBatch(strings(serialized), strings(names)), false);
    };
  },

  ParseExampleV2: ({ attrs }) => {
    const shapes = denseShapes(attrs.shapes("dense_shapes"));
    const types = attrs.types("Tdense");
    const sparseCount = attrs.int("num_sparse");
    const raggedTypes = attrs.types("ragged_value_types");
    const splitTypes = attrs.types("ragged_split_types");
    const parserFor = reuse((inputs: readonly TensorValue[]) => {
      const [sparseKeys, denseKeys, raggedKeys] = inputs.slice(0, 3).map(strings) as [
        Uint8Array[],
        Uint8Array[],
        Uint8Array[],
      ];
      checkCount("len(dense_keys) == len(dense_types)", denseKeys.length, types.length);
      checkCount("len(sparse_keys) == num_sparse", sparseKeys.length, sparseCount);
      checkCount("len(ragged_keys) == len(ragged_value_types)", raggedKeys.length, raggedTypes.length);
      return exampleParser({
        dense: denseFeatures(denseKeys, types, shapes, inputs.slice(3)),
        sparse: sparseFeatures(sparseKeys, attrs),
        ragged: raggedKeys.map((key, i) => ({
          kind: "ragged",
          key,
          dtype: raggedTypes[i] as FeatureDType,
          splitsDType: splitTypes[i] as "int32" | "int64",
        })),
      });
    });
    return (inputs) => {
      const [serialized, names] = inputs as readonly [TensorValue, TensorValue];
      if (serialized.shape.length > 1) {
        throw invalidArgument(
          `Expected serialized to be a scalar or vector, got shape: ${shapeText(serialized.shape)}`,
        );
      }
      checkNames(serialized, names);
      const parser = parserFor(inputs.slice(2));
      const parsed =
        serialized.shape.length === 0
          ? parser.parseSingle(strings(serialized)[0]!)
          : parser.parseBatch(strings(serialized), strings(names));
      return flatten(parsed, true);
    };
  },

  ParseSingleExample: ({ attrs }) => {
    const shapes = denseShapes(attrs.shapes("dense_shapes"));
    const types = attrs.types("Tdense");
    const denseKeys = attrs.bytesList("dense_keys");
    const sparse = sparseFeatures(attrs.bytesList("sparse_keys"), attrs);
    const parserFor = reuse((defaults: readonly TensorValue[]) =>
      exampleParser({ dense: denseFeatures(denseKeys, types, shapes, defaults), sparse, ragged: [] }),
    );
    return (inputs) => {
      const serialized = inputs[0]!;
      if (serialized.shape.length > 0) {
        throw invalidArgument(`Expected serialized to be a scalar, got shape: ${shapeText(serialized.shape)}`);
      }
      return flatten(parserFor(inputs.slice(1)).parseSingle(strings(serialized)[0]!), false);
    };
  },
};

function exampleParser(spec: ExampleSpec): ExampleParser {
  return new ExampleParser(spec);
}

function strings(value: TensorValue): Uint8Array[] {
  return value.data as Uint8Array[];
}

function scalars(values: readonly TensorValue[]): Uint8Array[] {
  return values.map((value) => strings(value)[0] ?? emptyBytes);
}

function sparseFeatures(keys: readonly Uint8Array[], attrs: Attrs): SparseFeature[] {
  const types = attrs.types("sparse_types");
  return keys.map((key, i) => ({ kind: "sparse", key, dtype: types[i] as FeatureDType }));
}

function checkNames(serialized: TensorValue, names: TensorValue): void {
  if (strings(names).length > 0 && shapeText(names.shape) !== shapeText(serialized.shape)) {
    throw invalidArgument(
      `Expected names have the same shape as serialized: name.shape=${shapeText(names.shape)}, serialized.shape=${shapeText(serialized.shape)}`,
    );
  }
}

function checkCount(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw invalidArgument(`Expected ${what} but got: ${actual} vs. ${expected}`);
}

/** What was made of the same inputs the last time: keys and defaults are constants, so nearly always that. */
function reuse<T>(make: (inputs: readonly TensorValue[]) => T): (inputs: readonly TensorValue[]) => T {
  let last: readonly TensorValue[] | undefined;
  let made: T | undefined;
  return (inputs) => {
    if (last !== undefined && last.length === inputs.length && inputs.every((input, i) => input === last![i]))
      return made!;
    made = make(inputs);
    last = inputs;
    return made;
  };
}

function flatten(parsed: ParsedExamples, ragged: boolean): TensorValue[] {
  const flat = [...parsed.sparseIndices, ...parsed.sparseValues, ...parsed.sparseShapes, ...parsed.denseValues];
  return ragged ? [...flat, ...parsed.raggedValues, ...parsed.raggedSplits] : flat;
}
