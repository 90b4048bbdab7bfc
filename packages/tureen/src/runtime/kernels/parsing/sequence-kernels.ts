import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { byteKey, decodeText } from "../../../core/text.js";
import type { Attrs } from "../../../graph/attr-value.js";
import type { KernelTable } from "../../kernel.js";
import type { FeatureDType } from "./example-spec.js";
import { hasShape, type ParsedSequence, parseSequenceExamples, type SequenceFeature } from "./sequence-example.js";
import { explainSingleSequenceFailure } from "./sequence-failure.js";

function strings(value: TensorValue): readonly Uint8Array[] {
  return value.data as readonly Uint8Array[];
}

type Side = "context" | "feature_list";

function sparseFeatures(attrs: Attrs, side: Side, keys: readonly Uint8Array[]): SequenceFeature[] {
  const types = attrs.types(`${side}_sparse_types`);
  return keys.map((key, i) => ({ kind: "sparse", key, dtype: types[i] as FeatureDType }));
}

function raggedFeatures(attrs: Attrs, side: Side, keys: readonly Uint8Array[]): SequenceFeature[] {
  const types = attrs.types(`${side}_ragged_value_types`);
  const splits = attrs.types(`${side}_ragged_split_types`);
  return keys.map((key, i) => ({
    kind: "ragged",
    key,
    dtype: types[i] as FeatureDType,
    splitsDType: splits[i] as "int32" | "int64",
  }));
}

function contextDense(
  attrs: Attrs,
  keys: readonly Uint8Array[],
  defaults: readonly TensorValue[],
  valueName = "default_value",
  shapesName = "context_dense_shapes",
): SequenceFeature[] {
  const types = attrs.types("Tcontext_dense");
  const shapes = attrs.shapes("context_dense_shapes");
  return keys.map((key, d) => {
    const defaultValue = defaults[d]!;
    if (!defaultValue.shape.includes(0) && !hasShape(defaultValue, shapes[d])) {
      throw invalidArgument(
        `${valueName}[${d}].shape() == ${shapeText(defaultValue.shape)} != ${shapesName}[${d}] == ${shapeText(shapes[d])}`,
      );
    }
    return { kind: "dense", key, dtype: types[d] as FeatureDType, shape: shapes[d], defaultValue };
  });
}

function listDense(
  attrs: Attrs,
  keys: readonly Uint8Array[],
  missing: (key: Uint8Array, i: number) => boolean,
): SequenceFeature[] {
  const types = attrs.types("feature_list_dense_types");
  const shapes = attrs.shapes("feature_list_dense_shapes");
  return keys.map((key, i) => ({
    kind: "dense",
    key,
    dtype: types[i] as FeatureDType,
    shape: shapes[i],
    missingIsEmpty: missing(key, i),
  }));
}

/** The n-th tensor of each feature of a list. */
function column(parsed: ParsedSequence, features: readonly SequenceFeature[], n: number): TensorValue[] {
  return features.map((feature) => parsed.get(feature)![n]!);
}

function checkSerialized(serialized: TensorValue): void {
  if (serialized.shape.length > 1) {
    throw invalidArgument(`Expected serialized to be a scalar or vector, got shape: ${shapeText(serialized.shape)}`);
  }
}

/** ParseSequenceExample, ParseSequenceExampleV2 and ParseSingleSequenceExample. */
export const sequenceKernels: KernelTable = {
  ParseSequenceExample: ({ attrs }) => {
    const empty = new Set(attrs.bytesList("feature_list_dense_missing_assumed_empty").map(byteKey));
    const contextSparse = sparseFeatures(attrs, "context", attrs.bytesList("context_sparse_keys"));
    const listSparse = sparseFeatures(attrs, "feature_list", attrs.bytesList("feature_list_sparse_keys"));
    const lists = listDense(attrs, attrs.bytesList("feature_list_dense_keys"), (key) => empty.has(byteKey(key)));
    return ([serialized, names, ...defaults]) => {
      checkSerialized(serialized!);
      const dense = contextDense(attrs, attrs.bytesList("context_dense_keys"), defaults);
      const { context, lists: parsed } = parseSequenceExamples(
        [...contextSparse, ...dense],
        [...listSparse, ...lists],
        strings(serialized!),
        strings(names!),
        serialized!.shape.length === 1,
      );
      return [
        ...[0, 1, 2].flatMap((n) => column(context, contextSparse, n)),
        ...column(context, dense, 0),
        ...[0, 1, 2].flatMap((n) => column(parsed, listSparse, n)),
        ...column(parsed, lists, 0),
        ...column(parsed, lists, 1),
      ];
    };
  },

  ParseSingleSequenceExample: ({ attrs }) => {
    const counts = ["Ncontext_sparse", "Ncontext_dense", "Nfeature_list_sparse", "Nfeature_list_dense"].map((name) =>
      attrs.int(name),
    ) as [number, number, number, number];
    return (inputs) => {
      const [serialized, missing, ...rest] = inputs as readonly [TensorValue, TensorValue, ...TensorValue[]];
      if (serialized.shape.length !== 0) {
        throw invalidArgument(`Expected serialized to be a scalar, got shape: ${shapeText(serialized.shape)}`);
      }
      const empty = new Set(strings(missing).map(byteKey));
      let at = 0;
      const keys = counts.map((count) => {
        at += count;
        return rest.slice(at - count, at).map((key) => strings(key)[0]!);
      }) as [Uint8Array[], Uint8Array[], Uint8Array[], Uint8Array[]];
      const contextSparse = sparseFeatures(attrs, "context", keys[0]);
      const dense = contextDense(attrs, keys[1], rest.slice(at, at + counts[1]), "def_value", "context_dense_shapes_");
      const listSparse = sparseFeatures(attrs, "feature_list", keys[2]);
      const lists = listDense(attrs, keys[3], (key) => empty.has(byteKey(key)));
      const [example] = strings(serialized) as readonly [Uint8Array];
      try {
        const { context, lists: parsed } = parseSequenceExamples(
          [...contextSparse, ...dense],
          [...listSparse, ...lists],
          [example],
          [],
          false,
        );
        return [
          ...[0, 1, 2].flatMap((n) => column(context, contextSparse, n)),
          ...column(context, dense, 0),
          ...[0, 1, 2].flatMap((n) => column(parsed, listSparse, n)),
          ...column(parsed, lists, 0),
        ];
      } catch (error) {
        // This op's texts differ from those of its batched siblings, which parsing has.
        const name = decodeText(strings(rest.at(-1)!)[0]!);
        throw (
          explainSingleSequenceFailure(example, name, [...contextSparse, ...dense], [...listSparse, ...lists]) ?? error
        );
      }
    };
  },

  ParseSequenceExampleV2:
    ({ attrs }) =>
    (inputs) => {
      const [serialized, names, ...rest] = inputs as readonly [TensorValue, TensorValue, ...TensorValue[]];
      checkSerialized(serialized);
      const [cSparseKeys, cDenseKeys, cRaggedKeys, lSparseKeys, lDenseKeys, lRaggedKeys] = rest
        .slice(0, 6)
        .map(strings);
      const missing = rest[6]!.data as Uint8Array;
      const check = (actual: number, expected: number, text: string): void => {
        if (actual !== expected) throw invalidArgument(text);
      };
      check(
        cDenseKeys!.length,
        attrs.types("Tcontext_dense").length,
        "Expected len(context_dense_keys) to match len(Tcontext_dense)",
      );
      check(
        cSparseKeys!.length,
        attrs.int("Ncontext_sparse"),
        "Expected len(context_sparse_keys) to match Ncontext_sparse",
      );
      check(
        cRaggedKeys!.length,
        attrs.types("context_ragged_value_types").length,
        "Expected len(context_ragged_keys) to match len(context_ragged_value_types)",
      );
      check(
        lDenseKeys!.length,
        attrs.int("Nfeature_list_dense"),
        "Expected len(feature_list_dense_keys) to match Nfeature_list_dense",
      );
      check(
        missing.length,
        attrs.int("Nfeature_list_dense"),
        "Expected len(feature_list_dense_missing_assumed_empty to match Nfeature_list_dense",
      );
      check(
        lSparseKeys!.length,
        attrs.int("Nfeature_list_sparse"),
        "Expected len(feature_list_sparse_keys) to match Nfeature_list_sparse",
      );
      check(
        lRaggedKeys!.length,
        attrs.types("feature_list_ragged_value_types").length,
        "Expected len(feature_list_ragged_keys) to match len(feature_list_ragged_value_types)",
      );
      const cSparse = sparseFeatures(attrs, "context", cSparseKeys!);
      const cDense = contextDense(attrs, cDenseKeys!, rest.slice(7));
      const cRagged = raggedFeatures(attrs, "context", cRaggedKeys!);
      const lSparse = sparseFeatures(attrs, "feature_list", lSparseKeys!);
      const lDense = listDense(attrs, lDenseKeys!, (_, i) => missing[i] !== 0);
      const lRagged = raggedFeatures(attrs, "feature_list", lRaggedKeys!);
      const { context, lists } = parseSequenceExamples(
        [...cDense, ...cSparse, ...cRagged],
        [...lDense, ...lSparse, ...lRagged],
        strings(serialized),
        strings(names),
        serialized.shape.length === 1,
      );
      return [
        ...[0, 1, 2].flatMap((n) => column(context, cSparse, n)),
        ...column(context, cDense, 0),
        ...column(context, cRagged, 0),
        ...column(context, cRagged, 1),
        ...[0, 1, 2].flatMap((n) => column(lists, lSparse, n)),
        ...column(lists, lDense, 0),
        ...column(lists, lDense, 1),
        ...column(lists, lRagged, 0),
        // Outer splits stand before inner ones.
        ...column(lists, lRagged, 2),
        ...column(lists, lRagged, 1),
      ];
    },
};
