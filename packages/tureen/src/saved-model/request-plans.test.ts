import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { floatValue } from "../core/tensor-value.js";
import { Graph } from "../graph/graph.js";
import { loadSavedModel } from "./load.js";
import { requestPlanCheck } from "./request-plans.js";

const halfPlusTwo = fileURLToPath(new URL("../serving/fixtures/half_plus_two/00000123", import.meta.url));

describe("plans that requests ask for", () => {
  it("run any tensors, but nothing that changes the model's state", async () => {
    const model = await loadSavedModel(halfPlusTwo);
    const feeds = new Map([["x:0", floatValue([1, 2])]]);
    expect(model.run(feeds, ["y:0"])).toHaveLength(1);
    expect(() => model.run(new Map(), ["save/control_dependency:0"])).toThrow(
      expect.objectContaining({
        code: "FAILED_PRECONDITION",
        message: expect.stringContaining("changes the model's state"),
      }),
    );
    model.close();
  });

  it("are limited in number", () => {
    const check = requestPlanCheck(new Graph(), new Map());
    for (let i = 0; i < 1000; i++) check([], []);
    expect(() => check([], [])).toThrow(expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }));
  });
});
