import { describe, expect, it } from "vitest";
import { type TensorValue, toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { Reduction } from "../losses/reduction.js";
import { asOperation } from "../make-estimator-spec.js";
import { ModeKeys } from "../mode-keys.js";
import type { Labels } from "../model-fn.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { BinaryClassHead } from "./binary-class-head.js";
import type { Head } from "./head.js";
import { MultiClassHead } from "./multi-class-head.js";
import { MultiHead } from "./multi-head.js";
import { MultiLabelHead } from "./multi-label-head.js";
import { LogisticRegressionHead, PoissonRegressionHead, RegressionHead } from "./regression-head.js";

interface Case {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly logits: readonly StoredTensor[];
  readonly labels: readonly StoredTensor[];
  readonly weights: readonly StoredTensor[];
  readonly losses: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly predictions: readonly Readonly<Record<string, StoredTensor>>[];
}

const heads: Readonly<Record<string, new (options: never) => Head>> = {
  BinaryClassHead,
  MultiClassHead,
  RegressionHead,
  PoissonRegressionHead,
  LogisticRegressionHead,
  MultiLabelHead,
};

function camelCase(options: object): object {
  const camel = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
}

function placeholder(value: TensorValue, name: string): Tensor {
  return build("Placeholder", [], { dtype: value.dtype, shape: [-1, ...value.shape.slice(1)] }, name);
}

function initialize(session: Session, graph: Graph): void {
  const variables = [collectionKeys.globalVariables, collectionKeys.localVariables].flatMap((key) =>
    graph.getCollection<Variable>(key),
  );
  const tables = graph.getCollection<Operation>(collectionKeys.tableInitializers);
  for (const op of [...variables.map((variable) => variable.initializer), ...tables]) session.run([], new Map(), [op]);
}

describe("heads follow TensorFlow's", () => {
  readFixture<{ cases: Case[] }>("heads").cases.forEach((one, index) => {
    it(`${index} ${one.kind} ${JSON.stringify(one.options)}`, () => {
      const graph = new Graph();
      withGraph(graph, () => {
        const [fed, labels, weights] = (["logits", "labels", "weights"] as const).map((key) =>
          placeholder(restored(one[key][0]!), key),
        ) as [Tensor, Tensor, Tensor];
        // A run cannot fetch what it feeds.
        const logits = build("Identity", [fed]);
        const head = new heads[one.kind]!(camelCase(one.options) as never);
        const spec = head.createEstimatorSpec({
          features: { x: logits, w: weights },
          mode: ModeKeys.EVAL,
          logits,
          labels,
        });
        const session = new Session(graph);
        initialize(session, graph);
        const updates = Object.values(spec.evalMetricOps).map(({ update }) => asOperation(update));
        const predictions = spec.predictions as Readonly<Record<string, Tensor>>;
        const keys = Object.keys(predictions);
        one.logits.forEach((_, i) => {
          const feeds = new Map([
            [fed, restored(one.logits[i]!)],
            [labels, restored(one.labels[i]!)],
            [weights, restored(one.weights[i]!)],
          ]);
          const [loss, ...values] = session.run([spec.loss!, ...keys.map((key) => predictions[key]!)], feeds, updates);
          expect(Math.abs((loss!.data[0] as number) / one.losses[i]! - 1)).toBeLessThan(1e-5);
          expect([...keys].sort()).toEqual(Object.keys(one.predictions[i]!).sort());
          keys.forEach((key, k) => {
            const expected = restored(one.predictions[i]![key]!);
            if (expected.dtype === "string") expect(values[k]).toEqual(expected);
            else expect(largestError(values[k]!, expected), key).toBeLessThan(1e-5);
          });
        });
        expect(Object.keys(spec.evalMetricOps).sort()).toEqual(Object.keys(one.metrics).sort());
        for (const [name, { value }] of Object.entries(spec.evalMetricOps)) {
          expect(session.run([value])[0]!.data[0], name).toBeCloseTo(one.metrics[name]!, 5);
        }
      });
    });
  });
});

describe("export outputs", () => {
  const receiver = (): Record<string, Tensor> => ({
    examples: build("Placeholder", [], { dtype: "string", shape: [-1] }, "input_example_tensor"),
  });

  function exported(head: Head): Record<string, string> {
    return withGraph(new Graph(), () => {
      const logits = build("Placeholder", [], { dtype: "float32", shape: [-1, head.logitsDimension] }, "logits_in");
      const inputs = receiver();
      const spec = head.createEstimatorSpec({
        features: { x: logits },
        mode: ModeKeys.PREDICT,
        logits,
        labels: undefined,
      });
      return Object.fromEntries(
        Object.entries(spec.exportOutputs).flatMap(([key, output]) =>
          [...output.asSignature(inputs).outputs].map(([name, info]) => [
            `${key}.${name}`,
            "name" in info ? String(info.name) : "",
          ]),
        ),
      );
    });
  }

  it("of a binary head have TensorFlow's node names", () => {
    expect(exported(new BinaryClassHead())).toEqual({
      "serving_default.classes": "head/Tile:0",
      "serving_default.scores": "head/predictions/probabilities:0",
      "classification.classes": "head/Tile:0",
      "classification.scores": "head/predictions/probabilities:0",
      "regression.outputs": "head/predictions/logistic:0",
      "predict.all_class_ids": "head/predictions/Tile:0",
      "predict.all_classes": "head/predictions/Tile_1:0",
      "predict.class_ids": "head/predictions/ExpandDims:0",
      "predict.classes": "head/predictions/str_classes:0",
      "predict.logistic": "head/predictions/logistic:0",
      "predict.logits": "logits_in:0",
      "predict.probabilities": "head/predictions/probabilities:0",
    });
  });

  it("of a head with a vocabulary look their classes up", () => {
    const names = exported(new MultiClassHead({ nClasses: 3, labelVocabulary: ["a", "b", "c"] }));
    expect(names["predict.classes"]).toBe("head/predictions/hash_table_Lookup/LookupTableFindV2:0");
    expect(names["serving_default.classes"]).toBe("head/Tile:0");
  });

  it("of a Poisson head are rates and logits", () => {
    expect(exported(new PoissonRegressionHead())).toEqual({
      "serving_default.outputs": "head/predictions/Exp:0",
      "regression.outputs": "head/predictions/Exp:0",
      "predict.predictions": "head/predictions/Exp:0",
      "predict.logits": "logits_in:0",
    });
  });

  it("of several heads are named after them", () => {
    const head = new MultiHead({ heads: [new BinaryClassHead({ name: "h1" }), new RegressionHead({ name: "h2" })] });
    const names = exported(head);
    expect(names["serving_default.scores"]).toBe("h1_h2/h1/predictions/probabilities:0");
    expect(names["h2.outputs"]).toBe("h1_h2/split_logits/Slice_1:0");
    expect(names["h1/regression.outputs"]).toBe("h1_h2/h1/predictions/logistic:0");
    expect(names["predict.h1/logistic"]).toBe("h1_h2/h1/predictions/logistic:0");
    expect(names["predict.h2/predictions"]).toBe("h1_h2/split_logits/Slice_1:0");
  });
});

describe("a multi-head", () => {
  it("adds up weighed losses and measures each head", () => {
    const graph = new Graph();
    withGraph(graph, () => {
      const heads = [new RegressionHead({ name: "a" }), new RegressionHead({ name: "b", labelDimension: 2 })];
      const head = new MultiHead({ heads, headWeights: [1, 2] });
      const logits = constant([
        [1, 2, 3],
        [0, 0, 0],
      ]);
      const labels = {
        a: constant([[0], [0]]),
        b: constant([
          [2, 2],
          [0, 0],
        ]),
      };
      const spec = head.createEstimatorSpec({ features: {}, mode: ModeKeys.EVAL, logits, labels });
      const session = new Session(graph);
      initialize(session, graph);
      // a: (1 + 0) / 2; b: (0 + 1 + 0 + 0) / 4, twice.
      const updates = Object.values(spec.evalMetricOps).map(({ update }) => asOperation(update));
      expect(session.run([spec.loss!], new Map(), updates)[0]!.data[0]).toBeCloseTo(1, 6);
      const metric = (name: string): unknown => session.run([spec.evalMetricOps[name]!.value])[0]!.data[0];
      expect(metric("loss/a")).toBeCloseTo(0.5, 6);
      expect(metric("loss/b")).toBeCloseTo(0.25, 6);
      expect(metric("prediction/mean/b")).toBeCloseTo(1.25, 6);
      expect(metric("average_loss/a")).toBeCloseTo(0.5, 6);
    });
  });

  it("refuses heads without names, missing logits and missing labels", () => {
    expect(() => new MultiHead({ heads: [] })).toThrow("Must specify heads. Given: []");
    expect(() => new MultiHead({ heads: [new RegressionHead()] })).toThrow("All given heads must have name specified.");
    expect(() => new MultiHead({ heads: [new RegressionHead({ name: "a" })], headWeights: [1, 2] })).toThrow(
      "heads and head_weights must have the same size. Given len(heads): 1. Given len(head_weights): 2.",
    );
    const head = new MultiHead({ heads: [new RegressionHead({ name: "a" }), new RegressionHead({ name: "b" })] });
    withGraph(new Graph(), () => {
      const one = constant([[1]]);
      const args = { features: {}, mode: ModeKeys.EVAL };
      expect(() => head.loss({ ...args, logits: { a: one }, labels: undefined })).toThrow(
        "logits has missing values for head(s): ['b']",
      );
      expect(() => head.loss({ ...args, logits: { a: one, b: one }, labels: { a: one } })).toThrow(
        "labels has missing values for head(s): ['b']",
      );
      expect(() => head.predictions(constant([[1, 2, 3]]))).toThrow(
        "Could not split logits of shape [1, 3] among the heads with individual logits dimensions: [1, 1]. The last dimension of the logits tensor should equal 3 but is 2.",
      );
    });
  });
});

describe("heads refuse with TensorFlow's texts", () => {
  const texts: readonly (readonly [string, () => unknown])[] = [
    [
      "Invalid loss_reduction: none. See `tf.losses.Reduction` for valid options.",
      () => new BinaryClassHead({ lossReduction: Reduction.NONE }),
    ],
    ["thresholds not in (0, 1): ((0.5, 1.5),).", () => new BinaryClassHead({ thresholds: [0.5, 1.5] })],
    ["n_classes must be > 2: 2.", () => new MultiClassHead({ nClasses: 2 })],
    [
      `"label_vocabulary" does not have "n_classes" items. len(label_vocabulary)=2, n_classes=3, label_vocabulary=['a', 'b']`,
      () => new MultiClassHead({ nClasses: 3, labelVocabulary: ["a", "b"] }),
    ],
    ["n_classes must be > 1 for multi-label classification. Given: 1", () => new MultiLabelHead({ nClasses: 1 })],
    ["thresholds must be in (0, 1) range. Given: 1", () => new MultiLabelHead({ nClasses: 2, thresholds: [1] })],
    [
      "Length of label_vocabulary must be n_classes (2). Given: 1",
      () => new MultiLabelHead({ nClasses: 2, labelVocabulary: ["a"] }),
    ],
    [
      "All classes_for_class_based_metrics must be in range [0, 1]. Given: 2",
      () => new MultiLabelHead({ nClasses: 2, classesForClassBasedMetrics: [2] }),
    ],
    ["Invalid label_dimension 0.", () => new RegressionHead({ labelDimension: 0 })],
  ];
  for (const [text, make] of texts) it(text, () => expect(make).toThrow(text));

  function lossOf(head: Head, logits: number[][], labels: (() => Labels) | undefined): number {
    const graph = new Graph();
    return withGraph(graph, () => {
      const loss = head.loss({ features: {}, mode: ModeKeys.TRAIN, logits: constant(logits), labels: labels?.() });
      const session = new Session(graph);
      initialize(session, graph);
      return session.run([loss])[0]!.data[0] as number;
    });
  }

  it("missing, sparse and misshapen labels", () => {
    const head = new BinaryClassHead();
    expect(() => lossOf(head, [[1]], undefined)).toThrow(
      "You must provide a labels Tensor. Given: None. Suggested troubleshooting steps:",
    );
    const sparse = (): SparseTensor =>
      new SparseTensor(constant([[0n, 0n]], "int64"), constant([1n], "int64"), constant([1n, 1n], "int64"));
    expect(() => lossOf(head, [[1]], sparse)).toThrow(
      "SparseTensor labels are not supported. Labels must be a Tensor of shape [D0, D1, ..., DN, 1]",
    );
    expect(() => lossOf(head, [[1]], () => constant([[1, 0]]))).toThrow(
      "Mismatched label shape. Expected labels dimension=1.  Received 2.",
    );
    expect(() => lossOf(head, [[1, 2]], () => constant([[1]]))).toThrow(
      "logits shape must be [D0, D1, ... DN, logits_dimension], got (1, 2).",
    );
    expect(() => lossOf(head, [[1], [1]], () => constant([[1]]))).toThrow(
      "`logits` and `labels` must have the same shape, received ((2, 1) vs (1, 1)).",
    );
    const ofAnyBatch = (): Tensor => build("PlaceholderWithDefault", [constant([[1]])], { shape: [-1, 1] });
    expect(() => lossOf(head, [[1], [1]], ofAnyBatch)).toThrow("labels shape must be [D0, D1, ... DN, 1].");
  });

  it("labels out of range", () => {
    expect(() => lossOf(new BinaryClassHead(), [[1]], () => constant([[2]]))).toThrow(
      /assertion failed: \[Labels must be <= n_classes - 1\]/,
    );
    expect(() => lossOf(new BinaryClassHead(), [[1]], () => constant([[-1]]))).toThrow(
      /assertion failed: \[Labels must be >= 0\. {2}\]/,
    );
    expect(() => lossOf(new LogisticRegressionHead(), [[1]], () => constant([[1.5]]))).toThrow(
      /Labels must be in range \[0, 1\]/,
    );
    const vocabulary = new MultiClassHead({ nClasses: 3, labelVocabulary: ["a", "b", "c"] });
    expect(() => lossOf(vocabulary, [[1, 0, 0]], () => constant([["z"]]))).toThrow(/Labels must be >= 0/);
    expect(() => lossOf(vocabulary, [[1, 0, 0]], () => constant([[1n]], "int64"))).toThrow(
      "Labels dtype should be string if there is a vocabulary.",
    );
    expect(() => lossOf(new MultiClassHead({ nClasses: 3 }), [[1, 0, 0]], () => constant([[1.5]]))).toThrow(
      "Labels dtype should be integer.",
    );
  });

  it("sparse labels are fine for a multi-label head", () => {
    const sparse = (values: () => Tensor) => (): SparseTensor =>
      new SparseTensor(
        constant(
          [
            [0n, 0n],
            [1n, 0n],
            [1n, 1n],
          ],
          "int64",
        ),
        values(),
        constant([2n, 2n], "int64"),
      );
    const ids = sparse(() => constant([0n, 1n, 2n], "int64"));
    const words = sparse(() => constant(toTensor(["a", "b", "c"], "string")));
    const dense = (): Tensor =>
      constant(
        [
          [1n, 0n, 0n],
          [0n, 1n, 1n],
        ],
        "int64",
      );
    const logits = [
      [1, 2, 3],
      [-1, 0.5, 0],
    ];
    const expected = lossOf(new MultiLabelHead({ nClasses: 3 }), logits, dense);
    expect(lossOf(new MultiLabelHead({ nClasses: 3 }), logits, ids)).toBeCloseTo(expected, 6);
    expect(lossOf(new MultiLabelHead({ nClasses: 3, labelVocabulary: ["a", "b", "c"] }), logits, words)).toBeCloseTo(
      expected,
      6,
    );
  });

  it("a loss function of one's own whose losses do not fit", () => {
    const head = new RegressionHead({ lossFn: ({ labels }) => build("Reshape", [labels, toTensor([-1], "int32")]) });
    expect(() => lossOf(head, [[1], [2]], () => constant([[1], [2]]))).toThrow(
      /loss_fn must return Tensor of shape \[D0, D1, ... DN, 1\]/,
    );
    const fine = new RegressionHead({ lossFn: ({ labels }) => labels });
    expect(lossOf(fine, [[1], [2]], () => constant([[1], [2]]))).toBeCloseTo(1.5, 6);
  });
});
