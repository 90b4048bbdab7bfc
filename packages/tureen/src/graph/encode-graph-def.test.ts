import { toBinary } from "@bufbuild/protobuf";
import { GraphDefSchema } from "@tureen/protos/gen/tensorflow/core/framework/graph_pb";
import { OpListSchema } from "@tureen/protos/gen/tensorflow/core/framework/op_def_pb";
import { expect, test } from "vitest";
import { floatValue, intValue, stringValue, tensorValue } from "../core/tensor-value.js";
import { build, buildOp, constant } from "./build-op.js";
import { customOpRegistryTable } from "./custom-op-registry.table.js";
import { encodeOpList } from "./encode-op-list.js";
import { gradients } from "./gradients.js";
import { Graph } from "./graph.js";
import { graphToBytes, graphToProto } from "./graph-def.js";
import { opList } from "./op-def-proto.js";
import { opRegistryTable } from "./op-registry.table.js";
import * as tf from "./ops/index.js";
import { controlDependencies, withGraph } from "./scope.js";

test("the definitions of all ops have the bytes of their messages", () => {
  // All but a test op of TensorFlow's own, with a tensor as a default that nothing here takes.
  const registered = Object.keys(opRegistryTable).filter((type) => type !== "DefaultAttrs");
  const types = [...registered, ...Object.keys(customOpRegistryTable), "NoSuchOp"];
  expect(Buffer.from(encodeOpList(types)).equals(toBinary(OpListSchema, opList(types)))).toBe(true);
});

test.each([{}, { addShapes: true }, { stripDefaultAttrs: true }])(
  "a graph has the bytes of its message: %o",
  (options) => {
    const graph = new Graph();
    withGraph(graph, () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 0, 3] }, "x");
      build("Placeholder", [], { dtype: "string", shape: null }, "größe");
      const parts = buildOp("Split", [constant(2, "int32"), x], { num_split: 3 });
      controlDependencies([x.op, parts], () => build("AddN", [[x, x]]));
      for (const value of [
        floatValue([1.5, -0, Number.NaN]),
        tensorValue("float32", [0], new Float32Array(0)),
        stringValue(["a", "", "ß"]),
        intValue([-1, 2 ** 31 - 1], [1, 2]),
        tensorValue("int64", [], BigInt64Array.of(-(2n ** 63n))),
        tensorValue("bool", [2], Uint8Array.of(1, 0)),
      ])
        constant(value);
      const start = constant(2);
      const [, end] = tf.whileLoop(
        (i) => build("Less", [i, constant(3, "int32")]),
        (i, y) => [build("AddV2", [i, constant(1, "int32")]), build("Mul", [y, y])],
        [constant(0, "int32"), start],
      );
      gradients([end], [start]);
    });
    expect(graph.functions.size).toBeGreaterThan(0);
    expect(
      Buffer.from(graphToBytes(graph, options)).equals(toBinary(GraphDefSchema, graphToProto(graph, options))),
    ).toBe(true);
  },
);
