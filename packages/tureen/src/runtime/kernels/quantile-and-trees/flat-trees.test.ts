import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  BucketizedSplitSchema,
  LeafSchema,
  type Node,
  NodeSchema,
  TreeEnsembleSchema,
  VectorSchema,
} from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";
import { describe, expect, test } from "vitest";
import { intValue } from "../../../core/tensor-value.js";
import { type FlatTrees, featureColumns, flattenTrees, predictLogits } from "./flat-trees.js";

function leaf(...logits: number[]): Node {
  const vector = create(VectorSchema, { value: logits });
  const value = logits.length === 1 ? { scalar: logits[0]! } : { leaf: { case: "vector" as const, value: vector } };
  return create(NodeSchema, { node: { case: "leaf", value: create(LeafSchema, value) } });
}

function split(init: MessageInitShape<typeof BucketizedSplitSchema>): Node {
  return create(NodeSchema, { node: { case: "bucketizedSplit", value: create(BucketizedSplitSchema, init) } });
}

function flatten(...trees: Node[][]): FlatTrees {
  return flattenTrees(
    create(TreeEnsembleSchema, { trees: trees.map((nodes) => ({ nodes })), treeWeights: trees.map(() => 1) }),
  );
}

const fork = { featureId: 0, threshold: 3, leftId: 1, rightId: 2 };

describe("an ensemble that is no set of trees is refused, for TensorFlow would crash or never end on it", () => {
  test.each<[string, Node[], RegExp]>([
    ["a node that is its own child", [split({ ...fork, leftId: 0 }), leaf(1), leaf(2)], /has node 0 for a child/],
    ["a child that is not there", [split({ ...fork, rightId: 3 }), leaf(1), leaf(2)], /has node 3 for a child/],
    ["a child before its parent", [split(fork), leaf(1), split({ ...fork, leftId: 1 })], /has node 1 for a child/],
    ["a negative feature", [split({ ...fork, featureId: -1 }), leaf(1), leaf(2)], /feature -1/],
    ["a node of no kind", [create(NodeSchema)], /NODE_NOT_SET not supported/],
    ["leaves of different sizes", [split(fork), leaf(1), leaf(1, 2)], /has 2 logits, others have 1/],
    ["no nodes", [], /has no nodes/],
  ])("%s", (_, nodes, message) => {
    expect(() => flatten(nodes)).toThrow(message);
  });

  test("a tree without a weight", () => {
    expect(() => flattenTrees(create(TreeEnsembleSchema, { trees: [{ nodes: [leaf(1)] }] }))).toThrow(/has 0 weights/);
  });
});

describe("predictions", () => {
  const flat = flatten([split({ ...fork, dimensionId: 1 }), leaf(1), leaf(2)], [leaf(10)]);

  test("sum the leaves that an example reaches", () => {
    const columns = featureColumns(flat, [intValue([9, 3, 9, 4], [2, 2])]);
    expect([...predictLogits(flat, columns)]).toEqual([11, 12]);
  });

  test("need the features that the trees look at", () => {
    expect(() => featureColumns(flat, [intValue([1, 2], [2, 1])])).toThrow(/dimension 1 of feature 0/);
    expect(() => featureColumns(flat, [intValue([1, 2], [1, 2]), intValue([1], [1, 1]), intValue([], [0, 1])])).toThrow(
      /has 0 examples, the first has 1/,
    );
  });
});
