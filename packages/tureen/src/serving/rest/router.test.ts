import { describe, expect, it } from "vitest";
import { isModelApiPath, routeOf } from "./router.js";

describe("routeOf", () => {
  it.each([
    ["POST", "/v1/models/m:predict", { model: "m", action: "predict", method: "predict" }],
    ["POST", "/V1/Models/m/versions/3:classify", { model: "m", version: 3n, action: "classify", method: "classify" }],
    [
      "POST",
      "/v1/models/m/labels/stable:regress",
      { model: "m", label: "stable", action: "regress", method: "regress" },
    ],
    ["POST", "/v1/models/a%2fb%zz:predict", { model: "a/b%zz", action: "predict", method: "predict" }],
    ["POST", "/v1/models/m:PREDICT", { model: "m", action: "malformed", method: "PREDICT" }],
    ["POST", "/v1/models/m:predict?x=1", { model: "", action: "malformed", method: "" }],
    ["POST", "/v1/models/m:multiInference", { model: "", action: "malformed", method: "" }],
    ["PUT", "/v1/models/m:predict", { model: "", action: "malformed", method: "" }],
    ["GET", "/v1/models", { model: "", action: "status", method: "" }],
    ["GET", "/v1/models/m", { model: "m", action: "status", method: "" }],
    ["GET", "/v1/models/m?x=1", { model: "m?x=1", action: "status", method: "" }],
    ["GET", "/v1/models/m/metadata", { model: "m", action: "metadata", method: "" }],
    ["GET", "/v1/models/m/METADATA", { model: "m", action: "status", method: "" }],
    ["GET", "/v1/models/m/versions/1/metadata", { model: "m", version: 1n, action: "metadata", method: "" }],
    ["GET", "/v1/models/m/labels/x", { model: "m", label: "x", action: "status", method: "" }],
    ["GET", "/v1/models/m/versions/x", { model: "", action: "malformed", method: "" }],
    ["GET", "/v1/models/m/versions/9223372036854775808", { model: "m", badVersion: "9223372036854775808" }],
  ])("%s %s", (method, path, route) => {
    expect(routeOf(method, path)).toEqual(route);
  });

  it("knows the paths of the model API", () => {
    expect(isModelApiPath("/v1/whatever")).toBe(true);
    expect(isModelApiPath("/V1/models")).toBe(true);
    expect(isModelApiPath("/v1")).toBe(false);
    expect(isModelApiPath("/v2/models")).toBe(false);
  });
});
