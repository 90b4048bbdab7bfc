import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { intValue, type NestedValue, scalarValue, tensorValue, toTensor, zeros } from "../../core/tensor-value.js";
import { encodeText } from "../../core/text.js";
import { build, buildOp, constant, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { FeatureTensor } from "../model-fn.js";
import { compareText } from "./compare-text.js";
import { castTo, reshapeTo, scalarInt, scalarLong, sliceOf } from "./graph-shape.js";
import {
  type ExampleFeature,
  exampleFeatureText,
  type ParseExampleSpec,
  type PartitionedRaggedFeature,
  type RaggedFeature,
  type RaggedParseExampleSpec,
  type SparseFeature,
} from "./parse-spec.js";
import { pythonText, tupleText } from "./python-text.js";
import { type ParsedRows, partitioned } from "./ragged-partitions.js";

interface DenseKey {
  readonly key: string;
  readonly dtype: DType;
  readonly shape: PartialShape & object;
  readonly defaultValue: NestedValue | undefined;
}

interface RaggedKey {
  readonly key: string;
  readonly dtype: DType;
  readonly splitsDtype: "int32" | "int64";
}

/** What a spec parses to: a ragged tensor for a RaggedFeature, a dense or sparse one for the others. */
export type ParsedFeatures<S extends RaggedParseExampleSpec> = {
  [K in keyof S]: S[K] extends PartitionedRaggedFeature
    ? ParsedRows
    : S[K] extends RaggedFeature
      ? RaggedTensor
      : FeatureTensor;
};

/**
 * Serialized Examples as features (`tf.io.parse_example`): sparse tensors for VarLen and Sparse features, ragged
 * tensors for Ragged ones, dense tensors for the rest.
 *
 * `serialized` is a string vector. Builds ParseExampleV2 with its keys sorted. INVALID_ARGUMENT for an empty or contradictory spec.
 */
export function parseExample<S extends RaggedParseExampleSpec = ParseExampleSpec>(
  serialized: Tensor,
  spec: S,
  options: { readonly name?: string; readonly exampleNames?: TensorLike } = {},
): ParsedFeatures<S> {
  checkOptions("parseExample", options, { name: "optional", exampleNames: "optional" });
  const keys = Object.keys(spec).sort(compareText);
  if (keys.length === 0) throw invalidArgument("Argument `features` cannot be None.");
  const sparse = new Map<string, DType>();
  const dense: DenseKey[] = [];
  const ragged = new Map<string, RaggedKey>();
  for (const key of keys) {
    const feature = spec[key]!;
    if (feature.kind !== "RaggedFeature") {
      addFeature(key, feature, sparse, dense);
      continue;
    }
    const splitsDtype = feature.rowSplitsDtype;
    addRagged({ key: feature.valueKey ?? key, dtype: feature.dtype, splitsDtype }, ragged);
    for (const partition of feature.partitions) {
      if (partition.kind !== "UniformRowLength") addRagged({ key: partition.key, dtype: "int64", splitsDtype }, ragged);
    }
  }
  const shared = dense.filter(({ key }) => sparse.has(key)).map(({ key }) => key);
  if (shared.length > 0) {
    throw invalidArgument(
      `Dense and sparse keys must not intersect; dense_keys: ${pythonText(dense.map(({ key }) => key))}, sparse_keys: ${pythonText([...sparse.keys()])}, intersection: {${shared.map(pythonText).join(", ")}}`,
    );
  }
  const raggedKeys = [...ragged.values()];
  const { parsed, rows } = parse(serialized, sparse, dense, raggedKeys, options);
  const rowsOf = (key: string): RaggedTensor => rows[raggedKeys.indexOf(ragged.get(key)!)]!;
  const featureOf = (key: string): FeatureTensor | ParsedRows => {
    const feature = spec[key]!;
    if (feature.kind === "RaggedFeature")
      return partitioned(rowsOf(feature.valueKey ?? key), feature.partitions, rowsOf);
    return composed(feature, parsed) ?? parsed.get(key)!;
  };
  // TensorFlow's order, which log lines show: sparse, dense, ragged and composed features, each by key.
  const kinds = ["VarLenFeature", "FixedLenFeature", "RaggedFeature", "SparseFeature"];
  const kindOf = ({ kind }: ExampleFeature | RaggedFeature): string =>
    kind === "FixedLenSequenceFeature" ? "FixedLenFeature" : kind;
  const ordered = kinds.flatMap((kind) => keys.filter((key) => kindOf(spec[key]!) === kind));
  return Object.fromEntries(ordered.map((key) => [key, featureOf(key)] as const)) as ParsedFeatures<S>;
}

function addFeature(key: string, feature: ExampleFeature, sparse: Map<string, DType>, dense: DenseKey[]): void {
  switch (feature.kind) {
    case "VarLenFeature":
      addSparse(key, feature.dtype, sparse);
      break;
    case "SparseFeature":
      for (const indexKey of indexKeys(feature).sort(compareText)) addSparse(indexKey, "int64", sparse);
      addSparse(feature.valueKey, feature.dtype, sparse);
      break;
    case "FixedLenFeature":
      if (feature.shape.some((size) => size < 0)) {
        throw invalidArgument(
          feature.shape[0]! < 0
            ? `First dimension of shape for feature ${key} unknown. Consider using FixedLenSequenceFeature. Received feature=${exampleFeatureText(feature)}.`
            : `All dimensions of shape for feature ${key} need to be known but received ${tupleText(feature.shape.map((size) => (size < 0 ? undefined : size))).text}.`,
        );
      }
      dense.push({ key, dtype: feature.dtype, shape: feature.shape, defaultValue: feature.defaultValue });
      break;
    case "FixedLenSequenceFeature":
      if (!feature.allowMissing) {
        throw invalidArgument("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.");
      }
      dense.push({ key, dtype: feature.dtype, shape: [-1, ...feature.shape], defaultValue: feature.defaultValue });
      break;
    default:
      throw invalidArgument(`Unsupported ${typeof feature} ${pythonText(feature)} for key '${key}'`);
  }
}

function addRagged(wanted: RaggedKey, ragged: Map<string, RaggedKey>): void {
  const { key, dtype, splitsDtype } = wanted;
  const known = ragged.get(key);
  if (known !== undefined && known.dtype !== dtype) {
    throw invalidArgument(`Conflicting type <dtype: '${known.dtype}'> vs <dtype: '${dtype}'> for feature ${key}.`);
  }
  if (known !== undefined && known.splitsDtype !== splitsDtype) {
    throw invalidArgument(
      `Conflicting partition type <dtype: '${known.splitsDtype}'> vs <dtype: '${splitsDtype}'> for feature ${key}.`,
    );
  }
  ragged.set(key, known ?? wanted);
}

function addSparse(key: string, dtype: DType, sparse: Map<string, DType>): void {
  const known = sparse.get(key);
  if (known !== undefined && known !== dtype) {
    throw invalidArgument(`Conflicting type <dtype: '${known}'> vs <dtype: '${dtype}'> for feature ${key}.`);
  }
  sparse.set(key, dtype);
}

function indexKeys(feature: SparseFeature): string[] {
  return typeof feature.indexKey === "string" ? [feature.indexKey] : [...feature.indexKey];
}

function parse(
  serialized: Tensor,
  sparse: ReadonlyMap<string, DType>,
  dense: readonly DenseKey[],
  ragged: readonly RaggedKey[],
  options: { readonly name?: string; readonly exampleNames?: TensorLike },
): { readonly parsed: Map<string, FeatureTensor>; readonly rows: readonly RaggedTensor[] } {
  const texts = (keys: readonly string[]): ReturnType<typeof tensorValue<"string">> =>
    tensorValue("string", [keys.length], keys.map(encodeText));
  const { outputs } = nameScope(options.name ?? "ParseExample", () => {
    const defaults = dense.map(defaultOf);
    return buildOp(
      "ParseExampleV2",
      [
        serialized,
        options.exampleNames ?? texts([]),
        texts([...sparse.keys()]),
        texts(dense.map(({ key }) => key)),
        texts(ragged.map(({ key }) => key)),
        defaults,
      ],
      {
        num_sparse: sparse.size,
        sparse_types: [...sparse.values()],
        ragged_value_types: ragged.map(({ dtype }) => dtype),
        ragged_split_types: ragged.map(({ splitsDtype }) => splitsDtype),
        dense_shapes: dense.map(({ shape }) => shape),
      },
      options.name ?? "ParseExampleV2",
    );
  });
  const parsed = new Map<string, FeatureTensor>();
  [...sparse.keys()].forEach((key, i) => {
    parsed.set(key, new SparseTensor(outputs[i]!, outputs[sparse.size + i]!, outputs[2 * sparse.size + i]!));
  });
  dense.forEach(({ key }, i) => {
    parsed.set(key, outputs[3 * sparse.size + i]!);
  });
  const first = 3 * sparse.size + dense.length;
  const rows = ragged.map((_, i) => new RaggedTensor(outputs[first + i]!, outputs[first + ragged.length + i]!));
  return { parsed, rows };
}

/** The default a dense key is parsed with; an empty tensor where it has none, so that it is required. */
function defaultOf({ key, dtype, shape, defaultValue }: DenseKey): Tensor {
  const safeKey = key.replace(/[^A-Za-z0-9_.\-/]/gu, "_");
  if (shape.length > 0 && shape[0]! < 0) {
    if (defaultValue === undefined)
      return constant(dtype === "string" ? scalarValue("string", "") : scalarValue(dtype, 0), undefined, "Const");
    const padding = constant(toTensor(defaultValue, dtype), undefined, `padding_${safeKey}`);
    return nameScope("Reshape", (scope) => {
      // Python's empty list becomes a float constant before TensorFlow sees that a shape must be of integers.
      constant(zeros("float32", [0]), undefined, "shape");
      return build("Reshape", [padding, constant(intValue([]), undefined, "shape")], {}, scope);
    });
  }
  if (defaultValue === undefined) return constant(zeros(dtype, [0]), undefined, "Const");
  return reshapeTo(constant(toTensor(defaultValue, dtype), undefined, `key_${safeKey}`), shape);
}

/** The tensor of a feature that is made of several keys, or undefined. */
function composed(feature: ExampleFeature, parsed: ReadonlyMap<string, FeatureTensor>): SparseTensor | undefined {
  if (feature.kind !== "SparseFeature") return undefined;
  const ids = indexKeys(feature).map((key) => parsed.get(key) as SparseTensor);
  const values = parsed.get(feature.valueKey) as SparseTensor;
  const sizes = typeof feature.size === "number" ? [feature.size] : feature.size;
  if (ids.length !== sizes.length) throw invalidArgument("sp_ids and vocab_size have to have equal lengths.");
  return nameScope("SparseMerge", () => {
    const columns = ids.map((id) => build("ExpandDims", [castTo(id.values, "int64"), scalarInt(1)], {}, "ExpandDims"));
    const lengths = sizes.map((size) =>
      nameScope("Cast", (scope) =>
        castTo(
          constant(
            Number.isInteger(size) && Math.abs(size) < 2 ** 31 ? scalarInt(size) : scalarLong(size),
            undefined,
            "x",
          ),
          "int64",
          scope,
        ),
      ),
    );
    const kept = sliceOf(ids[0]!.indices, [{}, { to: -1 }]);
    const indices = build("ConcatV2", [[kept, ...columns], scalarInt(1)], {}, "concat");
    const keptShape = sliceOf(ids[0]!.denseShape, [{ to: -1 }]);
    const shape = nameScope("concat", (scope) => {
      const rest = build("Pack", [lengths], {}, "values_1");
      return build("ConcatV2", [[keptShape, rest], scalarInt(0)], {}, scope);
    });
    if (feature.alreadySorted) return new SparseTensor(indices, values.values, shape);
    const { outputs } = buildOp("SparseReorder", [indices, values.values, shape], {}, "SparseReorder");
    build("Identity", [shape], {}, "Identity");
    return new SparseTensor(outputs[0]!, outputs[1]!, shape);
  });
}
