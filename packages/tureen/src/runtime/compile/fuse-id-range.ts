import { idRangeKernel } from "../kernels/plan-id-range.js";
import { type Pattern, producer, samePort } from "./fuse-match.js";
import type { PlanNode, Port } from "./plan-node.js";

/** An identity column with a default: ids below zero or not below the number of buckets become the default. */
export const fuseIdRange: Pattern = (root, symbols) => {
  if ((root.type !== "Select" && root.type !== "SelectV2") || root.outputTypes[0] !== "int64") return [];
  const outside = producer(root.inputs[0], "LogicalOr");
  const fill = producer(root.inputs[1], "Fill");
  const shape = producer(fill?.inputs[0], "Shape");
  const ids = root.inputs[2]!;
  if (outside === undefined || fill === undefined || shape === undefined || !samePort(shape.inputs[0], ids)) return [];
  const tests = [
    producer(outside.inputs[0], "Less", "GreaterEqual"),
    producer(outside.inputs[1], "Less", "GreaterEqual"),
  ];
  const below = tests.find((test) => test?.type === "Less");
  const above = tests.find((test) => test?.type === "GreaterEqual");
  const isTest = (test: PlanNode | undefined): test is PlanNode => samePort(test?.inputs[0], ids);
  if (!isTest(below) || !isTest(above)) return [];
  const constants = [below.inputs[1]!, above.inputs[1]!, fill.inputs[1]!];
  const numbers = constants.map((port) => number(port));
  if (numbers.some((n) => n === undefined)) return [];
  const [least, limit, fallback] = numbers as [number, number, number];
  if (symbols.facts.shape(fill.inputs[1]!)?.length !== 0) return [];
  return [
    {
      members: [root, outside, fill, shape, below, above],
      outputs: [root.port()],
      reads: [ids],
      key: numbers.join(),
      kernel: ([from], unfused) => idRangeKernel(from!, { least, limit, fallback }, unfused),
    },
  ];
};

/** A scalar int64 constant that 32 bits hold. */
function number({ node }: Port): number | undefined {
  const { value } = node;
  if (value?.dtype !== "int64" || value.shape.length !== 0) return undefined;
  const found = Number((value.data as BigInt64Array)[0]);
  return found === (found | 0) ? found : undefined;
}
