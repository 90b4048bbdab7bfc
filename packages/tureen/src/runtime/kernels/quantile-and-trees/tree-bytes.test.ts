import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type TreeEnsemble,
  TreeEnsembleSchema,
} from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";
import { expect, test } from "vitest";
import { ensembleBytes } from "./tree-bytes.js";

type Nodes = NonNullable<NonNullable<MessageInitShape<typeof TreeEnsembleSchema>["trees"]>[number]["nodes"]>;

function ensemble(...trees: Nodes[]): TreeEnsemble {
  return create(TreeEnsembleSchema, {
    trees: trees.map((nodes) => ({ nodes })),
    treeWeights: trees.map(() => 1),
    treeMetadata: trees.map((_, i) => ({ numLayersGrown: i, isFinalized: i > 0 })),
    growingMetadata: { numLayersAttempted: 300n, lastLayerNodeStart: 1, lastLayerNodeEnd: 3 },
  });
}

const leaf = (scalar: number): Nodes[number] => ({ node: { case: "leaf", value: { scalar } } });
const split = { featureId: 3, threshold: 200, leftId: 1, rightId: 2, dimensionId: 1, defaultDirection: 1 };

test.each<[string, TreeEnsemble]>([
  ["nothing", ensemble()],
  ["leaves", ensemble([leaf(0)], [leaf(-1.25)], [leaf(-0)])],
  [
    "splits with metadata",
    ensemble([
      {
        node: { case: "bucketizedSplit", value: split },
        metadata: { gain: 0.125, originalLeaf: { scalar: 7 } },
      },
      { node: { case: "bucketizedSplit", value: { leftId: 3, rightId: 4 } }, metadata: { gain: -0.5 } },
      leaf(2),
      { node: { case: "leaf", value: { scalar: 3 } }, metadata: {} },
      { node: { case: "leaf", value: {} } },
    ]),
  ],
  [
    "large numbers in all fields",
    ensemble([
      {
        node: {
          case: "bucketizedSplit",
          value: {
            featureId: 2 ** 31 - 1,
            threshold: 2 ** 31 - 1,
            leftId: 2 ** 31 - 1,
            rightId: 2 ** 31 - 1,
            dimensionId: 2 ** 31 - 1,
            defaultDirection: 1,
          },
        },
        metadata: { gain: 1e38, originalLeaf: { scalar: 1e-38 } },
      },
    ]),
  ],
  [
    "nodes that are written by reflection",
    ensemble(
      [{ node: { case: "bucketizedSplit", value: { ...split, threshold: -1 } } }],
      [
        { node: { case: "categoricalSplit", value: { featureId: 1, value: 5, leftId: 1, rightId: 2 } } },
        leaf(1),
        leaf(2),
      ],
      [{ node: { case: "leaf", value: { leaf: { case: "vector", value: { value: [1, 2, 3] } } } } }],
      Array.from({ length: 300 }, (_, i) => leaf(i)),
    ),
  ],
])("%s: the bytes that protobuf gives", (_, message) => {
  expect(Buffer.from(ensembleBytes(message))).toEqual(Buffer.from(toBinary(TreeEnsembleSchema, message)));
});
