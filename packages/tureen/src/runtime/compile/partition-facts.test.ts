import { expect, test } from "vitest";
import { intValue } from "../../core/tensor-value.js";
import { type AttrMap, Attrs, type AttrValue } from "../../graph/attr-value.js";
import { inferPlanFacts } from "./partition-facts.js";
import { constantNode, feedNode, PlanNode, type Port } from "./plan-node.js";

const bool = (value: boolean): AttrValue => ({ kind: "bool", value });
const int = (value: number): AttrValue => ({ kind: "int", value: BigInt(value) });

function node(
  type: string,
  inputs: readonly Port[],
  attrs: Record<string, AttrValue> = {},
  dtype: "float32" | "int32" = "float32",
): PlanNode {
  const map: AttrMap = new Map(Object.entries(attrs));
  return new PlanNode({ name: type, type, attrs: new Attrs(map, type), inputs, outputTypes: [dtype] });
}

const masks = {
  begin_mask: int(0),
  end_mask: int(0),
  ellipsis_mask: int(0),
  new_axis_mask: int(0),
  shrink_axis_mask: int(1),
};

test("shapes follow through shape arithmetic", () => {
  const x = feedNode("x", 0, "float32", [-1, 4, 6]);
  const shape = node("Shape", [x.port()], { out_type: { kind: "type", value: "int32" } }, "int32");
  const at = (index: number): Port => constantNode("c", intValue([index])).port();
  const batch = node("StridedSlice", [shape.port(), at(0), at(1), at(1)], masks, "int32");
  const width = node("StridedSlice", [shape.port(), at(2), at(3), at(1)], masks, "int32");
  const twice = node("Mul", [width.port(), constantNode("two", intValue(Int32Array.of(2), [])).port()], {}, "int32");
  const target = node("Pack", [batch.port(), twice.port()], { axis: int(0), N: int(2) }, "int32");
  const result = node("Reshape", [x.port(), target.port()]);
  const constants = [batch, width].flatMap((slice) => slice.inputs.slice(1).map((port) => port.node));
  const order = [x, shape, ...constants, batch, width, twice.inputs[1]!.node, twice, target, result];
  const facts = inferPlanFacts(order, (item) => item !== x);
  expect(facts.elements(target.port())).toEqual([-1, 12]);
  expect(facts.shape(result.port())).toEqual([-1, 12]);
  expect(facts.value(width.port())).toMatchObject({ dtype: "int32", shape: [] });
});

test("nodes of the host may be taken at their declared shapes, nodes of a segment may not", () => {
  const x = feedNode("x", 0, "float32", undefined);
  const custom = new PlanNode({
    name: "custom",
    type: "Custom",
    inputs: [x.port()],
    outputTypes: ["float32"],
    shapes: [[3, -1]],
  });
  expect(inferPlanFacts([x, custom], () => false).shape(custom.port())).toEqual([3, -1]);
  expect(inferPlanFacts([x, custom], () => true).shape(custom.port())).toBeUndefined();
});

test("a product expects a matrix of an input of which nothing is known", () => {
  const x = feedNode("x", 0, "float32", undefined);
  const y = feedNode("y", 1, "float32", [8, 5]);
  const product = node("MatMul", [x.port(), y.port()], { transpose_a: bool(false), transpose_b: bool(false) });
  const facts = inferPlanFacts([x, y, product], (item) => item === product);
  expect(facts.shape(x.port())).toEqual([-1, -1]);
  expect(facts.shape(product.port())).toEqual([-1, 5]);
});
