import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { collectionKeys } from "../../graph/collections.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import * as tf from "../../index.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";

const fixture = readFixture<{
  readonly words: string;
  readonly columns: string;
  readonly cases: Readonly<Record<string, { readonly values?: readonly StoredTensor[]; readonly error?: string }>>;
  readonly saved: Readonly<Record<string, readonly number[]>>;
}>("lookup");
const folder = mkdtempSync(join(tmpdir(), "tureen-lookup-"));
const [words, columns] = [join(folder, "words.txt"), join(folder, "columns.txt")];
writeFileSync(words, fixture.words);
writeFileSync(columns, fixture.columns);

const L = tf.lookup;
const { WHOLE_LINE, LINE_NUMBER } = L.TextFileIndex;
type Table = { lookup(keys: tf.Tensor): tf.Tensor; size(): tf.Tensor };
/** What is fetched, after steps that run one by one. */
type Made = { readonly steps?: readonly (() => tf.Operation)[]; readonly fetch: () => readonly tf.Tensor[] };
const found = (table: Table, keys: tf.Tensor): readonly tf.Tensor[] => [table.lookup(keys), table.size()];
const texts = (...shape: number[]): tf.Tensor => {
  const list = ["red", "blue", "grey", "", "cyan", "pink"];
  return tf.reshape(tf.constant(list), shape.length === 0 ? [6] : shape);
};
const longs = (): tf.Tensor => tf.constant([0, 3, -1, 12, 2], "int64");
const ints = (): tf.Tensor => tf.constant([0, 3, -1, 12, 2], "int32");
const colours = (): tf.lookup.TableInitializer => L.keyValueTensorInitializer(["red", "green", "blue"], [5, 6, 7]);
const ids = (): tf.lookup.TableInitializer =>
  L.keyValueTensorInitializer(["red", "green", "blue"], [0, 1, 2], { valueDtype: "int64" });
const lines = { keyDtype: "string", keyIndex: WHOLE_LINE, valueDtype: "int64", valueIndex: LINE_NUMBER } as const;
const fileTable = (options: object, defaultValue: tf.TensorLike = -1, file = words): tf.lookup.StaticHashTable =>
  new L.StaticHashTable(L.textFileInitializer(file, { ...lines, ...options }), { defaultValue });
const sparse = (): tf.SparseTensor =>
  new tf.SparseTensor(
    tf.constant(
      [
        [0, 1],
        [2, 0],
      ],
      "int64",
    ),
    tf.constant(["blue", "pink"]),
    tf.constant([3, 4], "int64"),
  );
const parts = ({ indices, values, denseShape }: tf.SparseTensor): readonly tf.Tensor[] => [indices, values, denseShape];
const dense = { emptyKey: "", deletedKey: "!" };
const numbers = { keyDtype: "string", valueDtype: "int64", defaultValue: -1 } as const;
const pairs = { keyDtype: "string", valueDtype: "float32", defaultValue: [0, -1] } as const;

function sortedExport(table: tf.lookup.MutableHashTable | tf.lookup.DenseHashTable): readonly tf.Tensor[] {
  const [keys, values] = table.export();
  const order = tf.argsort(tf.stringToHashBucketFast(keys, { numBuckets: 2 ** 30 }));
  return [tf.gather(keys, order), tf.gather(values, order)];
}

function changed(table: tf.lookup.MutableHashTable | tf.lookup.DenseHashTable, keys: tf.TensorLike): Made {
  return {
    steps: [
      () => table.insert(["a", "b", "c"], [1, 2, 3]),
      () => table.insert(["b"], [20]),
      () => table.remove(tf.constant(["a", "zz"])),
    ],
    // Of a dense table all buckets are exported, free ones too.
    fetch: () => [table.lookup(keys), table.size(), ...(table instanceof L.DenseHashTable ? [] : sortedExport(table))],
  };
}

const cases: Readonly<Record<string, () => readonly tf.Tensor[] | Made | object>> = {
  static: () => found(new L.StaticHashTable(colours(), { defaultValue: -1 }), texts(2, 3)),
  "static of floats": () => {
    const halves = L.keyValueTensorInitializer(tf.constant([3, -1], "int64"), [0.5, 1.5]);
    return found(new L.StaticHashTable(halves, { defaultValue: 9 }), longs());
  },
  "static of ints": () =>
    found(
      new L.StaticHashTable(L.keyValueTensorInitializer([3, -1], ["x", "y"]), { defaultValue: "none" }),
      tf.constant([-1, 0], "int32"),
    ),
  "static of large ints": () => {
    const large = L.keyValueTensorInitializer([3, 2 ** 40], [2 ** 33, 5]);
    return found(new L.StaticHashTable(large, { defaultValue: -1 }), tf.constant([3, 2 ** 40, 0], "int64"));
  },
  "static sparse": () => parts(new L.StaticHashTable(colours(), { defaultValue: -1 }).lookup(sparse())),
  "static ragged": () => {
    const rows = new RaggedTensor(tf.constant(["blue", "pink", "red"]), tf.constant([0, 2, 2, 3], "int64"));
    const { values, rowSplits } = new L.StaticHashTable(colours(), { defaultValue: -1 }).lookup(rows);
    return [values, rowSplits];
  },
  "static file": () => found(fileTable({}), texts()),
  "static file of a size": () => found(fileTable({ vocabSize: 3 }), texts()),
  "static file and offset": () => found(fileTable({ valueIndexOffset: 10 }), texts()),
  "static columns": () => found(fileTable({ keyIndex: 0, valueIndex: 1, delimiter: ":" }, 0, columns), texts()),
  "static lines": () =>
    found(
      fileTable({ keyDtype: "int64", keyIndex: LINE_NUMBER, valueDtype: "string", valueIndex: WHOLE_LINE }, "?"),
      longs(),
    ),
  vocabulary: () => found(new L.StaticVocabularyTable(ids(), { numOovBuckets: 3 }), texts()),
  "vocabulary of longs": () => {
    const places = L.keyValueTensorInitializer([12, 3], [0, 1], { keyDtype: "int64", valueDtype: "int64" });
    return found(new L.StaticVocabularyTable(places, { numOovBuckets: 5, lookupKeyDtype: "int32" }), ints());
  },
  "vocabulary sparse": () => parts(new L.StaticVocabularyTable(ids(), { numOovBuckets: 3 }).lookup(sparse())),
  "vocabulary of nothing": () => found(new L.StaticVocabularyTable(null, { numOovBuckets: 4 }), texts()),
  "index of tensor": () => found(L.indexTableFromTensor(["red", "blue"]), texts()),
  "index of tensor with default": () => found(L.indexTableFromTensor(["red", "blue"], { defaultValue: 7 }), texts()),
  "index of tensor with buckets": () => found(L.indexTableFromTensor(["red", "blue"], { numOovBuckets: 10 }), texts()),
  "index of numbers": () => found(L.indexTableFromTensor([12, 3], { dtype: "int64" }), longs()),
  "index of numbers with buckets": () =>
    found(L.indexTableFromTensor([12, 3], { numOovBuckets: 9, dtype: "int32" }), ints()),
  "index of file": () => found(L.indexTableFromFile(words, { numOovBuckets: 2, vocabSize: 3 }), texts()),
  "index of columns": () =>
    found(L.indexTableFromFile(columns, { keyColumnIndex: 0, valueColumnIndex: 1, delimiter: ":" }), texts()),
  "strings of tensor": () =>
    found(L.indexToStringTableFromTensor(["red", "blue", "pink"], { defaultValue: "none" }), longs()),
  "strings of file": () => found(L.indexToStringTableFromFile(words, { vocabSize: 3 }), longs()),
  mutable: () =>
    changed(new L.MutableHashTable(numbers), [
      ["b", "a"],
      ["c", "x"],
    ]),
  "mutable of vectors": () => {
    const table = new L.MutableHashTable(pairs);
    return {
      steps: [
        () =>
          table.insert(
            ["a", "b"],
            [
              [1, 2],
              [3, 4],
            ],
          ),
      ],
      fetch: () => [
        table.lookup(["b", "c"]),
        table.lookup(["b", "c"], {
          dynamicDefaultValues: [
            [9, 8],
            [7, 6],
          ],
        }),
      ],
    };
  },
  dense: () => changed(new L.DenseHashTable({ ...numbers, ...dense }), ["b", "a", "c", "x"]),
  "dense of vectors": () => {
    const table = new L.DenseHashTable({ ...pairs, ...dense, initialNumBuckets: 8 });
    return {
      steps: [
        () =>
          table.insert(
            ["a", "b"],
            [
              [1, 2],
              [3, 4],
            ],
          ),
      ],
      fetch: () => [table.lookup(["b", "c"]), table.size()],
    };
  },
  "wrong keys": () => found(new L.StaticHashTable(colours(), { defaultValue: -1 }), longs()),
  "wrong keys of a vocabulary": () => found(new L.StaticVocabularyTable(ids(), { numOovBuckets: 3 }), longs()),
  "no buckets": () => new L.StaticVocabularyTable(ids(), { numOovBuckets: 0 }),
  "values that are no ids": () => new L.StaticVocabularyTable(colours(), { numOovBuckets: 1 }),
  "keys of another kind": () => new L.StaticVocabularyTable(ids(), { numOovBuckets: 1, lookupKeyDtype: "int64" }),
  "keys that are floats": () =>
    new L.StaticVocabularyTable(L.keyValueTensorInitializer([0.5], [0], { valueDtype: "int64" }), { numOovBuckets: 1 }),
  "no file": () => L.textFileInitializer("", lines),
  "key index": () => L.textFileInitializer(words, { ...lines, keyIndex: -3 }),
  "value index": () => L.textFileInitializer(words, { ...lines, valueIndex: -3 }),
  "key is a number": () =>
    L.textFileInitializer(words, { ...lines, keyIndex: LINE_NUMBER, valueDtype: "string", valueIndex: WHOLE_LINE }),
  "key is a line": () => L.textFileInitializer(words, { ...lines, keyDtype: "float32" }),
  "value is a number": () => L.textFileInitializer(words, { ...lines, valueDtype: "int32" }),
  "value is a line": () =>
    L.textFileInitializer(words, {
      keyDtype: "int64",
      keyIndex: LINE_NUMBER,
      valueDtype: "float32",
      valueIndex: WHOLE_LINE,
    }),
  "vocabulary size": () => L.textFileInitializer(words, { ...lines, vocabSize: 0 }),
  "index of nothing": () => L.indexTableFromTensor(null as never),
  "index with few buckets": () => L.indexTableFromTensor(["a"], { numOovBuckets: -1 }),
  "index of floats": () => L.indexTableFromTensor(["a"], { dtype: "float32" }),
  "index of another kind": () => L.indexTableFromTensor(["a"], { dtype: "int64" }),
  "index of no file": () => L.indexTableFromFile(""),
  "index of file with few buckets": () => L.indexTableFromFile(words, { numOovBuckets: -1 }),
  "index of file of nothing": () => L.indexTableFromFile(words, { vocabSize: 0 }),
  "index of file of floats": () => L.indexTableFromFile(words, { keyDtype: "float32" }),
  "strings of nothing": () => L.indexToStringTableFromTensor(null as never),
  "strings of no file": () => L.indexToStringTableFromFile(null as never),
  "strings of file of nothing": () => L.indexToStringTableFromFile(words, { vocabSize: 0 }),
  "a key twice": () =>
    found(new L.StaticHashTable(L.keyValueTensorInitializer(["a", "a"], [1, 2]), { defaultValue: 0 }), texts()),
  "more lines than there are": () => found(fileTable({ vocabSize: 9 }, 0), texts()),
  "a file that is not there": () => found(fileTable({}, 0, "/none/such"), texts()),
  "a column that is not there": () => found(fileTable({ keyIndex: 0, valueIndex: 1 }, 0), texts()),
};

describe("what TensorFlow 2.15 recorded", () => {
  test.each(Object.entries(fixture.cases))("%s", (name, { values, error }) => {
    const run = (): readonly tf.TensorValue[] =>
      tf.withGraph(new tf.Graph(), (graph) => {
        const made = cases[name]!();
        const { steps = [], fetch } = Array.isArray(made) ? { fetch: () => made as tf.Tensor[] } : (made as Made);
        const session = new tf.Session(graph);
        const anyFile = { fileRoot: "/" };
        const filling = graph.getCollection<tf.Operation>(collectionKeys.tableInitializers);
        if (filling.length > 0) session.run([], new Map(), filling, anyFile);
        for (const step of steps) session.run([], new Map(), [step()]);
        return session.run([...fetch()]);
      });
    if (error !== undefined) {
      expect(run).toThrow(error.replaceAll("FOLDER", folder));
      return;
    }
    const results = run();
    expect(results).toHaveLength(values!.length);
    results.forEach((result, i) => {
      const wanted = restored(values![i]!);
      if (wanted.dtype === "string") expect(result).toEqual(wanted);
      else expect(largestError(result, wanted)).toBe(0);
    });
  });
});

describe("in a model", () => {
  const input = (): tf.data.Dataset<readonly [{ readonly x: tf.TensorValue }, tf.TensorValue]> =>
    tf.data.Dataset.fromTensors([{ x: ["red", "pink"] }, [1, 2]] as const).repeat() as never;
  const modelFn: tf.estimator.ModelFn = ({ features, labels, mode }) => {
    const { x } = features as { readonly x: tf.Tensor };
    const table = L.indexTableFromFile(words, { numOovBuckets: 2 });
    const seen = new L.MutableHashTable({ ...numbers, name: "seen" });
    const embedding = tf.getVariable("embedding", { shape: [6], initializer: (shape) => tf.fill([...shape], 0.5) });
    const predictions = {
      id: table.lookup(x),
      value: tf.gather(embedding.read(), table.lookup(x)),
      seen: seen.lookup(x),
    };
    if (mode === tf.estimator.ModeKeys.PREDICT) return tf.estimator.makeEstimatorSpec({ mode, predictions });
    const loss = tf.losses.meanSquaredError(labels as tf.Tensor, predictions.value);
    const step = tf.train
      .gradientDescentOptimizer(0.5)
      .minimize(loss, { variables: tf.trainableVariables(), iterations: tf.train.getGlobalStep() });
    const trainOp = tf.controlDependencies([step], () => seen.insert(x, [10, 20]));
    return tf.estimator.makeEstimatorSpec({ mode, loss, trainOp });
  };

  test("tables train, are saved, exported with their files, and served", async () => {
    const config = tf.estimator.runConfig({ logger: tf.estimator.quietLogger });
    const model = new tf.estimator.Estimator({ modelFn, config });
    await model.train(input, { steps: 3 });
    expect(model.getVariableNames()).toEqual(expect.arrayContaining(["seen-keys", "seen-values"]));
    const receiver = tf.estimator.export.buildRawServingInputReceiverFn({ x: { dtype: "string", shape: [-1] } });
    const path = await model.exportSavedModel(join(folder, "exports"), receiver);
    const served = await tf.loadSavedModel(path);
    const { id, seen } = await served.signature("serving_default").tensors({ x: ["blue", "pink"] });
    expect(Array.from(id!.data as BigInt64Array)[0]).toBe(2n);
    expect(Array.from(seen!.data as BigInt64Array)).toEqual([-1n, 20n]);
  });

  test("checkpoints have TensorFlow's keys", () => {
    tf.withGraph(new tf.Graph(), (graph) => {
      new L.MutableHashTable({ ...numbers, name: "words" });
      new L.DenseHashTable({ ...numbers, ...dense, name: "more" });
      const saved = graph.getCollection<{ specs: readonly { key: string }[] }>(collectionKeys.saveableObjects);
      expect(saved.flatMap(({ specs }) => specs.map(({ key }) => key)).toSorted()).toEqual(
        Object.keys(fixture.saved).toSorted(),
      );
    });
  });
});
