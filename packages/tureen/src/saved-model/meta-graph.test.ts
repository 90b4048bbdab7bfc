import { toBinary } from "@bufbuild/protobuf";
import { MetaGraphDefSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { expect, test } from "vitest";
import { floatValue, scalarValue } from "../core/tensor-value.js";
import { constant } from "../graph/build-op.js";
import { Graph } from "../graph/graph.js";
import { graphToBytes } from "../graph/graph-def.js";
import { withGraph } from "../graph/scope.js";
import { Variable } from "../graph/variable.js";
import { metaGraphToBytes, metaGraphToProto } from "./meta-graph.js";

test("the bytes of a MetaGraphDef are those of its message", () => {
  const graph = new Graph();
  const step = withGraph(graph, () => {
    new Variable({ name: "weights", initializer: floatValue([1, 2]) });
    new Variable({ name: "rate", initializer: scalarValue("float32", 3), trainable: false });
    return constant(0, "int32");
  });
  graph.addToCollection("losses", step);
  for (const parts of [
    { graph, addShapes: true, saver: { filename: "save/Const:0", save: "save/Identity:0", restore: "save/all" } },
    { graph, addShapes: true, tags: ["serve", "gpu"], mainOp: step.op, trainOp: step.op },
    { graph, addShapes: true, assets: [{ tensor: step, filename: "words" }], stripDefaultAttrs: true },
  ]) {
    const message = toBinary(MetaGraphDefSchema, metaGraphToProto(parts));
    const { addShapes, stripDefaultAttrs = false } = parts;
    const graphDef = graphToBytes(graph, { addShapes, stripDefaultAttrs });
    expect(Buffer.from(metaGraphToBytes(parts, graphDef)).equals(message)).toBe(true);
  }
});
