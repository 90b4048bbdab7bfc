import { expect, test } from "vitest";
import { StatusError } from "../../../core/status-error.js";
import { floatValue } from "../../../core/tensor-value.js";
import { TensorArray, type TensorArrayInit } from "./tensor-array.js";

const init: TensorArrayInit = {
  name: "ta_0",
  dtype: "float32",
  elementShape: undefined,
  size: 2,
  dynamicSize: false,
  clearAfterRead: true,
  identicalShapes: false,
};

function refusal(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return error instanceof StatusError ? error.toString() : String(error);
  }
  return "none";
}

// Texts as TensorFlow 2.15 raised them; the goldens leave them out, as they hold a number that counts the process's arrays.
test("refusals speak as TensorFlow's", () => {
  const twice = new TensorArray(init);
  twice.write(0, floatValue([1, 2]));
  expect(refusal(() => twice.write(0, floatValue([1, 2])))).toBe(
    "INVALID_ARGUMENT: TensorArray ta_0: Could not write to TensorArray index 0 because it has already been written to.",
  );
  expect(refusal(() => twice.write(2, floatValue([1, 2])))).toBe(
    "INVALID_ARGUMENT: TensorArray ta_0: Tried to write to index 2 but array is not resizeable and size is: 2",
  );
  expect(refusal(() => new TensorArray({ ...init, elementShape: [3] }).write(0, floatValue([1, 2])))).toBe(
    "INVALID_ARGUMENT: TensorArray ta_0: Could not write to TensorArray index 0 because the value shape is [2] which is incompatible with the TensorArray's inferred element shape: [3] (consider setting infer_shape=False).",
  );
  twice.read(0);
  expect(refusal(() => twice.read(0))).toBe(
    "INVALID_ARGUMENT: TensorArray ta_0: Could not read index 0 twice because it was cleared after a previous read (perhaps try setting clear_after_read = false?).",
  );
  expect(refusal(() => twice.read(1))).toContain(
    "TensorArray ta_0: Could not read from TensorArray index 1.  Furthermore, the element shape is not fully defined: <unknown>.",
  );
});

test("gradients of one source add up and take the forward elements' shapes", () => {
  const array = new TensorArray(init);
  array.write(0, floatValue([1, 2]));
  array.write(1, floatValue([3, 4, 5]));
  const gradient = array.gradient("gradients");
  expect(array.gradient("gradients")).toBe(gradient);
  expect(array.gradient("gradients_1")).not.toBe(gradient);
  gradient.write(0, floatValue([1, 1]));
  gradient.write(0, floatValue([2, 3]));
  expect([...(gradient.read(0).data as Float32Array)]).toEqual([3, 4]);
  expect([...(gradient.read(1).data as Float32Array)]).toEqual([0, 0, 0]);
});
