import { describe, expect, it } from "vitest";
import { floatValue, stringValue, tensorValue } from "../../core/tensor-value.js";
import type { SignatureInfo, TensorInfo } from "../../saved-model/signature.js";
import { compileSignatures } from "../servable/servable.js";
import { classificationTable, classificationTensors } from "./classification.js";
import { regressionTensors, regressionValues } from "./regression.js";

const info = (name: string): TensorInfo => ({ name, dtype: "float32", shape: undefined });

function signature(inputs: readonly string[], outputs: readonly string[], methodName = "") {
  const tensors = (names: readonly string[]): SignatureInfo["inputs"] =>
    new Map(names.map((name) => [name, info(name)]));
  const compiled = compileSignatures(
    new Map([["s", { inputs: tensors(inputs), outputs: tensors(outputs), methodName, defaults: new Map() }]]),
  );
  return compiled.get("s")!;
}

// Texts and order: TensorFlow Serving's servables/tensorflow/classifier.cc and regressor.cc.
describe("what Classify and Regress ask of a signature", () => {
  it.each([
    [["a", "b"], ["scores"], "Expected one input Tensor."],
    [["inputs"], ["a", "b", "c"], "Expected one or two output Tensors, found 3"],
    [["x"], ["scores"], "No classification inputs found in SignatureDef: "],
    [["inputs"], ["y"], 'Expected classification signature outputs to contain at least one of "classes" or "scores".'],
  ])("Classify: %j to %j", (inputs, outputs, message) => {
    expect(() => classificationTensors(signature(inputs, outputs), false)).toThrow(message);
  });

  it.each([
    [["a", "b"], ["outputs"], "Expected one input Tensor."],
    [["inputs"], ["a", "b"], "Expected one output Tensor."],
    [["x"], ["outputs"], "No regression inputs found in SignatureDef: "],
    [["inputs"], ["y"], "No regression outputs found in SignatureDef: "],
  ])("Regress: %j to %j", (inputs, outputs, message) => {
    expect(() => regressionTensors(signature(inputs, outputs), false)).toThrow(message);
  });

  it("looks at the method's name only when it is told to", () => {
    const both = [signature(["inputs"], ["scores"], "m"), signature(["inputs"], ["outputs"], "m")] as const;
    expect(() => classificationTensors(both[0], true)).toThrow(
      "Expected classification signature method_name to be tensorflow/serving/classify. Was: m",
    );
    expect(() => regressionTensors(both[1], true)).toThrow(
      "Expected regression signature method_name to be tensorflow/serving/regress. Was: m",
    );
    expect(classificationTensors(both[0], false).fetches).toEqual(["scores"]);
  });
});

describe("what Classify and Regress ask of a model's answer", () => {
  const scores = floatValue([1, 2], [2, 1]);
  it.each([
    [undefined, floatValue([1, 2], [2]), "Expected Tensor shape: [batch_size num_classes] but got [2]"],
    [floatValue([1, 2], [2, 1]), undefined, "Expected classes Tensor of DT_STRING. Got: DT_FLOAT"],
    [undefined, tensorValue("int32", [2, 1], new Int32Array(2)), "Expected scores Tensor of DT_FLOAT. Got: DT_INT32"],
    [undefined, floatValue([1], [1, 1]), "Expected scores output batch size of 2. Got: 1"],
    [stringValue(["a"], [1, 1]), undefined, "Expected classes output batch size of 2. Got: 1"],
    [
      stringValue(["a", "b", "c", "d"], [2, 2]),
      scores,
      "Tensors class and score should match in dim_size(1). Got 2 vs. 1",
    ],
  ])("Classify %#", (classes, values, message) => {
    expect(() => classificationTable(classes, values, 2)).toThrow(message);
  });

  it.each([
    [
      floatValue([1, 2, 3, 4], [2, 2]),
      "Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got [2,2]",
    ],
    [floatValue([1], [1]), "Input batch size did not match output batch size: 2 vs. 1"],
    [tensorValue("int32", [2], new Int32Array(2)), "Expected output Tensor of DT_FLOAT.  Got: DT_INT32"],
  ])("Regress %#", (value, message) => {
    expect(() => regressionValues(value, 2)).toThrow(message);
  });
});
