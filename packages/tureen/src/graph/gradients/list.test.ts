import { expect, test } from "vitest";
import { floatValue, toFlatArray } from "../../core/tensor-value.js";
import { Session } from "../../runtime/session.js";
import { constant } from "../build-op.js";
import { gradients } from "../gradients.js";
import { Graph, type Tensor } from "../graph.js";
import {
  tensorArrayGatherV3,
  tensorArrayReadV3,
  tensorArrayScatterV3,
  tensorArrayV3,
  tensorArrayWriteV3,
  tensorListConcatV2,
  tensorListFromTensor,
  tensorListGather,
  tensorListGetItem,
  tensorListPopBack,
  tensorListPushBack,
  tensorListSetItem,
  tensorListSplit,
  tensorListStack,
} from "../ops/list.js";
import { addV2, mul } from "../ops/math.js";
import { sum } from "../ops/reduce.js";
import { withGraph } from "../scope.js";

const int = (value: number | number[]): Tensor => constant(value, "int32");
const total = (x: Tensor): Tensor => sum(x, int(Array.from({ length: x.shape!.length }, (_, i) => i)));

function run(build: () => readonly Tensor[]): number[][] {
  const graph = new Graph();
  const fetches = withGraph(graph, build);
  return new Session(graph).run(fetches, new Map()).map((value) => toFlatArray(value) as number[]);
}

test("gradients pass through a list that is changed, popped, gathered and stacked", () => {
  const elementDtype = "float32";
  const [gradX, gradY] = run(() => {
    const [x, y] = [constant(floatValue([1, 2, 3, 4, 5, 6], [3, 2])), constant(floatValue([7, 8]))];
    let list = tensorListFromTensor(x, int([2]));
    list = tensorListSetItem(list, int(1), y);
    list = tensorListPushBack(list, mul(y, constant(2)));
    const { outputHandle, tensor } = tensorListPopBack(list, int([2]), { elementDtype });
    const stacked = tensorListStack(outputHandle, int([2]), { elementDtype, numElements: 3 });
    const item = tensorListGetItem(outputHandle, int(0), int([2]), { elementDtype });
    const gathered = tensorListGather(outputHandle, int([2, 1]), int([2]), { elementDtype });
    const weights = constant(floatValue([1, 10, 100, 1000], [2, 2]));
    const loss = addV2(
      addV2(total(mul(stacked, stacked)), total(mul(tensor, constant(3)))),
      addV2(total(mul(item, constant(0.5))), total(mul(gathered, weights))),
    );
    return gradients([loss], [x, y]) as Tensor[];
  });
  // d/dx: 2x of rows 0 and 2 (row 1 was replaced), 0.5 for the item read, the weights of row 2 as gathered first.
  expect(gradX).toEqual([2.5, 4.5, 0, 0, 10 + 1, 12 + 10]);
  // d/dy: 2y where it was set, 3 · 2 of the popped element, the weights of row 1 as gathered second.
  expect(gradY).toEqual([14 + 6 + 100, 16 + 6 + 1000]);
});

test("gradients pass through split and concat", () => {
  const [grad] = run(() => {
    const x = constant(floatValue([1, 2, 3, 4, 5], [5]));
    const lengths = constant([2n, 3n], "int64");
    const list = tensorListSplit(x, int([-1]), lengths);
    const joined = tensorListConcatV2(list, int([-1]), constant([], "int64"), { elementDtype: "float32" }).tensor;
    return gradients([mul(joined, joined)], [x]) as Tensor[];
  });
  expect(grad).toEqual([2, 4, 6, 8, 10]);
});

test("gradients pass through a TensorArray that is written, scattered, read and gathered", () => {
  const [gradX, gradY] = run(() => {
    const [x, y] = [constant(floatValue([1, 2], [2])), constant(floatValue([3, 4, 5, 6], [2, 2]))];
    const { handle, flow } = tensorArrayV3(int(3), { dtype: "float32", clearAfterRead: false });
    const written = tensorArrayWriteV3(handle, int(1), x, flow);
    const scattered = tensorArrayScatterV3(handle, int([2, 0]), y, written);
    const first = tensorArrayReadV3(handle, int(1), scattered, { dtype: "float32" });
    const all = tensorArrayGatherV3(handle, int([0, 1, 2]), scattered, { dtype: "float32", elementShape: [2] });
    const loss = addV2(total(mul(all, all)), sum(mul(first, constant(10)), int([0])));
    return gradients([loss], [x, y]) as Tensor[];
  });
  expect(gradX).toEqual([12, 14]);
  expect(gradY).toEqual([6, 8, 10, 12]);
});
