import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toStatusError } from "../core/status-error.js";
import { loadSavedModel } from "./load.js";

interface Recorded {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly pb: string;
}

const { cases } = JSON.parse(readFileSync(new URL("./fixtures/load-errors.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Recorded[];
};

/** What Tureen answers where that is not TensorFlow's answer, and why. */
const different: Readonly<Record<string, readonly [answer: RegExp, reason: string]>> = {
  two_unknown_ops: [/Op type not registered 'NoSuchOp'.* Also not registered: 'NorThis'\.$/, "all are named at once"],
  ...Object.fromEntries(
    ["attr_of_wrong_kind", "type_not_allowed", "type_invalid", "type_unknown", "placeholder_attr"].map((name) => [
      name,
      [
        /^INVALID_ARGUMENT: (AttrValue had|Value for attr|Unknown data type)/,
        "the attribute is named, not the input that does not fit it",
      ] as const,
    ]),
  ),
  attr_without_value: [/^NOT_FOUND: No attr named 'T'/, "an attribute without a value is none"],
  bad_device: [/^OK/, "devices are not looked at"],
  const_overflowing_shape: [/^FAILED_PRECONDITION: Saved model contains node "a"/, "TensorFlow's process ends"],
  const_too_many_dims: [/^FAILED_PRECONDITION: Saved model contains node "a"/, "TensorFlow's process ends"],
  functions_that_call_each_other: [/^FAILED_PRECONDITION: Function g is self recursive/, "TensorFlow's process ends"],
  const_short_content: [
    /^INVALID_ARGUMENT: Cannot parse tensor from proto/,
    "TensorFlow finds it when a request comes",
  ],
  const_other_dtype: [
    /^INVALID_ARGUMENT: Type mismatch between value \(int32\) and dtype \(float\)/,
    "TensorFlow finds it when a request comes",
  ],
  const_invalid_dtype: [/^INVALID_ARGUMENT: Unknown data type number: 0/, "TensorFlow finds it when a request comes"],
  placeholder_bad_shape: [
    /^INVALID_ARGUMENT: Shape \[-5\] has dimensions with values below -1/,
    "found before there is a node to name",
  ],
  addn_of_minus_one: [
    /^INVALID_ARGUMENT: Value for attr 'N' of -1 must be at least minimum 1/,
    "attributes are checked first",
  ],
  addn_of_many: [/^INVALID_ARGUMENT: Number of outputs is too big: 1099511627776$/, "without the node"],
  string_attr_not_allowed: [
    /^INVALID_ARGUMENT: Value for attr 'dtype' of int32 is not in the list/,
    "without the node's name once more",
  ],
  function_with_bad_input: [
    /^INVALID_ARGUMENT: input q:y:0 is not found/,
    "inputs are looked up before they are counted",
  ],
  asset_outside: [/^INVALID_ARGUMENT: Asset file name leaves the model's folder/, "models are not trusted"],
  signature_without_tensor: [
    /^NOT_FOUND: The name 'nosuch:0' refers to a Tensor/,
    "TensorFlow finds it when a request comes",
  ],
  no_graph: [/^NOT_FOUND: The name 'x:0' refers to a Tensor/, "TensorFlow finds it when a request comes"],
  not_a_message: [/^DATA_LOSS: Can't parse <DIR>/, "TensorFlow says that the file is too short"],
};

async function load(pb: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "tureen-load-"));
  try {
    writeFileSync(join(directory, "saved_model.pb"), Buffer.from(pb, "base64"));
    (await loadSavedModel(directory)).close();
    return "OK: ";
  } catch (error) {
    const { code, message } = toStatusError(error);
    return `${code}: ${message.replaceAll(directory, "<DIR>").replaceAll(`running on ${hostname()}`, "running on <HOST>")}`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("a SavedModel that is not valid is refused as TensorFlow refuses it", () => {
  it.each(cases.map((recorded) => [recorded.name, recorded] as const))("%s", async (name, recorded) => {
    const answer = await load(recorded.pb);
    const known = different[name];
    if (known === undefined) expect(answer).toBe(`${recorded.code}: ${recorded.message}`);
    else {
      expect(answer, known[1]).toMatch(known[0]);
      expect(answer, "is listed as different, but is not").not.toBe(`${recorded.code}: ${recorded.message}`);
    }
  });
});
